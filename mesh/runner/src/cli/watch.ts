// larder watch: what becomes of temperatures, as it happens.

import { staffUser } from "../issuer/users.ts";
import { UsageError } from "../options.ts";
import { inWords, type Kind, type News } from "../watch/news.ts";
import { watch } from "../watch/watch.ts";
import { PLACE_USAGE } from "./place.ts";
import { complain, complainOfLate, runningMesh } from "./running.ts";
import { demoToken } from "./token.ts";
import { parseWords } from "./words.ts";

export const name = "watch";
export const summary = "Shows excursions, scores, markdowns and letters as they happen.";
export const usage = `[SUBJECT...] [--readings] [--all] [--json] [--until KIND,...] [--seconds N] ${PLACE_USAGE}

  SUBJECT         only these: rooms/north-chilled, shipments/ORDER, devices/van-7; default all rooms and shipments
  --readings      the temperatures too, every ten seconds
  --all           every product that is marked down; default the first three of an excursion
  --json          a line of JSON for each
  --until KIND    ends when there was one: opened, closed, score, markdown, quote, mail or reading; of several, one of each
  --seconds N     ends after so long

It ends with 0 on Ctrl-C, when the time is up, and when there was what --until waits for; with 1 if there was not.`;

const KINDS: readonly Kind[] = ["opened", "closed", "score", "markdown", "quote", "mail", "reading"];
const MOST_SUBJECTS = 100;
const SUBJECT = /^(rooms|shipments|devices)\/./;
const USUAL_PRODUCTS = 3;

export async function run(args: readonly string[]): Promise<number> {
  const { place, text, on, words } = parseWords(args, ["until", "seconds"], ["readings", "all", "json"], MOST_SUBJECTS);
  for (const word of words)
    if (!SUBJECT.test(word)) throw new UsageError(`${word} is no subject: rooms/..., shipments/... or devices/...`);
  const awaited = new Set<string>(text("until")?.split(","));
  if ([...awaited].some((kind) => !KINDS.some((known) => known === kind)))
    throw new UsageError(`--until waits for any of ${KINDS.join(", ")}`);
  const [endless, withReadings] = [awaited.size === 0, on("readings") || awaited.has("reading")];
  const seconds = text("seconds");
  if (seconds !== undefined && !/^[1-9]\d{0,6}$/.test(seconds))
    throw new UsageError("--seconds is a whole number above 0");
  const state = runningMesh(place);
  complainOfLate(state);
  const ending = new AbortController();
  const stop = () => ending.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  const timer = seconds === undefined ? undefined : setTimeout(stop, Number(seconds) * 1000);
  const tell = (news: News) => {
    if (ending.signal.aborted) return;
    console.log(on("json") ? JSON.stringify(news) : inWords(news));
    if (awaited.delete(news.kind) && awaited.size === 0) stop();
  };
  try {
    const { shop = "", mail } = state.addresses;
    await watch(
      {
        shop,
        mail,
        subjects: [...new Set(words)],
        products: on("all") ? Number.POSITIVE_INFINITY : USUAL_PRODUCTS,
        readings: withReadings,
        staffToken: () => demoToken(state, staffUser.id),
        customerToken: () => demoToken(state),
        tell,
        complain,
      },
      ending.signal,
    );
  } finally {
    clearTimeout(timer);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, stop);
  }
  return endless || awaited.size === 0 ? 0 : 1;
}
