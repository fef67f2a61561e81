// Markdowns as the contract writes them.
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { MarkdownChangedSchema } from "@larder/contract/larder/pricing/v1/markdown_events_pb.js";
import { newEvent, type OutgoingEvent } from "@larder/events";
import { nameOf } from "@larder/types";
import type { Markdown } from "./markdown.ts";

/** An excursion of a room. Ids stand without their collection. */
export interface RoomExcursion {
  readonly id: string;
  readonly room: string;
  readonly version: bigint;
}

/**
 * The event that tells of a markdown, or with `percent` 0 of its end. Its version is that of the excursion: there is one markdown for a
 * product and an excursion, and it changes with the excursion alone.
 */
export const changedEvent = (excursion: RoomExcursion, markdown: Markdown): OutgoingEvent =>
  newEvent(MarkdownChangedSchema, {
    product: nameOf("products", markdown.product),
    room: nameOf("rooms", excursion.room),
    excursion: nameOf("excursions", excursion.id),
    percent: markdown.percent,
    spoilageRisk: markdown.risk,
    model: nameOf("models", markdown.model),
    expireTime: timestampFromDate(markdown.expireTime),
    version: excursion.version,
  });
