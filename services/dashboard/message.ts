// Between the contract and the rows of the read model.
import { create } from "@bufbuild/protobuf";
import {
  type Duration,
  durationFromMs,
  durationMs,
  type Timestamp,
  timestampFromDate,
  timestampMs,
} from "@bufbuild/protobuf/wkt";
import type { Excursion } from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import { type Window, WindowKind } from "@larder/contract/larder/coldchain/v1/window_pb.js";
import {
  type ExcursionReport,
  ExcursionReportSchema,
  type Point,
  PointSchema,
} from "@larder/contract/larder/dashboard/v1/cold_chain_pb.js";
import { RejectEvent } from "@larder/events";
import { idOf, nameOf } from "@larder/types";
import { FIVE_MINUTES_MS } from "./series.ts";

/** Temperatures of a stretch of time. */
export interface PointRow {
  readonly startTime: Date;
  readonly endTime: Date;
  readonly readings: bigint;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly p95: number;
}

export interface WindowRow extends PointRow {
  readonly subject: string;
  readonly kind: WindowKind;
  readonly revision: number;
}

export interface ExcursionRow {
  readonly id: string;
  readonly device: string;
  readonly subject: string;
  readonly storageClass: number;
  readonly state: number;
  readonly limit: number;
  readonly startTime: Date;
  readonly endTime: Date | null;
  readonly peak: number;
  readonly aboveMs: bigint;
  readonly version: bigint;
  readonly endReason: number;
}

/** What a model said of goods. */
export interface Note {
  readonly spoilageRisk: number;
  readonly model: string;
}

export interface MarkdownNoteRow extends Note {
  readonly product: string;
  readonly percent: number;
}

/** An excursion with what came of it. */
export interface ReportRow extends ExcursionRow {
  readonly markdowns: readonly MarkdownNoteRow[];
  readonly risk: (Note & { readonly shipment: string }) | null;
}

/**
 * The row of a window; undefined for one that overlaps those that are kept. Throws `RejectEvent` if it is none: its writer
 * would not make it better.
 */
export function readWindow(window: Window): WindowRow | undefined {
  const { subject, kind, count, minCelsius, meanCelsius, maxCelsius, p95Celsius, revision } = window;
  const startMs = readTime(window.startTime, `the start of a window of ${subject}`);
  const endMs = readTime(window.endTime, `the end of a window of ${subject}`);
  if (subject === "" || endMs <= startMs || count < 1n) throw new RejectEvent(`a window of "${subject}" is none`);
  if (kind === WindowKind.SLIDING && startMs % FIVE_MINUTES_MS !== 0) return undefined;
  if (kind !== WindowKind.SLIDING && kind !== WindowKind.TUMBLING) return undefined;
  return {
    subject,
    kind,
    startTime: new Date(startMs),
    endTime: new Date(endMs),
    readings: count,
    min: minCelsius,
    mean: meanCelsius,
    max: maxCelsius,
    p95: p95Celsius,
    revision,
  };
}

/** Throws `RejectEvent` if the excursion is none. */
export function readExcursion(excursion: Excursion | undefined): ExcursionRow {
  if (!excursion?.name) throw new RejectEvent("the excursion has no name");
  const { name, device, subject, storageClass, state, limitCelsius, peakCelsius, timeAboveLimit } = excursion;
  const { version, endReason } = excursion;
  return {
    id: idOf(name),
    device,
    subject,
    storageClass,
    state,
    limit: limitCelsius,
    startTime: new Date(readTime(excursion.startTime, `the start of ${name}`)),
    endTime: excursion.endTime ? new Date(readTime(excursion.endTime, `the end of ${name}`)) : null,
    peak: peakCelsius,
    aboveMs: BigInt(readDuration(timeAboveLimit)),
    version,
    endReason,
  };
}

// What PostgreSQL and JavaScript both know as a time.
const LATEST_MS = Date.UTC(9999, 11, 31);

function readTime(time: Timestamp | undefined, what: string): number {
  const ms = time ? timestampMs(time) : Number.NaN;
  if (!(ms >= 0 && ms <= LATEST_MS)) throw new RejectEvent(`${what} is no time`);
  return ms;
}

const readDuration = (duration: Duration | undefined): number => (duration ? Math.round(durationMs(duration)) : 0);

export const showPoint = (row: PointRow): Point =>
  create(PointSchema, {
    startTime: timestampFromDate(row.startTime),
    endTime: timestampFromDate(row.endTime),
    count: row.readings,
    minCelsius: row.min,
    meanCelsius: row.mean,
    maxCelsius: row.max,
    p95Celsius: row.p95,
  });

export const showReport = (row: ReportRow): ExcursionReport =>
  create(ExcursionReportSchema, {
    excursion: {
      name: nameOf("excursions", row.id),
      device: row.device,
      subject: row.subject,
      storageClass: row.storageClass,
      state: row.state,
      limitCelsius: row.limit,
      startTime: timestampFromDate(row.startTime),
      ...(row.endTime && { endTime: timestampFromDate(row.endTime) }),
      peakCelsius: row.peak,
      timeAboveLimit: durationFromMs(Number(row.aboveMs)),
      version: row.version,
      endReason: row.endReason,
    },
    markdowns: row.markdowns.map((note) => ({ ...note })),
    ...(row.risk && { shipment: row.risk }),
  });
