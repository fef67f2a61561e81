// Lines and comments of a proto file, from the source information in its descriptor.

import type { DescFile } from "@bufbuild/protobuf";
import type { SourceCodeInfo_Location } from "@bufbuild/protobuf/wkt";
import type { Location } from "./model.ts";

/** Steps in the source path of a descriptor: field numbers of descriptor.proto. */
export const step = {
  fileMessage: 4,
  fileEnum: 5,
  fileService: 6,
  fileOptions: 8,
  serviceMethod: 2,
  serviceOptions: 3,
  methodOptions: 4,
  messageField: 2,
  messageNested: 3,
  messageEnum: 4,
  messageOptions: 7,
  idempotencyLevel: 34,
} as const;

/** Answers where things stand in one file. Built once per file. */
export class Source {
  readonly #file: string;
  readonly #exact = new Map<string, SourceCodeInfo_Location>();
  /** The first location inside an element that has none of its own, such as the literal in `retry: {…}`. */
  readonly #inside = new Map<string, SourceCodeInfo_Location>();

  constructor(file: DescFile) {
    this.#file = file.proto.name;
    for (const location of file.proto.sourceCodeInfo?.location ?? []) {
      let key = location.path.join(".");
      this.#exact.set(key, location);
      for (let cut = key.lastIndexOf("."); cut > 0; cut = key.lastIndexOf(".")) {
        key = key.slice(0, cut);
        if (this.#inside.has(key)) break;
        this.#inside.set(key, location);
      }
    }
  }

  /** The place of the element at this path, else of the nearest element around it; line 0 without source information. */
  at(path: readonly number[]): Location {
    for (let length = path.length; length > 0; length--) {
      const location = this.#find(path.slice(0, length));
      if (location) return { file: this.#file, line: line(location) };
    }
    return { file: this.#file, line: this.#exact.size > 0 ? 1 : 0 };
  }

  /**
   * The place of one element of a repeated option. A list in brackets has one location, that of its first element, so a
   * later element without its own is shown where its list begins.
   */
  atElement(path: readonly number[], index: number): Location {
    for (let i = index; i > 0; i--) {
      if (this.#find([...path, i])) return this.at([...path, i]);
    }
    return this.at([...path, 0]);
  }

  /** The lines of the fields of the option at this path, by the names given; a field that is not set is left out. */
  fieldLines<Name extends string>(
    path: readonly number[],
    numbers: Readonly<Record<Name, number>>,
  ): Partial<Record<Name, number>> {
    const lines: Partial<Record<Name, number>> = {};
    for (const name of Object.keys(numbers) as Name[]) {
      const location = this.#find([...path, numbers[name]]);
      if (location) lines[name] = line(location);
    }
    return lines;
  }

  /** The comment in front of the element: text only, outer blank lines removed. */
  comment(path: readonly number[]): string {
    const text = this.#exact.get(path.join("."))?.leadingComments ?? "";
    return text
      .split("\n")
      .map((row) => row.replace(/^ /, "").trimEnd())
      .join("\n")
      .trim();
  }

  #find(path: readonly number[]): SourceCodeInfo_Location | undefined {
    const key = path.join(".");
    return this.#exact.get(key) ?? this.#inside.get(key);
  }
}

/** Spans count lines from 0. */
const line = (location: SourceCodeInfo_Location): number => (location.span[0] ?? -1) + 1;
