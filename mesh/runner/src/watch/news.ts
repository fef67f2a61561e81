// What a report of an excursion tells that the one before did not.
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { ExcursionEndReason, ExcursionState } from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import type { ExcursionReport, SubjectPoint } from "@larder/contract/larder/dashboard/v1/cold_chain_pb.js";

/** Something that happened, with names as in the contract. */
export type News =
  | ({ readonly kind: "opened" } & Warmth)
  | ({
      readonly kind: "closed";
      /** Only RECOVERED says that it is cold again. */
      readonly reason: keyof typeof ExcursionEndReason;
    } & Warmth)
  | {
      readonly kind: "score";
      readonly excursion: string;
      /** A product or a shipment. */
      readonly of: string;
      readonly spoilageRisk: number;
      readonly model: string;
    }
  | { readonly kind: "markdown"; readonly excursion: string; readonly product: string; readonly percent: number }
  | { readonly kind: "quote"; readonly product: string; readonly description: string; readonly amount: string }
  | { readonly kind: "mail"; readonly shipment: string; readonly to: readonly string[]; readonly subject: string }
  | { readonly kind: "reading"; readonly subject: string; readonly time: string; readonly meanCelsius: number };

interface Warmth {
  readonly excursion: string;
  readonly subject: string;
  readonly device: string;
  /** When it began, or ended. */
  readonly time: string;
  readonly limitCelsius: number;
  readonly peakCelsius: number;
}

export type Kind = News["kind"];

/** News of an excursion; `before` is what was known of it, if anything was. */
export function newsOf(report: ExcursionReport, before: ExcursionReport | undefined): News[] {
  const { excursion, markdowns, shipment } = report;
  if (!excursion) return [];
  const { name, subject, device, state, startTime, endTime, limitCelsius, peakCelsius, endReason } = excursion;
  const news: News[] = [];
  if (state !== before?.excursion?.state) {
    const isOpen = state === ExcursionState.OPEN;
    const at = isOpen ? startTime : endTime;
    const time = at ? timestampDate(at).toISOString() : "";
    const warmth = { excursion: name, subject, device, time, limitCelsius, peakCelsius };
    const reason = (ExcursionEndReason[endReason] ?? "UNSPECIFIED") as keyof typeof ExcursionEndReason;
    news.push(isOpen ? { kind: "opened", ...warmth } : { kind: "closed", reason, ...warmth });
  }
  for (const { product, percent, spoilageRisk, model } of markdowns) {
    const known = before?.markdowns.find((note) => note.product === product);
    if (known?.spoilageRisk !== spoilageRisk || known.model !== model)
      news.push({ kind: "score", excursion: name, of: product, spoilageRisk, model });
    if (known?.percent !== percent) news.push({ kind: "markdown", excursion: name, product, percent });
  }
  if (shipment && shipment.spoilageRisk !== before?.shipment?.spoilageRisk) {
    const { shipment: of, spoilageRisk, model } = shipment;
    news.push({ kind: "score", excursion: name, of, spoilageRisk, model });
  }
  return news;
}

export const readingOf = ({ subject, point }: SubjectPoint): News => ({
  kind: "reading",
  subject,
  time: point?.endTime ? timestampDate(point.endTime).toISOString() : "",
  meanCelsius: point?.meanCelsius ?? Number.NaN,
});

// A sensor that says nothing says nothing of cold either.
const ENDS: Readonly<Record<keyof typeof ExcursionEndReason, string>> = {
  UNSPECIFIED: "over      ",
  RECOVERED: "cold again",
  SENSOR_MOVED: "taken away",
  SENSOR_SILENT: "no sensor ",
};

/** The news as a line for a person. */
export function inWords(news: News): string {
  const celsius = (value: number) => `${value.toFixed(1)} °C`;
  switch (news.kind) {
    case "opened":
      return `too warm    ${news.subject}: ${news.device} above ${celsius(news.limitCelsius)} since ${news.time}`;
    case "closed":
      return `${ENDS[news.reason]}  ${news.subject}: ${news.device} since ${news.time}, at most ${celsius(news.peakCelsius)}`;
    case "score":
      return `score       ${news.of} spoils with probability ${news.spoilageRisk.toFixed(2)}, says ${news.model}`;
    case "markdown":
      return news.percent > 0
        ? `markdown    ${news.product}: ${news.percent} % off`
        : `markdown    ${news.product}: none any more`;
    case "quote":
      return `new quote   ${news.product}: ${news.description}, ${news.amount}`;
    case "mail":
      return `e-mail      to ${news.to.join(", ")}: ${news.subject}`;
    case "reading":
      return `reading     ${news.subject}: ${celsius(news.meanCelsius)}`;
  }
}
