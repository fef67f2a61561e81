// How values come back from the database: nothing loses digits, nothing depends on the time zone of the process.

import { types } from "pg";

type Parser = (text: string) => unknown;

const text: Parser = (value) => value;
const TEXT_LIST = 1009 as Parameters<typeof types.getTypeParser>[0]; // The driver parses text[], but its types do not name it.
const list = types.getTypeParser(TEXT_LIST) as (value: string) => (string | null)[];

const parsers = new Map<number, Parser>([
  [20, BigInt], // int8
  [1016, (value) => list(value).map((item) => (item === null ? null : BigInt(item)))], // int8[]
  [1082, text], // date: 2026-11-22
  [1114, text], // timestamp without time zone: use timestamptz, which becomes a Date
  [1186, text], // interval
]);

/** What node-postgres asks for each column. Types not named above are parsed as it does by default. */
export const getTypeParser = (oid: number, format?: "text" | "binary"): Parser =>
  (format === "binary" ? undefined : parsers.get(oid)) ?? types.getTypeParser(oid, format);
