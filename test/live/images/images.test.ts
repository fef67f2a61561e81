// One image a language, built, taken apart, and run as a cluster runs it: as its user, on a read-only root, as the first process, with the
// variables of the manifests, against a real PostgreSQL and a real Valkey. The program in Rust is the one that other tests run.

import { spawnSync } from "node:child_process";
import { chmodSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { create, type DescMethod, fromBinary, toBinary, toJsonString } from "@bufbuild/protobuf";
import { timestampNow } from "@bufbuild/protobuf/wkt";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { CatalogService } from "@larder/contract/larder/catalog/v1/catalog_service_pb.js";
import { CustomerService } from "@larder/contract/larder/customer/v1/customer_service_pb.js";
import { ProductClass } from "@larder/contract/larder/scoring/v1/score_pb.js";
import { ScoringService } from "@larder/contract/larder/scoring/v1/scoring_service_pb.js";
import { IngestionService } from "@larder/contract/larder/telemetry/v1/ingestion_service_pb.js";
import { startValkey, type TestValkey } from "@larder/events/testing";
import { startPostgres, type TestPostgres } from "@larder/store/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { ownArchitecture } from "../../../deploy/images/architecture.ts";
import { type Builder, findBuilder } from "../../../deploy/images/builder.ts";
import { serviceCode } from "../../../deploy/images/context.ts";
import { whyNotFromDebian } from "../../../deploy/images/debian.ts";
import { type Built, buildImages } from "../../../deploy/images/images.ts";
import { compile } from "../../../deploy/images/python.ts";
import { runner, servicesOf } from "../../../deploy/images/services.ts";
import { repository } from "../../contract.ts";
import { until } from "../../until.ts";
import { type Container, start, type Unpacked, unpack, whyNoContainer } from "./container.ts";

const architecture = ownArchitecture();
const [product, customer] = ["products/oat-drink-1l-alpenquell", "customers/ada"];

/** One service a language, and a call to it that its store has to answer or its model, with what the answer shows. */
const samples = {
  catalog: { method: CatalogService.method.getProduct, request: { name: product }, shown: product },
  customer: { method: CustomerService.method.batchGetCustomers, request: { names: [customer] }, shown: customer },
  ingestion: {
    method: IngestionService.method.batchIngestReadings,
    request: { readings: [{ device: "devices/van-7", sequence: 1n, measureTime: timestampNow(), celsius: 4 }] },
    // Who calls, as its sidecar says.
    headers: { "x-forwarded-client-cert": "URI=spiffe://devices.larder.production/van-7" },
    shown: '"accepted":1',
  },
  scoring: {
    method: ScoringService.method.score,
    request: {
      goods: {
        productClass: ProductClass.FISH,
        history: [{ time: timestampNow(), celsius: 9 }],
        remainingShelfLife: { seconds: 172_800n },
      },
    },
    shown: "models/spoilage-1",
  },
} as const;
type Sample = keyof typeof samples;
interface Call {
  readonly method: DescMethod;
  readonly request: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly shown: string;
}
const withoutCargo = spawnSync("cargo", ["--version"]).error ? "cargo is not installed" : undefined;
const names = (Object.keys(samples) as Sample[]).filter((name) => name !== "ingestion" || !withoutCargo);

const reason = whyNot();
if (reason) test("images", (context) => context.skip(reason));
else describe("an image", { timeout: 300_000 }, () => suite(builder()));

function builder(): Exclude<Builder, "docker"> {
  const found = findBuilder();
  if (found === "docker") throw new Error("docker keeps its images to itself: this takes buildah or podman");
  return found;
}

function whyNot(): string | undefined {
  try {
    builder();
  } catch (error) {
    return (error as Error).message;
  }
  if (architecture === undefined) return `no images are made for ${process.arch}`;
  // Debian keeps a package only until it has a newer one.
  return whyNoContainer() ?? whyNotFromDebian(architecture, ["libraries", "python"]);
}

function suite(builder: Builder): void {
  const folder = mkdtempSync(join(tmpdir(), "larder-images-"));
  const images = new Map<string, Unpacked>();
  let built: Built[] = [];
  let postgres: TestPostgres;
  let valkey: TestValkey;

  beforeAll(async () => {
    const wanted = [...servicesOf(names), runner];
    built = await buildImages(builder, wanted, [architecture ?? "amd64"], folder, "debug");
    for (const { service, digest = "" } of built) {
      images.set(service.name, unpack(join(folder, "oci"), digest, architecture ?? "amd64"));
    }
    [postgres, valkey] = await Promise.all([startPostgres(), startValkey()]);
    // The users of containers come to the sockets; the password decides.
    for (const socketFolder of [postgres.socketFolder, dirname(valkey.socket)]) chmodSync(socketFolder, 0o711);
    chmodSync(valkey.socket, 0o777);
  }, 1_200_000);
  afterAll(async () => {
    await Promise.all([postgres?.stop(), valkey?.stop()]);
    for (const unpacked of images.values()) unpacked.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);

  const imageOf = (name: string): Unpacked => {
    const found = images.get(name);
    if (!found) throw new Error(`${name} was not built`);
    return found;
  };

  /** Starts a service as its manifest does, but for where it listens and whom it reaches. */
  const startService = async (name: Sample): Promise<Container> => {
    const x = name.toUpperCase();
    const { env } = containerOf(name);
    const url = await postgres.createDatabase();
    const changed = {
      [`${x}_LISTEN`]: "127.0.0.1:0",
      [`${x}_OPS_LISTEN`]: "127.0.0.1:0",
      [`${x}_DATABASE_URL`]: url,
      [`${x}_CACHE_URL`]: valkey.url,
      [`${x}_EVENT_LOG_URL`]: valkey.url,
      [`${x}_SEED`]: "demo",
      OTEL_EXPORTER_OTLP_ENDPOINT: "",
    };
    return start(imageOf(name), { ...env, ...changed }, [postgres.socketFolder, dirname(valkey.socket)]);
  };

  describe.each(names)("of %s", (name) => {
    let container: Container;
    let addresses: { address: string; ops: string };

    beforeAll(async () => {
      container = await startService(name);
      addresses = await until(`${name} to serve`, () => servingAt(container), 120_000);
      const { ops } = addresses;
      await until(`${name} to be ready`, async () => (await fetch(`http://${ops}/readyz`)).ok || undefined, 60_000);
    }, 200_000);
    // It has ended by then, unless something failed.
    afterAll(() => container?.kill(), 60_000);

    test("answers the probe of a cluster, and a call out of its store", async () => {
      const serving = Buffer.from([8, 1]);
      expect(await call(addresses.address, "/grpc.health.v1.Health/Check", Buffer.alloc(0))).toEqual(serving);
      const { method, request, shown, headers }: Call = samples[name];
      const bytes = Buffer.from(toBinary(method.input, create(method.input, request as never)));
      const answer = await call(addresses.address, `/${method.parent.typeName}/${method.name}`, bytes, headers);
      expect(toJsonString(method.output, fromBinary(method.output, answer))).toContain(shown);
    });

    test("names its build, and is the first process of a user without any right, on a root that it cannot write to", async () => {
      const version = (await (await fetch(`http://${addresses.ops}/version`)).json()) as { build: string };
      expect(version.build).toMatch(/^\d+\.\d+\.\d+-[0-9a-f]{12}$/);
      const status = readFileSync(`/proc/${container.pid()}/status`, "utf8");
      const field = (key: string) => new RegExp(`^${key}:[ \\t]*(.*)$`, "m").exec(status)?.[1];
      const { runAsUser, runAsGroup } = containerOf(name);
      expect(field("Uid")).toBe(Array(4).fill(runAsUser).join("\t"));
      expect(field("Gid")).toBe(Array(4).fill(runAsGroup).join("\t"));
      expect(field("Groups")?.trim()).toBe("");
      expect(field("CapEff")).toBe("0".repeat(16));
      expect(field("NSpid")?.split("\t").at(-1)).toBe("1");
      const root = readFileSync(`/proc/${container.pid()}/mountinfo`, "utf8")
        .split("\n")
        .filter((line) => line.split(" ")[4] === "/");
      expect(root.map((line) => line.split(" ")[5]?.split(",")[0])).toEqual(["ro"]);
    });

    test("ends by itself, with 0, when it is told to", async () => {
      container.signal("SIGTERM");
      expect(await container.exit, container.output()).toBe(0);
    });
  });

  test.each(names)("of %s runs as its manifest says, and has nothing to run but the service", (name) => {
    const { root, image } = imageOf(name);
    const { runAsUser, runAsGroup, ports } = containerOf(name);
    expect(image.architecture).toBe(architecture);
    expect(image.config.User).toBe(`${runAsUser}:${runAsGroup}`);
    expect(Object.keys(image.config.ExposedPorts).map((port) => Number.parseInt(port, 10))).toEqual(ports);
    expect(image.config.Labels).toMatchObject({
      "org.opencontainers.image.title": name,
      "org.opencontainers.image.version": expect.stringMatching(/^\d+\.\d+\.\d+$/),
      "org.opencontainers.image.licenses": "Apache-2.0",
    });
    const files = filesBelow(root);
    const programs = files.filter(({ path, mode }) => (mode & 0o111) !== 0 && !path.includes("ld-linux"));
    expect(programs.map(({ path }) => path)).toEqual([image.config.Entrypoint[0]]);
    // Nobody becomes another by a program, or changes one.
    expect(files.filter(({ mode }) => (mode & 0o6022) !== 0)).toEqual([]);
  });

  test.each([...names, runner.name])("of %s has no key, and nothing for those who test, type or train", (name) => {
    const { root, image } = imageOf(name);
    const set = image.config.Env.map((each) => each.slice(0, each.indexOf("=")));
    const known = [
      "PATH",
      "NODE_ENV",
      "MALLOC_ARENA_MAX",
      "LARDER_BUILD",
      "PYTHONDONTWRITEBYTECODE",
      "PYTHONUNBUFFERED",
    ];
    expect(set.filter((each) => !known.includes(each))).toEqual([]);
    const files = filesBelow(root);
    const paths = files.map(({ path }) => path);
    const wrong =
      /\.(key|pyi|d\.[cm]?ts)$|\/\.(git|npmrc|netrc|env)|\/(sklearn|scipy|playwright-core)\/|dist-packages\/.*\/tests\//;
    expect(paths.filter((path) => wrong.test(path))).toEqual([]);
    const ours = paths.filter((path) => /\/(app|larder_\w+)\//.test(path) && !path.includes("/node_modules/"));
    expect(ours.filter((path) => /\.test\.ts$|\/testdata\/|\/(test_\w+|train)\.py$|\.md$/.test(path))).toEqual([]);
    const isKey = ({ path, size }: { path: string; size: number }) =>
      size < 1_000_000 && /PRIVATE KEY-----\n[\w+/]{40}/.test(readFileSync(join(root, path), "latin1"));
    expect(files.filter(isKey)).toEqual([]);
  });

  test("of a service in Python has all of it compiled, to the same bytes each time", () => {
    const { root } = imageOf("scoring");
    const paths = filesBelow(root).map(({ path }) => path);
    const compiled = (path: string) => join(dirname(path), "__pycache__", `${basename(path, ".py")}.cpython-313.pyc`);
    const sources = paths.filter((path) => path.endsWith(".py"));
    expect(sources.filter((path) => !paths.includes(compiled(path)))).toEqual([]);
    const [place, again] = ["app/services/scoring", join(folder, "again")];
    serviceCode("scoring", again);
    compile(again, `/${place}`);
    const ours = readdirSync(join(again, "__pycache__"));
    expect(ours).toContain("main.cpython-313.pyc");
    for (const file of ours) {
      const path = join("__pycache__", file);
      expect(readFileSync(join(again, path)).equals(readFileSync(join(root, place, path))), file).toBe(true);
    }
  });

  test("has in it all that the other services in TypeScript need to start", async () => {
    const { root } = imageOf("customer");
    const others = servicesOf().filter(({ name, runtime }) => runtime === "node" && name !== "customer");
    for (const { name } of others) {
      serviceCode(name, join(root, "app/services", name));
      const image = imageOf("customer").image;
      const WorkingDir = `/app/services/${name}`;
      const container = start(
        { root, image: { ...image, config: { ...image.config, WorkingDir } }, remove: () => {} },
        {},
      );
      expect(await container.exit, container.output()).toBe(64);
      expect(container.output()).toContain(`${name.toUpperCase()}_LISTEN is not set`);
    }
  });

  test.each(["compose", "issuer", "mail", "traces"])(
    "of the runner has in it all that its role %s needs to start",
    async (role) => {
      const { root, image } = imageOf("runner");
      const Entrypoint = [...image.config.Entrypoint, `src/${role}/main.ts`];
      const container = start(
        { root, image: { ...image, config: { ...image.config, Entrypoint } }, remove: () => {} },
        {},
      );
      expect(await container.exit, container.output()).toBe(64);
      expect(container.output()).toMatch(/must be set$/m);
    },
  );

  if (withoutCargo) test("of a service in Rust", (context) => context.skip(withoutCargo));

  test("is the same to the last byte when it is built again", async () => {
    const again = mkdtempSync(join(tmpdir(), "larder-images-"));
    try {
      const [second] = await buildImages(builder, servicesOf(["catalog"]), [architecture ?? "amd64"], again);
      expect(second?.digest).toBe(built.find(({ service }) => service.name === "catalog")?.digest);
    } finally {
      rmSync(again, { recursive: true, force: true });
    }
  });
}

/** Makes one call, without a mesh. */
async function call(
  address: string,
  path: string,
  request: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  const client = new Client(address, credentials.createInsecure());
  const same = (bytes: Buffer) => bytes;
  return new Promise<Buffer>((resolve, reject) => {
    const deadline = Date.now() + 60_000;
    client.makeUnaryRequest(path, same, same, request, metadata, { deadline }, (error, answer) =>
      error ? reject(error) : resolve(answer ?? Buffer.alloc(0)),
    );
  }).finally(() => client.close());
}

interface PodContainer {
  readonly env: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
  readonly runAsUser: number;
  readonly runAsGroup: number;
}

/** What the manifest of production says of the container of a workload; secrets apart. */
function containerOf(name: string): PodContainer {
  const manifest = readFileSync(join(repository, "mesh/kubernetes/production", `${name}.yaml`), "utf8");
  const deployment = parseAllDocuments(manifest)
    .map((document) => document.toJS())
    .find(({ kind }) => kind === "Deployment");
  const { securityContext, containers } = deployment.spec.template.spec;
  const [container] = containers as {
    env: { name: string; value?: string }[];
    ports: { containerPort: number }[];
    securityContext: { readOnlyRootFilesystem: boolean };
  }[];
  if (!container?.securityContext.readOnlyRootFilesystem) throw new Error(`${name} may write to its root`);
  return {
    env: Object.fromEntries(container.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    ports: container.ports.map(({ containerPort }) => containerPort),
    ...securityContext,
  };
}

/** Where a service says that it listens. Undefined: it does not yet. Throws when it has ended. */
function servingAt(container: Container): { address: string; ops: string } | undefined {
  for (const line of container
    .output()
    .split("\n")
    .filter((each) => each.includes('"serving"'))) {
    const { address, ops } = JSON.parse(line) as Record<string, string>;
    if (address && ops) return { address, ops };
  }
  if (container.ended()) throw new Error(`it has ended: ${container.output()}`);
  return undefined;
}

/** Everything but folders and links. */
function filesBelow(root: string): { path: string; mode: number; size: number }[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mode, size } = lstatSync(path);
      return { path: path.slice(root.length), mode, size };
    });
}
