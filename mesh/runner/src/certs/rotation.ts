// Keeps every certificate of the mesh fresh: issues each at the start, and again at half of its life. It compares the
// wall clock on a short tick, so that after a sleep or a set clock the renewal comes within one tick, before traffic needs it.
import type { Authority, Leaf, LeafRequest } from "./authority.ts";

const TICK_MS = 1000;

/** One certificate that is kept fresh. */
export interface Held {
  /** Unique, for messages. */
  readonly name: string;
  readonly authority: Authority;
  readonly request: LeafRequest;
  /** Puts a new one where its user reads it. */
  readonly deliver: (leaf: Leaf) => void;
}

/** When half of the life of `leaf` is over. Epoch milliseconds. */
export const dueAt = ({ issuedAt, expiresAt }: Pick<Leaf, "issuedAt" | "expiresAt">): number =>
  issuedAt + (expiresAt - issuedAt) / 2;

/** True when `leaf` must be replaced at `now`: half of its life is over, or the clock stands before its issue. */
export function isDue(leaf: Pick<Leaf, "issuedAt" | "expiresAt">, now: number): boolean {
  return now < leaf.issuedAt || now >= dueAt(leaf);
}

export class Rotation {
  readonly #held: readonly Held[];
  readonly #now: () => number;
  readonly #report: (message: string) => void;
  readonly #leaves = new Map<string, Leaf>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(held: readonly Held[], report: (message: string) => void, now: () => number = Date.now) {
    this.#held = held;
    this.#report = report;
    this.#now = now;
  }

  /** Issues every certificate, then watches the clock until `stop`. */
  async start(): Promise<void> {
    await this.renew(this.#held);
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(() => this.tick());
    }, TICK_MS);
  }

  /** Replaces what is due now; a failure is reported and tried again at the next tick. */
  async tick(): Promise<void> {
    const due = this.#held.filter(({ name }) => {
      const leaf = this.#leaves.get(name);
      return !leaf || isDue(leaf, this.#now());
    });
    if (due.length === 0) return;
    try {
      await this.renew(due);
    } catch (error) {
      this.#report(`certificates not renewed: ${(error as Error).message}`);
    }
  }

  /** Replaces all, due or not. */
  async renewAll(): Promise<void> {
    await this.renew(this.#held);
  }

  private async renew(held: readonly Held[]): Promise<void> {
    for (const { name, authority, request, deliver } of held) {
      const leaf = await authority.issue(request);
      deliver(leaf);
      this.#leaves.set(name, leaf);
    }
  }

  /** The serial number in use. Absent: none was issued under this name. */
  serial(name: string): string | undefined {
    return this.#leaves.get(name)?.serial;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }
}
