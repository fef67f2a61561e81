import { expect, test } from "vitest";
import { inCluster } from "../emit/cluster.ts";
import { libraryCluster } from "../emit/testing/library.ts";
import { unpinnedIn } from "./unpinned.ts";

const at = { file: "library.yaml", line: 1 };
const digest = `sha256:${"0a".repeat(32)}`;
const found = (change: (text: string) => string) => unpinnedIn(inCluster(libraryCluster(change), "check"), at);
const image = (name: string) => `${name}: { image: registry.test/${name}:1@${digest},`;
const all = (text: string) => text.replace("desk: {", image("desk")).replace("stock: {", image("stock"));

test("images by digest are well", () => {
  expect(found(all)).toEqual([]);
});

test.each([
  ["by the tag of all", (text: string) => text.replace("desk: {", image("desk")), "1 of 2", "stock"],
  ["by a tag of its own", (text: string) => all(text).replace(`stock:1@${digest}`, "stock:1"), "1 of 2", "stock"],
  [
    "of a second version",
    (text: string) => all(text).replace("stock: {", "stock: { canary: { tag: two, weight: 1 },"),
    "1 of 3",
    "stock-canary",
  ],
])("an image %s is found", (_, change, many, name) => {
  expect(found(change)).toEqual([
    expect.objectContaining({
      code: "image-unpinned",
      severity: "warning",
      message: `${many} images are named by a tag, which may be another image tomorrow: ${name}`,
      at,
    }),
  ]);
});
