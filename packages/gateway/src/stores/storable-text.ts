/** Texts as every store gives them back, so that a strange character does not look like a change for ever. */
import type { PointEvent } from "@meterport/engine/model/point-event";

/**
 * PostgreSQL takes neither zero bytes nor half characters in a text, and SQLite changes the latter.
 *
 * @example
 * storable("a\0b") // "a\ufffdb"
 */
export const storable = (text: string): string => Buffer.from(text).toString().replaceAll("\0", "\ufffd");

export const storableEvent = (event: PointEvent): PointEvent => ({
  ...event,
  id: storable(event.id),
  kind: storable(event.kind),
  detail: storable(event.detail),
});
