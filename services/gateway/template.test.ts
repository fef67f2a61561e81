import { expect, test } from "vitest";
import { readTemplate } from "./template.ts";

test.each([
  ["/v1/products", "/v1/products", {}],
  ["/v1/products:search", "/v1/products:search", {}],
  ["/v1/{name=products/*}", "/v1/products/milk", { name: "products/milk" }],
  ["/v1/{name=orders/*}:cancel", "/v1/orders/7:cancel", { name: "orders/7" }],
  ["/v1/{id}", "/v1/a%20b", { id: "a b" }],
  ["/v1/{path=files/**}", "/v1/files/a/b", { path: "files/a/b" }],
  ["/v1/{a.b}/{c}", "/v1/1/2", { "a.b": "1", c: "2" }],
])("%s matches %s", (template, path, values) => {
  expect(readTemplate(template).match(path)).toEqual(values);
});

test.each([
  ["/v1/products", "/v1/products/"],
  ["/v1/products", "/v1/Products"],
  ["/v1/products", "/v1/products:search"],
  ["/v1/{name=products/*}", "/v1/products/milk/oat"],
  ["/v1/{name=products/*}", "/v1/products/"],
  ["/v1/{name=orders/*}", "/v1/orders/7:cancel"],
  ["/v1/{name=orders/*}:cancel", "/v1/orders/7"],
  ["/v1.0/x", "/v1a0/x"],
  ["/v1/{id}", "/v1/%zz"],
])("%s does not match %s", (template, path) => {
  expect(readTemplate(template).match(path)).toBeUndefined();
});

test.each(["v1/products", "/v1/{name", "/v1/name}", "/v1/{na me}"])("%s is no template", (template) => {
  expect(() => readTemplate(template)).toThrow("is not a path template");
});
