// Images: the output of `buf build`, of `protoc --descriptor_set_out --include_imports`, or what a plugin is given.

import { clone, create, createFileRegistry, type FileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { type FileDescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { InputError } from "./input-error.ts";

/** The field by which a buf image says about each file whether it is only imported. */
const bufExtension = 8042;

/** The files of one image or of several, joined. */
export interface Image {
  readonly registry: FileRegistry;
  /** True for a file that no image holds in its own right. Without marks (protoc) every file counts as held. */
  isImport(fileName: string): boolean;
}

/** Bytes of an image, and where they came from, for messages. */
export interface ImageBytes {
  readonly bytes: Uint8Array;
  readonly name: string;
}

/**
 * Parses images and joins them. A file that several images hold must be the same in each.
 * Throws InputError for bytes that are no image, an image without its imports, and files that differ.
 */
export function loadImages(images: readonly ImageBytes[]): Image {
  return joinFiles(images.map(({ bytes, name }) => ({ files: parse(bytes, name), name })));
}

/** Joins files that are parsed already, as in a request to a plugin. */
export function joinFiles(
  images: readonly { readonly files: readonly FileDescriptorProto[]; readonly name: string }[],
): Image {
  const files = new Map<string, { file: FileDescriptorProto; image: string }>();
  const held = new Set<string>();
  for (const { files: list, name } of images) {
    for (const file of list) {
      const known = files.get(file.name);
      if (known && !sameFile(known.file, file)) {
        throw new InputError(`${file.name} is not the same in ${known.image} and in ${name}`);
      }
      if (!known?.file.sourceCodeInfo) files.set(file.name, { file, image: name });
      if (!markedAsImport(file)) held.add(file.name);
    }
  }
  const sorted = inOrderOfImport(new Map([...files].map(([name, { file }]) => [name, file])));
  try {
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: sorted }));
    return { registry, isImport: (fileName) => !held.has(fileName) };
  } catch (error) {
    throw new InputError(`the image does not hold together: ${reason(error)}`);
  }
}

function parse(bytes: Uint8Array, name: string): FileDescriptorProto[] {
  if (bytes.length === 0) throw new InputError(`${name} is empty: an image holds at least one file`);
  let files: FileDescriptorProto[];
  try {
    files = fromBinary(FileDescriptorSetSchema, bytes).file;
  } catch (error) {
    throw new InputError(
      `${name} is not a binary image (a FileDescriptorSet, as buf build writes it): ${reason(error)}`,
    );
  }
  if (files.length === 0 || files.some((file) => file.name === "")) {
    throw new InputError(
      `${name} is not a binary image (a FileDescriptorSet, as buf build writes it): it names no file`,
    );
  }
  return files;
}

/** Imports first. The registry wants this order, and not every tool writes it. */
function inOrderOfImport(files: ReadonlyMap<string, FileDescriptorProto>): FileDescriptorProto[] {
  const sorted: FileDescriptorProto[] = [];
  const seen = new Set<string>();
  const visit = (name: string, importer: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    const file = files.get(name);
    if (!file) {
      throw new InputError(
        `${importer} imports ${name}, which the image lacks: build it with its imports ` +
          "(buf build does; protoc needs --include_imports)",
      );
    }
    for (const dependency of file.dependency) visit(dependency, name);
    sorted.push(file);
  };
  for (const name of [...files.keys()].sort()) visit(name, name);
  return sorted;
}

/** Comments, lines and the mark of an import may differ between images; the contract may not. */
function sameFile(a: FileDescriptorProto, b: FileDescriptorProto): boolean {
  const bare = (file: FileDescriptorProto) => {
    const copy = clone(FileDescriptorProtoSchema, file);
    delete copy.sourceCodeInfo;
    copy.$unknown = [];
    return toBinary(FileDescriptorProtoSchema, copy);
  };
  return Buffer.compare(bare(a), bare(b)) === 0;
}

function markedAsImport(file: FileDescriptorProto): boolean {
  for (const field of file.$unknown ?? []) {
    if (field.no !== bufExtension) continue;
    try {
      const reader = new BinaryReader(new BinaryReader(field.data).bytes());
      while (reader.pos < reader.len) {
        const [number, type] = reader.tag();
        if (number === 1) return reader.bool();
        reader.skip(type);
      }
    } catch (error) {
      throw new InputError(`the image is damaged: its mark of ${file.name} cannot be read: ${reason(error)}`);
    }
  }
  return false;
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
