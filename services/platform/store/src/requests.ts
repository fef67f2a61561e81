// Writes that are safe to repeat: the table `requests` and its functions.
import type { Database } from "./database.ts";
import type { MigrationSet } from "./migrate.ts";

/** The migrations to run before those of a service whose writes carry a request id. */
export const requestMigrations: MigrationSet = {
  name: "requests",
  folder: new URL("../requests/", import.meta.url),
};

/** Who sent a write under which id, and the hash of its body. */
export interface Write {
  /** The calling workload; empty where nobody vouches for it. */
  readonly caller: string;
  readonly requestId: string;
  /** Tells a repeat from another body. */
  readonly hash: string;
}

/** Forgets the requests that are older than the contract promises to keep them: seven days. */
export async function forgetRequests(db: Database): Promise<void> {
  await db.query("forget_requests", "delete from requests where create_time < now() - interval '7 days'", []);
}
