// make images: builds the images of the services, says how large they are and what their digests are, and brings both to a cluster's
// environment: into its registry, and into its file.

import { existsSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { type Architecture, architectures } from "./architecture.ts";
import { architecturesOf, findBuilder, pushImage } from "./builder.ts";
import { ImagesError } from "./error.ts";
import { type Built, buildImages, imagesFolder, sizesOf } from "./images.ts";
import { environmentFile, pin, placeOf } from "./pin.ts";
import { runner, type Service, servicesOf } from "./services.ts";

const root = join(import.meta.dirname, "../..");

/** What the command line asks for. */
interface Asked {
  readonly services: readonly Service[];
  readonly architectures: readonly Architecture[];
  /** The files of the environments that are to have the digests. */
  readonly environments: readonly string[];
  /** Whether their registries are to have the images. */
  readonly push: boolean;
}

/** Throws ImagesError for what there is not. */
function asked(): Asked {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      arch: { type: "string", multiple: true },
      pin: { type: "string", multiple: true },
      push: { type: "boolean", default: false },
    },
  });
  const words = (given: string[] = []) => given.flatMap((each) => each.split(/[\s,]+/)).filter(Boolean);
  const arch = words(values.arch);
  const unknown = arch.filter((each) => !architectures.some((known) => known === each));
  if (unknown.length > 0)
    throw new ImagesError(`images are made for ${architectures.join(" and ")}, not for ${unknown.join(", ")}`);
  const wanted = architectures.filter((each) => arch.length === 0 || arch.includes(each));
  const environments = words(values.pin).map(environmentFile);
  for (const file of environments)
    if (!existsSync(file)) throw new ImagesError(`there is no environment ${relative(root, file)}`);
  if (environments.length > 0 && wanted.length < architectures.length)
    throw new ImagesError("a digest to pin is that of all architectures: leave out ARCH");
  if (values.push && environments.length === 0)
    throw new ImagesError("images are pushed to the registry of an environment: PIN=staging PUSH=1, say");
  const named = words(positionals);
  const others = named.filter((name) => name !== runner.name);
  return {
    services: [
      ...(named.length > 0 && others.length === 0 ? [] : servicesOf(others)),
      ...(named.length === others.length && named.length > 0 ? [] : [runner]),
    ],
    architectures: wanted,
    environments,
    push: values.push,
  };
}

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
  const { services, architectures: wanted, environments, push } = asked();
  const places = [
    ...new Map(environments.map(placeOf).map((place) => [`${place.registry} ${place.tag}`, place])).values(),
  ];
  const builder = findBuilder();
  if (environments.length > 0 && builder === "docker")
    throw new ImagesError("docker tells no digest of all architectures to pin: apt-get install buildah, or podman");
  console.log(
    `${builder} builds ${services.map(({ name }) => name).join(", ")} for ${architecturesOf(builder, wanted).join(" and ")}`,
  );
  const built = await buildImages(builder, services, wanted);
  report(built);
  const deployed = built.flatMap(({ service: { name }, name: image, digest }) =>
    digest !== undefined && name !== runner.name ? [{ name, image, digest }] : [],
  );
  const digests = new Map(deployed.map(({ name, digest }) => [name, digest]));
  if (digests.size > 0) {
    writeFileSync(join(imagesFolder, "digests.json"), `${JSON.stringify(Object.fromEntries(digests), null, 2)}\n`);
  }
  if (push && builder !== "docker") {
    for (const { registry, tag } of places) {
      for (const { name, image, digest } of deployed) {
        pushImage(builder, image, `${registry}/${name}:${tag}`, digest);
        console.log(`pushed ${registry}/${name}:${tag}`);
      }
    }
  }
  // Last, so that nothing is pinned that could not be pushed.
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
