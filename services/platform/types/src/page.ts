// Pages of lists (AIP-158): sizes with a default and a cap, and tokens that only the list that made them takes back.
import { Code, rpcError } from "@larder/platform";

/** What a list method reads. */
export interface Page {
  /** How many to return. */
  readonly size: number;
  /** The position after which to go on, as the list wrote it; absent for the first page. */
  readonly after?: string;
}

/**
 * Reads `page_size` and `page_token`.
 *
 * `scope` names the list and its filter: a token made under another scope is refused with INVALID_ARGUMENT,
 * reason PAGE_TOKEN_INVALID. `domain` is the workload that answers.
 */
export function readPage(
  domain: string,
  scope: string,
  request: { pageSize: number; pageToken: string },
  limits: { usual: number; most: number },
): Page {
  const size = Math.min(request.pageSize || limits.usual, limits.most);
  if (request.pageToken === "") return { size };
  const decoded = Buffer.from(request.pageToken, "base64url").toString("utf8");
  const cut = decoded.indexOf("\n");
  if (cut < 0 || decoded.slice(0, cut) !== scope)
    throw rpcError(domain, Code.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID", "page_token was not given by this list");
  return { size, after: decoded.slice(cut + 1) };
}

/**
 * Cuts a page out of rows that were read with one more than `page.size`, and makes the token of the next.
 * `position` says where a row stands, in the form that the list reads back as `after`.
 */
export function pageOf<Row>(
  scope: string,
  page: Page,
  rows: readonly Row[],
  position: (row: Row) => string,
): { rows: readonly Row[]; nextPageToken: string } {
  const shown = rows.slice(0, page.size);
  const last = shown.at(-1);
  const more = rows.length > page.size && last !== undefined;
  return {
    rows: shown,
    nextPageToken: more ? Buffer.from(`${scope}\n${position(last)}`).toString("base64url") : "",
  };
}
