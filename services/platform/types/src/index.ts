// Values that the TypeScript services share, as `larder.type.v1` and the resource names of the contract define them.
export { EUR, fromCents, toCents } from "./money.ts";
export { idOf, nameOf } from "./names.ts";
export { type Page, pageOf, readPage } from "./page.ts";
export { callerOf, hashRequest, subjectOf, writeOf } from "./requests.ts";
