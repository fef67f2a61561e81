// What the README of a service says is what its code says: settings, and the reasons of its errors.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type Setting } from "@larder/platform";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const services = readdirSync(join(root, "services")).filter((name) =>
  existsSync(join(root, "services", name, "config.ts")),
);

const read = (...path: string[]) => readFileSync(join(root, ...path), "utf8");

test("every TypeScript service is looked at", () => {
  expect(services).toEqual([
    "customer",
    "dashboard",
    "gateway",
    "inventory",
    "notification",
    "order",
    "pricing",
    "shipping",
  ]);
});

test.each(services)("the settings table of %s lists what config.ts declares", async (service) => {
  const { settings } = (await import(join(root, "services", service, "config.ts"))) as {
    settings: Record<string, Setting<unknown>>;
  };
  const declared = describe(settings).map(
    ({ name, type, default: usual, required }) =>
      `| \`${name}\` | ${type.replaceAll("|", "\\|")} | ${usual === undefined ? (required ? "required" : "") : `\`${usual}\``} |`,
  );
  const written = read("services", service, "README.md")
    .split("\n")
    .filter((line) => /^\| `[A-Z][A-Z0-9_]*(<WORKLOAD>)?` \|/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(0, 4)
        .join("|")
        .concat("|"),
    );
  expect(written).toEqual(declared);
});

// The kit gives these to every service.
const fromTheKit = new Set(["INVALID_REQUEST"]);

test.each(services)("the reasons that %s can give are those of its contract", (service) => {
  const area = service === "gateway" ? "storefront" : service;
  const folder = join("proto", "larder", area, "v1");
  const protos = readdirSync(join(root, folder)).filter((file) => file.endsWith("_service.proto"));
  const promised = reasonsIn(protos.map((file) => read(folder, file)).join("\n"), /reason `([A-Z_]+)`/g);
  const errors = reasonsIn(read("services", service, "errors.ts"), /"([A-Z]+(?:_[A-Z]+)+|UNDONE)"/g);
  const elsewhere = sharedReasons(service);
  const undocumented = [...errors].filter((reason) => !promised.has(reason) && !edgeReasons.has(reason));
  const unknown = [...promised].filter(
    (reason) => !errors.has(reason) && !elsewhere.has(reason) && !fromTheKit.has(reason),
  );
  expect({ undocumented, unknown }).toEqual({ undocumented: [], unknown: [] });
});

// What the gateway answers whichever method is called stands in its README.
const edgeReasons = reasonsIn(read("services", "gateway", "README.md"), /`([A-Z]+(?:_[A-Z]+)+)`/g);

/** Reasons that come from a library, or are passed on from the services behind. */
function sharedReasons(service: string): Set<string> {
  const library = ["PAGE_TOKEN_INVALID"];
  if (service !== "gateway" && service !== "order") return new Set(library);
  const behind = services
    .filter((name) => name !== service && name !== "gateway")
    .flatMap((name) => [...reasonsIn(read("services", name, "errors.ts"), /"([A-Z]+(?:_[A-Z]+)+|UNDONE)"/g)]);
  // Scoring is held against its contract in its own language.
  const scoring = read("proto", "larder", "scoring", "v1", "scoring_service.proto");
  return new Set([...library, ...behind, ...reasonsIn(scoring, /reason `([A-Z_]+)`/g)]);
}

function reasonsIn(text: string, form: RegExp): Set<string> {
  return new Set([...text.matchAll(form)].map((found) => found[1] ?? ""));
}
