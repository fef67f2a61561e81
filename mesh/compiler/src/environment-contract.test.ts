import { describe, expect, test } from "vitest";
import { library, libraryEnvironment } from "./emit/testing/library.ts";
import { tighten } from "./environment-contract.ts";
import type { Contract, Method } from "./model.ts";

const contract = library();
const environment = libraryEnvironment();
const withDeadlines = (deadlines: Record<string, number>) => () => tighten(contract, { ...environment, deadlines });
const find = (contract: Contract, id: string): Method | undefined =>
  contract.services.flatMap(({ methods }) => methods).find((method) => method.id === id);

describe("an environment may shorten a deadline", () => {
  const id = "acme.stock.v1.StockService/Find";
  const tight = withDeadlines({ [id]: 250 })();

  test("which then holds wherever the contract is looked at", () => {
    const method = find(tight, id);
    expect(method?.deadlineMs).toBe(250);
    expect(method?.service).toBe(tight.services.find(({ id }) => id === "acme.stock.v1.StockService"));
    expect(tight.workloads.find(({ name }) => name === "stock")?.services[0]).toBe(method?.service);
  });

  test("and leaves everything else, and the contract itself, as it was", () => {
    expect(find(contract, id)?.deadlineMs).toBe(400);
    expect(find(tight, "acme.stock.v1.StockService/Take")?.deadlineMs).toBe(1000);
    expect(tighten(tight, { ...environment, deadlines: { [id]: 250 } })).toEqual(tight);
  });

  test("to the same value, which changes nothing", () => {
    expect(find(withDeadlines({ [id]: 400 })(), id)?.deadlineMs).toBe(400);
  });
});

describe("an environment may not", () => {
  test("give devices the trust domain of an external workload", () => {
    const devices = { ...environment.devices, trustDomain: "old.example" } as NonNullable<typeof environment.devices>;
    expect(() => tighten(contract, { ...environment, devices })).toThrow(
      "gives devices the trust domain old.example, which the contract gives the external workload archive",
    );
    expect(() => tighten(contract, environment)).not.toThrow();
  });

  test("lengthen a deadline", () => {
    expect(withDeadlines({ "acme.stock.v1.StockService/Find": 401 })).toThrow(
      /^library\.yaml:\d+: the environment gives acme\.stock\.v1\.StockService\/Find 401 ms where the contract allows 400 ms/,
    );
  });

  test("give a stream a deadline", () => {
    expect(withDeadlines({ "acme.stock.v1.StockService/Arrivals": 10 })).toThrow("is a stream and has no deadline");
  });

  test("name a method that does not exist", () => {
    expect(withDeadlines({ "acme.stock.v1.StockService/Fnd": 10 })).toThrow(
      "is no method of the contract; did you mean acme.stock.v1.StockService/Find?",
    );
  });

  test("run a workload that does not exist", () => {
    const { stock, ...workloads } = environment.workloads;
    if (!stock) throw new Error("the library has no stock");
    expect(() => tighten(contract, { ...environment, workloads: { ...workloads, stick: stock } })).toThrow(
      "the environment runs stick, which is no workload of the contract; did you mean stock?",
    );
  });

  test("give the operator the identity of a workload", () => {
    expect(() => tighten(contract, { ...environment, operator: "desk" })).toThrow(
      "the operator desk has the name of a workload",
    );
  });

  test.each([
    ["acme.stock.v1.StockService/Fnd", "did you mean acme.stock.v1.StockService/Find?"],
    // Not even where another workload serves it.
    ["acme.desk.v1.DeskService/Lend", ""],
  ])("inject faults into what the workload does not serve: %s", (method, hint) => {
    const { desk, stock } = environment.workloads;
    if (!desk || !stock) throw new Error("the library has no stock");
    const faulty = {
      ...environment,
      workloads: { desk, stock: { ...stock, faults: [{ method, percent: 1, delayMs: 1 }] } },
    };
    expect(() => tighten(contract, faulty)).toThrow(
      `the environment injects faults into ${method}, which stock does not serve${hint && `; ${hint}`}`,
    );
  });

  test("have a canary whose name is that of a workload, or too long", () => {
    const { stock, desk } = environment.workloads;
    if (!stock || !desk) throw new Error("the library has no stock");
    const image = { tag: "v2" };
    const withCanary = { ...stock, canary: { image, replicas: 1, weight: 0, headers: {} } };
    const long = "s".repeat(60);
    const named = (...names: string[]): Contract => ({
      ...contract,
      workloads: names.map((name) => ({
        ...(contract.workloads[0] as Contract["workloads"][number]),
        name,
        services: [],
      })),
    });
    const one = (name: string) => ({ ...environment, workloads: { [name]: withCanary } });
    expect(() => tighten(named("stock", "stock-stable"), one("stock"))).toThrow(
      "stock-stable is a workload of its own",
    );
    expect(() => tighten(named(long), one(long))).toThrow("whose name is too long");
    expect(() => tighten(named("stock", "stockcanary"), one("stock"))).not.toThrow();
  });

  test("and hears of everything at once", () => {
    const twice = { "a.B/C": 1, "d.E/F": 2 };
    expect(withDeadlines(twice)).toThrow(/a\.B\/C.*\n.*d\.E\/F/);
  });
});
