// PostgreSQL for services: connections that heal, prepared statements, transactions, migrations, joined statements.

export { type CoalesceOptions, coalesce } from "./coalesce.ts";
export {
  type Database,
  type DatabaseOptions,
  openDatabase,
  type Queryable,
  type Result,
  type Session,
  type SessionOptions,
  type Stats,
  type Subscription,
  type TransactionOptions,
  type Tx,
} from "./database.ts";
export { MigrationError, StatementTimeout, StoreUnavailable, sqlState, violates } from "./errors.ts";
export { Counts, exposeCounter, exposeGauge, type Sample } from "./metrics.ts";
export { type Migrated, type MigrationSet, migrate } from "./migrate.ts";
export { repeatedly } from "./repeat.ts";
export { forgetRequests, requestMigrations, type Write } from "./requests.ts";
