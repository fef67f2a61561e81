// The limit of anything durable: one row inserted and committed, by node-postgres on the same server.
import { Pool } from "pg";

/** Inserts a row of 100 bytes and waits for its commit. */
export async function commits(socketFolder: string, user: string, password: string, database: string) {
  const pool = new Pool({ host: socketFolder, user, password, database, max: 8 });
  await pool.query("create table if not exists bench_limit (id bigint generated always as identity, body text)");
  const body = "x".repeat(100);
  return {
    commit: () =>
      pool.query({ name: "bench_limit", text: "insert into bench_limit (body) values ($1)", values: [body] }),
    close: async () => {
      await pool.query("drop table bench_limit");
      await pool.end();
    },
  };
}
