// What `up` prints when all is ready: where things are, a token, and three commands to try.
import type { SupervisorState } from "../state.ts";
import type { ChildState } from "../supervisor/child.ts";
import { commandNames, loadCommand } from "./commands.ts";

/** What token.ts exports beside its command: an access token of a demo user. */
interface TokenModule {
  readonly demoToken?: (state: SupervisorState) => Promise<string>;
}

/** The report; a token is in it where the module for it is and the provider answers. */
export async function readyReport(state: SupervisorState, seconds: number): Promise<string> {
  const rows = Object.entries(state.addresses).map(([name, address]) => row(name, address));
  const token = await demoToken(state);
  if (token !== undefined) rows.push(row("token", token));
  const parts = [`\nLarder is ready (${seconds.toFixed(1)} s).`];
  if (rows.length > 0) parts.push(rows.join("\n"));
  const building = workloadsIn(state, "building");
  if (building.length > 0) parts.push(`Still being built, and started then: ${building.join(", ")}.`);
  const unbuilt = workloadsIn(state, "unbuilt");
  if (unbuilt.length > 0) parts.push(`Not running: ${unbuilt.join(", ")}. make status says why.`);
  if (state.mesh === "off") parts.push("MESH=off: no sidecars run, so callers are NOT enforced.");
  const tries = commandsToTry(state);
  if (tries.length > 0) parts.push(`Try:\n${tries.map((line) => `  ${line}`).join("\n")}`);
  parts.push("make status shows what runs, make logs S=order what it says, make down (or Ctrl-C) stops it.");
  return parts.join("\n\n");
}

const workloadsIn = ({ children }: SupervisorState, state: ChildState): string[] =>
  children.filter((child) => child.state === state).map(({ name }) => name);

function row(name: string, value: string): string {
  return `  ${name.padEnd(14)} ${value}`;
}

async function demoToken(state: SupervisorState): Promise<string | undefined> {
  if (!commandNames().includes("token") || state.addresses["sign-in"] === undefined) return undefined;
  try {
    return await ((await loadCommand("token")) as TokenModule).demoToken?.(state);
  } catch (error) {
    return `none: ${(error as Error).message} (npx larder token tries again)`;
  }
}

function commandsToTry({ addresses }: SupervisorState): string[] {
  const commands = commandNames();
  const tries: string[] = [];
  if (addresses.shop === undefined) return tries;
  if (commands.includes("demo")) tries.push("npx larder demo");
  tries.push(`curl '${addresses.shop}/v1/products?page_size=3'`);
  if (commands.includes("call")) {
    tries.push(
      "npx larder call larder.inventory.v1.InventoryService/Reserve '{}' --as notification   # refused by policy",
    );
  }
  return tries;
}
