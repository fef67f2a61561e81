// What can go wrong between a service and its database, apart from what the SQL itself says.

import { Code, CodedError } from "@larder/platform";
import { DatabaseError } from "pg";

/**
 * The database cannot be reached or has gone away. The pool recovers by itself; a caller may try again.
 *
 * Answered as UNAVAILABLE, reason STORE_UNAVAILABLE.
 */
export class StoreUnavailable extends CodedError {
  /** True if a commit was on its way: it may or may not stand. A caller who repeats under the same request id finds out. */
  readonly outcomeUnknown: boolean;

  constructor(cause: unknown, outcomeUnknown = false) {
    super(Code.UNAVAILABLE, "STORE_UNAVAILABLE", "the database is unavailable", { cause });
    this.outcomeUnknown = outcomeUnknown;
  }
}

/** A statement ran past the time that the database gives it. Nothing of it stands. */
export class StatementTimeout extends CodedError {
  constructor(statement: string, cause: unknown) {
    super(Code.DEADLINE_EXCEEDED, "STATEMENT_TIMEOUT", "the database took too long", { cause });
    this.statement = statement;
  }

  /** The name of the statement. */
  readonly statement: string;
}

/** The migrations on disk do not continue those that the database has seen. Needs a person. */
export class MigrationError extends Error {
  override name = "MigrationError";
}

/** The five-character code of an error that the database reported; undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

/**
 * True if the database refused a row: unique, foreign key, check, not null or exclusion.
 * With `constraint` true only for the constraint of that name.
 */
export function violates(error: unknown, constraint?: string): boolean {
  if (!(error instanceof DatabaseError) || !error.code?.startsWith("23")) return false;
  return constraint === undefined || error.constraint === constraint;
}

// 57P01-57P04 shutdown, crash, starting up, database dropped; 53300 too many connections; 08 connection exceptions.
const UNAVAILABLE = /^(57P0[1-4]|53300|08...)$/;

/** True if the server said that it is going, not there yet, or full. */
export const saysUnavailable = (error: unknown): boolean => UNAVAILABLE.test(sqlState(error) ?? "");

/** True if the same transaction may succeed when it is run again: serialization failure or deadlock. */
export const isRetryable = (error: unknown): boolean => {
  const state = sqlState(error);
  return state === "40001" || state === "40P01";
};
