// Makes seed/stock.json from the catalogue's products: run it again when those change. The numbers follow from a fixed
// seed and the product's id, so that a new product leaves the others as they are.
import { readFileSync, writeFileSync } from "node:fs";

const seed = 20261122;
const warehouses = ["north", "harbour", "airfield"];
const most = { ambient: 900, chilled: 500, frozen: 400 };

const products = JSON.parse(readFileSync(new URL("../../catalog/seed/products.json", import.meta.url), "utf8"));

// FNV-1a, enough to spread numbers.
const spread = (text) => {
  let value = 0x811c9dc5 ^ seed;
  for (const char of text) value = Math.imul(value ^ char.codePointAt(0), 0x01000193) >>> 0;
  return value / 2 ** 32;
};

const stock = products.map(({ id, storageClass, shelfLifeDays }) => ({
  product: id,
  storageClass,
  shelfLifeDays,
  ...Object.fromEntries(
    warehouses.map((name) => [name, 40 + Math.floor(spread(`${id}@${name}`) * most[storageClass])]),
  ),
}));
writeFileSync(
  new URL("stock.json", import.meta.url),
  `[\n${stock.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}\n]\n`,
);
