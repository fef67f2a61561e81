// make images: builds the images of the services, and says how large they are and what their digests are.

import { existsSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { architectures } from "./architecture.ts";
import { findBuilder } from "./builder.ts";
import { ImagesError } from "./error.ts";
import { type Built, buildImages, imagesFolder, sizesOf } from "./images.ts";
import { environmentFile, pin } from "./pin.ts";
import { runner, servicesOf } from "./services.ts";

const root = join(import.meta.dirname, "../..");

const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(2);

function report(built: readonly Built[]): void {
  for (const { service, images, digest } of built) {
    if (digest === undefined) console.log(`${service.name}: ${[...images.values()].join(", ")}`);
    else {
      const sizes = [...sizesOf(digest)];
      const words = sizes.map(
        ([architecture, { all, own }]) => `${architecture} ${mib(all)} MiB (its own: ${mib(own)})`,
      );
      console.log(`${service.name.padEnd(13)} ${words.join(", ")}\n${" ".repeat(13)} ${digest}`);
    }
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { arch: { type: "string", multiple: true }, pin: { type: "string", multiple: true } },
  });
  const words = (given: string[] = []) => given.flatMap((each) => each.split(/[\s,]+/)).filter(Boolean);
  const arch = words(values.arch);
  const unknown = arch.filter((each) => !architectures.some((known) => known === each));
  if (unknown.length > 0)
    throw new ImagesError(`images are made for ${architectures.join(" and ")}, not for ${unknown.join(", ")}`);
  const environments = words(values.pin).map(environmentFile);
  for (const file of environments)
    if (!existsSync(file)) throw new ImagesError(`there is no environment ${relative(root, file)}`);
  const named = words(positionals);
  const others = named.filter((name) => name !== runner.name);
  const services = [
    ...(named.length > 0 && others.length === 0 ? [] : servicesOf(others)),
    ...(named.length === others.length && named.length > 0 ? [] : [runner]),
  ];
  const builder = findBuilder();
  const wanted = architectures.filter((each) => arch.length === 0 || arch.includes(each));
  if (environments.length > 0 && (builder === "docker" || wanted.length < architectures.length)) {
    throw new ImagesError("a digest to pin is that of all architectures: build them all, with buildah or podman");
  }
  console.log(`${builder} builds ${services.map(({ name }) => name).join(", ")}`);
  const built = await buildImages(builder, services, wanted);
  report(built);
  const deployed = built.filter(({ service }) => service !== runner);
  const digests = new Map(deployed.flatMap(({ service, digest }) => (digest ? [[service.name, digest] as const] : [])));
  if (digests.size > 0) {
    writeFileSync(join(imagesFolder, "digests.json"), `${JSON.stringify(Object.fromEntries(digests), null, 2)}\n`);
  }
  for (const file of environments) {
    pin(file, digests);
    console.log(`pinned in ${relative(root, file)}: make generate`);
  }
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof ImagesError)) throw error;
    console.error(`images: ${error.message}`);
    process.exitCode = 1;
  }
}
