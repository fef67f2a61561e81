import { describe, expect, test } from "vitest";
import { literalHead, mostExactFirst, parseTemplate, templateRegex } from "./path-template.ts";

const fits = (template: string, path: string) =>
  new RegExp(`^(?:${templateRegex(parseTemplate(template))})$`).test(path);

describe("a template", () => {
  test.each([
    ["/v1/products", "/v1/products"],
    ["/v1/products:search", "/v1/products:search"],
    ["/v1/{name=orders/*}", "/v1/orders/7"],
    ["/v1/{name=orders/*}:cancel", "/v1/orders/7:cancel"],
    ["/v1/{id}", "/v1/7"],
    ["/v1/{a}/x/{b}", "/v1/1/x/2"],
    ["/v1/{name=files/**}", "/v1/files/a/b/c"],
    ["/v1/*/x", "/v1/anything/x"],
    ["/v1/a.b", "/v1/a.b"],
  ])("%s fits %s", (template, path) => {
    expect(fits(template, path)).toBe(true);
  });

  test.each([
    ["/v1/products", "/v1/products/"],
    ["/v1/products", "/v1/product"],
    ["/v1/{name=orders/*}", "/v1/orders"],
    ["/v1/{name=orders/*}", "/v1/orders/"],
    ["/v1/{name=orders/*}", "/v1/orders/7/8"],
    ["/v1/{name=orders/*}", "/v1/orders/7:cancel"],
    ["/v1/{name=orders/*}:cancel", "/v1/orders/7"],
    ["/v1/{name=orders/*}:cancel", "/v1/orders/7:cancelled"],
    ["/v1/a.b", "/v1/axb"],
  ])("%s does not fit %s", (template, path) => {
    expect(fits(template, path)).toBe(false);
  });

  test.each(["v1/x", "", "/v1/{name", "/v1/a*b", "/v1/**/x", "/v1/x:", "/v1//x"])("%j is none", (template) => {
    expect(() => parseTemplate(template)).toThrow(`${template} is no path template`);
  });
});

test("the most exact template is asked first", () => {
  const templates = [
    "/v1/{name=**}",
    "/v1/books/{id}",
    "/v1/books/search",
    "/v1/{a=*/*}",
    "/v1/books/{id}:lend",
    "/v1/books",
  ];
  const parsed = templates.map((template) => ({ template, ...parseTemplate(template) })).sort(mostExactFirst);
  expect(parsed.map(({ template }) => template)).toEqual([
    "/v1/books/{id}:lend",
    "/v1/books",
    "/v1/books/search",
    "/v1/books/{id}",
    "/v1/{a=*/*}",
    "/v1/{name=**}",
  ]);
});

test("the head is what every path begins with", () => {
  expect(literalHead(parseTemplate("/v1/{name=orders/*}:cancel"))).toBe("/v1/orders/");
  expect(literalHead(parseTemplate("/v1/products:search"))).toBe("/v1/products:search");
  expect(literalHead(parseTemplate("/{name=*}"))).toBe("/");
});
