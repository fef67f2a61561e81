// larder dlq: the events that a consumer gave up, and what becomes of them.
import {
  checkReplayable,
  dropLetter,
  type EventLog,
  type Letter,
  NotReplayable,
  openLetters,
  replayLetter,
} from "@larder/events";
import { UsageError } from "../options.ts";
import { Refusal } from "../refusal.ts";
import { type Declared, declaredTopics, findTopic, shown, withEventLog } from "./event-log.ts";
import { PLACE_USAGE } from "./place.ts";
import { runningMesh } from "./running.ts";
import { parseWords } from "./words.ts";

export const name = "dlq";
export const summary = "Shows dead letters, replays them for the consumer that failed, or drops them.";
export const usage = `list|show|replay|drop [ID...] [--topic TOPIC] [--group WORKLOAD] [--all] [--yes] [--json] ${PLACE_USAGE}

  list            the open letters: 0 when there are any, 1 when there are none
  show ID...      all that is known of letters: error, attempts, origin, payload
  replay ID...    puts the event at the end of the partition that it came from, for the consumer that gave it up alone
  drop ID...      settles the letter; its event will not be handled

  --topic TOPIC, --group WORKLOAD   only letters of that topic, of that consumer
  --all           replay, drop: every letter that list shows, instead of ids
  --yes           replay, drop: do it; without it they say what they would do, and the answer is 1
  --json          for programs

A replayed event comes after newer ones of its key: consumers go by the version of the aggregate. Replaying a letter twice changes
nothing; an event that fails again is a new letter.`;

const verbs = ["list", "show", "replay", "drop"] as const;
type Verb = (typeof verbs)[number];

export async function run(args: readonly string[]): Promise<number> {
  const { place, text, on, words } = parseWords(args, ["topic", "group"], ["all", "yes", "json"], 1001);
  const verb = verbs.find((each) => each === words[0]);
  const ids = words.slice(1);
  if (!verb) throw new UsageError(`the first argument is one of ${verbs.join(", ")}`);
  if (verb === "list" && (ids.length > 0 || on("all"))) throw new UsageError("list takes no ids");
  if (verb !== "list" && ids.length > 0 === on("all")) throw new UsageError(`${verb} takes ids, or --all`);
  if (on("yes") && (verb === "list" || verb === "show"))
    throw new UsageError(`${verb} changes nothing: --yes is wrong`);
  const topics = await declaredTopics();
  const only = text("topic");
  const wanted = only === undefined ? [...topics.values()] : [findTopic(topics, only)];
  return withEventLog(runningMesh(place), async (log) => {
    const letters = (await Promise.all(wanted.map((topic) => openLetters(log, topic.name))))
      .flat()
      .filter(({ death }) => [undefined, death.group].includes(text("group")));
    const chosen = ids.length > 0 ? ids.map((id) => find(letters, id)) : letters;
    if (verb === "list" || verb === "show") return print(verb, chosen, topics, on("json"));
    return settle(log, verb, chosen, on("yes"), on("json"));
  });
}

function find(letters: readonly Letter[], id: string): Letter {
  const letter = letters.find((each) => each.id === id);
  if (!letter) throw new Refusal(`There is no open letter ${id}: larder dlq list shows those that there are.`);
  return letter;
}

function print(
  verb: "list" | "show",
  letters: readonly Letter[],
  topics: ReadonlyMap<string, Declared>,
  json: boolean,
): number {
  const all = letters.map(({ id, time, death, event }) => {
    const about = { letter: id, deadSince: time.toISOString(), ...death };
    return verb === "show"
      ? { ...about, event: shown(event, topics) }
      : { ...about, type: event.type, key: event.subject };
  });
  if (json) console.log(JSON.stringify(all, null, 2));
  else if (verb === "show") console.log(all.map((each) => JSON.stringify(each, null, 2)).join("\n"));
  else for (const { id, time, death, event } of letters) console.log(line(id, time, death, event.subject));
  if (letters.length === 0 && !json) console.error("No open dead letters.");
  return letters.length > 0 ? 0 : 1;
}

const line = (id: string, time: Date, { group, attempts, reason }: Letter["death"], key: string): string =>
  `${id}  ${time.toISOString()}  ${group}  ${attempts}x  ${key}  ${reason.split("\n")[0]}`;

async function settle(
  log: EventLog,
  verb: Exclude<Verb, "list" | "show">,
  letters: readonly Letter[],
  yes: boolean,
  json: boolean,
): Promise<number> {
  const results: { letter: string; done: boolean; reason?: string }[] = [];
  for (const letter of letters) {
    try {
      if (verb === "drop") await (yes && dropLetter(log, letter));
      else await (yes ? replayLetter(log, letter) : checkReplayable(log, letter));
      results.push({ letter: letter.id, done: yes });
    } catch (error) {
      if (!(error instanceof NotReplayable)) throw error;
      results.push({ letter: letter.id, done: false, reason: error.message });
    }
  }
  if (json) console.log(JSON.stringify(results, null, 2));
  else
    for (const { letter, done, reason } of results)
      console.log(`${letter}  ${reason ?? (done ? `${verb === "drop" ? "dropped" : "replayed"}` : `would ${verb}`)}`);
  if (!yes && results.length > 0) console.error(`Nothing was done: larder dlq ${verb} with --yes does it.`);
  if (results.length === 0 && !json) console.error("No open dead letters.");
  return results.length > 0 && results.every(({ done }) => done) ? 0 : 1;
}
