// What the owners of the steps remember of requests: the rules of DESIGN section 7, in memory.
import { Code, rpcError } from "@larder/platform";

interface Remembered {
  readonly hash: string;
  refusal: Error | undefined;
  undone: boolean;
}

export const undone = (domain: string, requestId: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "UNDONE", `${requestId} was undone`, { request_id: requestId });

/** Makes the writes of one workload idempotent. */
export class Requests {
  readonly #domain: string;
  readonly #seen = new Map<string, Remembered>();

  constructor(domain: string) {
    this.#domain = domain;
  }

  /** Does `work` at the first request of an id; later ones get its refusal again, or pass. */
  once(requestId: string, body: unknown, work: () => void): void {
    const hash = JSON.stringify(body, (_, value) => (typeof value === "bigint" ? String(value) : value));
    const seen = this.#seen.get(requestId);
    if (seen?.undone) throw undone(this.#domain, requestId);
    if (seen && seen.hash !== hash) {
      throw rpcError(this.#domain, Code.ALREADY_EXISTS, "REQUEST_ID_REUSED", `${requestId} had another body`);
    }
    if (seen?.refusal) throw seen.refusal;
    if (seen) return;
    const first: Remembered = { hash, refusal: undefined, undone: false };
    this.#seen.set(requestId, first);
    try {
      work();
    } catch (error) {
      first.refusal = error as Error;
      throw error;
    }
  }

  /** Marks a request as undone, whether or not it has come yet. */
  undo(requestId: string): void {
    const seen = this.#seen.get(requestId) ?? { hash: "", refusal: undefined, undone: true };
    seen.undone = true;
    this.#seen.set(requestId, seen);
  }

  /** Takes the mark away, where there was nothing to undo any more. */
  keep(requestId: string): void {
    const seen = this.#seen.get(requestId);
    if (seen) seen.undone = false;
  }
}
