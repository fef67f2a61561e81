// The compiler as a library: read a contract, check it, emit from it.

export type { ImageBytes } from "./image.ts";
export { InputError } from "./input-error.ts";
export * from "./model.ts";
export { type ReadOptions, readImage, readRequest } from "./read.ts";
export { defaultHandlerMs } from "./read-calls.ts";
