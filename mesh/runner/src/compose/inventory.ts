// What the agent has to prepare: the file that meshc generates beside compose.yaml.
import { readFileSync } from "node:fs";
import { parse } from "yaml";

export interface Inventory {
  /** Of each topic. */
  readonly partitions: number;
  readonly workloads: Readonly<Record<string, ComposedWorkload>>;
}

export interface ComposedWorkload {
  /** Its SPIFFE id. */
  readonly id: string;
  /** Its host name in the mesh. */
  readonly host: string;
  /** Whether people come to it from outside, and whether devices do. */
  readonly edge: boolean;
  readonly devices: boolean;
  readonly stores: readonly string[];
}

/** Throws where there is no such file. */
export const readInventory = (file: string): Inventory => parse(readFileSync(file, "utf8")) as Inventory;

/** The workloads with a store, by name. */
export const withStore = ({ workloads }: Inventory, store: string): string[] =>
  Object.keys(workloads)
    .filter((name) => workloads[name]?.stores.includes(store))
    .sort();
