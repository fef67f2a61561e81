// What became known, in the order of its commits, for those who watch: in this process, in another one, or after a break.
//
// Whoever watches reads the feed at a pace of its own, from the position that it has come to. Entries that are new are read
// once for all of them, and kept for a while; who is slower reads them from the database again. So nothing is queued for
// anybody, and a reader that does not read costs nothing.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { ExcursionReport, SubjectPoint } from "@larder/contract/larder/dashboard/v1/cold_chain_pb.js";
import {
  type WatchReadingsResponse,
  WatchReadingsResponseSchema,
} from "@larder/contract/larder/dashboard/v1/dashboard_service_pb.js";
import { log } from "@larder/platform";
import type { Database, Tx } from "@larder/store";
import { resumeTokenExpired, resumeTokenInvalid } from "./errors.ts";

const CHANNEL = "dashboard_feed";
const LOCK_CLASS = 1_717_920_100; // "feed" in a way.
const MOST_POINTS = 1000;
const PAGE = 32;
const KEPT_BYTES = 4 << 20;
// Who is told of a commit reads at once; this is for what was not told.
const POLL_MS = 1000;
const RETRY_MS = 200;
const KEPT_MS = 3_600_000;

/** What one commit made known, or a part of it. */
export class Entry {
  readonly position: bigint;
  readonly bytes: number;
  readonly #content: Buffer;
  #decoded: WatchReadingsResponse | undefined;

  constructor(position: bigint, content: Buffer) {
    this.position = position;
    this.bytes = content.length;
    this.#content = content;
  }

  get content(): WatchReadingsResponse {
    this.#decoded ??= fromBinary(WatchReadingsResponseSchema, this.#content);
    return this.#decoded;
  }
}

interface EntryRow {
  readonly forgotten: bigint;
  readonly position: bigint | null;
  readonly content: Buffer | null;
}

export class Feed {
  readonly #db: Database;
  /** The newest entries: all after `#from`, up to `#head`. */
  #entries: Entry[] = [];
  #bytes = 0;
  #from: bigint | undefined;
  #head: bigint | undefined;
  readonly #waiting = new Set<() => void>();
  #told = false;
  #wake = () => {};
  #announcing = false;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Takes the lock under which entries get their positions, until the end of the transaction: nothing but `append` may follow. */
  async lock(tx: Tx): Promise<void> {
    await tx.query("feed_lock", "select pg_advisory_xact_lock($1, 0)", [LOCK_CLASS]);
  }

  /** Makes points and reports known to those who watch, if the transaction commits. It must hold the lock. */
  async append(tx: Tx, points: readonly SubjectPoint[], excursions: readonly ExcursionReport[]): Promise<void> {
    const parts: WatchReadingsResponse[] = [];
    for (let next = 0; next < points.length; next += MOST_POINTS)
      parts.push(create(WatchReadingsResponseSchema, { points: points.slice(next, next + MOST_POINTS) }));
    if (excursions.length > 0) parts.push(create(WatchReadingsResponseSchema, { excursions: [...excursions] }));
    if (parts.length === 0) return;
    tx.afterCommit(() => this.#announce());
    await tx.query(
      "feed_append",
      "insert into feed (content) select content from unnest($1::bytea[]) with ordinality as part (content, place) order by place",
      [parts.map((part) => Buffer.from(toBinary(WatchReadingsResponseSchema, part)))],
    );
  }

  /** Where the feed ends now. */
  async end(): Promise<bigint> {
    return (await this.#state()).end;
  }

  /** The token of a position. */
  async token(): Promise<(position: bigint) => string> {
    const { series } = await this.#state();
    return (position) => Buffer.from(`${series}/${position}`).toString("base64url");
  }

  /** The position of a token. Throws RESUME_TOKEN_INVALID and RESUME_TOKEN_EXPIRED. */
  async read(token: string): Promise<bigint> {
    const { series, end, forgotten } = await this.#state();
    const [, of, digits] =
      /^([\da-f-]{36})\/(\d{1,18})$/.exec(Buffer.from(token, "base64url").toString("latin1")) ?? [];
    if (of !== series || digits === undefined || BigInt(digits) > end) throw resumeTokenInvalid();
    if (BigInt(digits) < forgotten) throw resumeTokenExpired();
    return BigInt(digits);
  }

  async #state(): Promise<{ series: string; end: bigint; forgotten: bigint }> {
    const { rows } = await this.#db.query<{ series: string; end: bigint; forgotten: bigint }>(
      "feed_state",
      `select series, forgotten, greatest(forgotten, (select max(position) from feed)) as "end" from feed_state`,
    );
    if (!rows[0]) throw new Error("the feed has no state");
    return rows[0];
  }

  /**
   * Every entry after a position, until the signal aborts; undefined now and then, at the latest when there was none for
   * `pauseMs`. Throws RESUME_TOKEN_EXPIRED if what comes next has been forgotten: the reader was an hour behind.
   */
  async *follow(after: bigint, pauseMs: number, signal: AbortSignal): AsyncGenerator<Entry | undefined> {
    let position = after;
    while (!signal.aborted) {
      const entries = this.#kept(position) ?? (await this.#page(position));
      for (const entry of entries) {
        if (signal.aborted) return;
        position = entry.position;
        yield entry;
      }
      if (entries.length === 0 && !(await this.#hasNews(position, pauseMs, signal)) && !signal.aborted) yield undefined;
    }
  }

  /** The entries after a position that are in memory; undefined if those next to it are not. */
  #kept(position: bigint): readonly Entry[] | undefined {
    if (this.#from === undefined || position < this.#from) return undefined;
    const next = this.#entries.findLastIndex((entry) => entry.position <= position) + 1;
    return this.#entries.slice(next, next + PAGE);
  }

  async #page(position: bigint): Promise<Entry[]> {
    const { rows } = await this.#db.query<EntryRow>(
      "feed_page",
      `select s.forgotten, f.position, f.content from feed_state s
       left join lateral (select position, content from feed where position > $1 order by position limit ${PAGE}) f on true
       order by f.position`,
      [position],
    );
    if (rows[0] && rows[0].forgotten > position) throw resumeTokenExpired();
    return rows.flatMap(({ position: at, content }) => (at !== null && content ? [new Entry(at, content)] : []));
  }

  /** Waits for something after the position. False if there is none, because the time is up or for another reason. */
  #hasNews(position: bigint, withinMs: number, signal: AbortSignal): Promise<boolean> {
    const there = () => this.#head !== undefined && this.#head > position;
    if (there() || signal.aborted) return Promise.resolve(there());
    return new Promise((resolve) => {
      const end = () => {
        this.#waiting.delete(end);
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve(there());
      };
      const timer = setTimeout(end, withinMs);
      this.#waiting.add(end);
      signal.addEventListener("abort", end);
    });
  }

  /** Reads what is new for all who watch, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const listening = this.#db.listen(CHANNEL, () => this.#tell());
    const stop = () => this.#tell();
    signal.addEventListener("abort", stop);
    while (!signal.aborted) {
      this.#told = false;
      const more = await this.#readOn().catch((error) => {
        log.warn("the feed could not be read", { error: String(error) });
        return undefined;
      });
      if (more !== true && !signal.aborted) await this.#rest(more === undefined ? RETRY_MS : POLL_MS);
    }
    signal.removeEventListener("abort", stop);
    listening.close();
  }

  #rest(ms: number): Promise<void> {
    if (this.#told) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** There may be new entries. */
  #tell(): void {
    this.#told = true;
    this.#wake();
  }

  /** Returns whether there may be more. */
  async #readOn(): Promise<boolean> {
    if (this.#head === undefined) {
      this.#from = await this.end();
      this.#head = this.#from;
    }
    let entries: Entry[];
    try {
      entries = await this.#page(this.#head);
    } catch (error) {
      // Perhaps nothing could be read for an hour, and what is kept ends before a gap.
      this.#head = undefined;
      this.#from = undefined;
      this.#entries = [];
      this.#bytes = 0;
      throw error;
    }
    for (const entry of entries) {
      this.#entries.push(entry);
      this.#bytes += entry.bytes;
      this.#head = entry.position;
    }
    while (this.#bytes > KEPT_BYTES) {
      const gone = this.#entries.shift();
      if (!gone) break;
      this.#bytes -= gone.bytes;
      this.#from = gone.position;
    }
    for (const end of entries.length > 0 ? [...this.#waiting] : []) end();
    return entries.length === PAGE;
  }

  // Not in the transaction itself: PostgreSQL lets transactions that NOTIFY commit only one after the other, across databases.
  #announce(): void {
    this.#tell();
    if (this.#announcing) return;
    this.#announcing = true;
    setImmediate(() => {
      this.#announcing = false;
      this.#db.query("feed_notify", "select pg_notify($1, '')", [CHANNEL]).catch(() => {}); // The others poll.
    });
  }

  /** Forgets what became known more than an hour ago. */
  async forget(keptMs = KEPT_MS): Promise<void> {
    await this.#db.query(
      "feed_forget",
      `with old as (select max(position) as position from feed where append_time < now() - make_interval(secs => $1::float8 / 1000)),
       gone as (delete from feed where position <= (select position from old))
       update feed_state set forgotten = greatest(forgotten, old.position) from old where old.position is not null`,
      [keptMs],
    );
  }
}
