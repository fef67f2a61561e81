// DashboardService: questions in, points and reports out.
import { durationFromMs, type Timestamp, timestampFromDate, timestampMs } from "@bufbuild/protobuf/wkt";
import type {
  DashboardService,
  WatchReadingsResponse,
} from "@larder/contract/larder/dashboard/v1/dashboard_service_pb.js";
import type { Handler } from "@larder/platform";
import { pageOf, readPage } from "@larder/types";
import { pageTokenInvalid, rangeInvalid } from "./errors.ts";
import type { Feed } from "./feed.ts";
import { showPoint, showReport } from "./message.ts";
import { LONGEST_RANGE_MS, stretchesOf } from "./series.ts";
import type { Place, Store } from "./store.ts";

const USUAL_POINTS = 300;
const MOST_POINTS = 2000;
const HEARTBEAT_MS = 15_000;

/** `heartbeatMs` is for tests. */
export function dashboardHandler(
  store: Store,
  feed: Feed,
  heartbeatMs = HEARTBEAT_MS,
): Handler<typeof DashboardService> {
  return {
    async getSeries({ subject, startTime, endTime, maxPoints }) {
      const [from, until] = [timeMs(startTime), endTime ? timeMs(endTime) : Date.now()];
      if (until < from) throw rangeInvalid("the range ends before it begins");
      if (until - from > LONGEST_RANGE_MS) throw rangeInvalid("the range is longer than 31 days");
      const stretches = stretchesOf(from, until, Math.min(maxPoints || USUAL_POINTS, MOST_POINTS));
      const rows = until > from ? await store.series(subject, from, until, stretches) : [];
      return { points: rows.map(showPoint), resolution: durationFromMs(stretches.lengthMs) };
    },

    async listExcursions(request) {
      const { subject, state, startAfter } = request;
      const afterMs = startAfter && timeMs(startAfter);
      const scope = `excursions:${subject}:${state}:${afterMs ?? ""}`;
      const page = readPage("dashboard", scope, request, { usual: 20, most: 100 });
      const filter = { subject, state, startAfter: afterMs === undefined ? undefined : new Date(afterMs) };
      const found = await store.excursions(
        filter,
        page.size + 1,
        page.after === undefined ? undefined : place(page.after),
      );
      const { rows, nextPageToken } = pageOf(scope, page, found, ({ startTime, id }) => `${startTime.getTime()} ${id}`);
      return { excursions: rows.map(showReport), nextPageToken };
    },

    async *watchReadings({ subjects, resumeToken }, { signal }) {
      const asked = new Set(subjects);
      const token = await feed.token();
      let position = resumeToken === "" ? await feed.end() : await feed.read(resumeToken);
      // Tells at once from where on nothing will be missed.
      yield { resumeToken: token(position) };
      let told = performance.now();
      for await (const entry of feed.follow(position, heartbeatMs, signal)) {
        position = entry?.position ?? position;
        const news = entry ? about(asked, entry.content) : { points: [], excursions: [] };
        const silent = news.points.length + news.excursions.length === 0;
        if (silent && performance.now() - told < heartbeatMs) continue;
        yield { ...news, resumeToken: token(position) };
        told = performance.now();
      }
    },

    async getOverview() {
      const [{ time, ...counts }, subjects] = await Promise.all([store.overview(), store.statuses()]);
      return {
        overview: {
          ...counts,
          subjects: subjects.map(({ subject, openExcursions, ...last }) => ({
            subject,
            last: showPoint(last),
            openExcursions,
          })),
          overviewTime: timestampFromDate(time),
        },
      };
    },
  };
}

/** What of an entry concerns the subjects; none means all rooms and shipments. */
function about(subjects: ReadonlySet<string>, { points, excursions }: WatchReadingsResponse) {
  if (subjects.size === 0)
    return { points: points.filter(({ subject }) => !subject.startsWith("devices/")), excursions };
  return {
    points: points.filter(({ subject }) => subjects.has(subject)),
    excursions: excursions.filter(
      ({ excursion }) => excursion && (subjects.has(excursion.subject) || subjects.has(excursion.device)),
    ),
  };
}

// Nothing was measured before 1970, and nothing will be after this.
const LATEST_MS = Date.UTC(9999, 11, 31);

const timeMs = (time: Timestamp | undefined): number => Math.min(Math.max(time ? timestampMs(time) : 0, 0), LATEST_MS);

function place(after: string): Place {
  const [, ms, id] = /^(\d{1,15}) (\S{1,200})$/.exec(after) ?? [];
  if (ms === undefined || id === undefined || Number(ms) > LATEST_MS) throw pageTokenInvalid();
  return { startTime: new Date(Number(ms)), id };
}
