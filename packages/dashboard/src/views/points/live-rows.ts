/** Live values of the rows on the screen, as the gateway's stream tells them. */
import type { LinkState } from "@meterport/gateway/http/api";
import { number, record, text, timeOf } from "../../state/loose.ts";
import { LINK_STATES, type PointRow } from "../../state/point-rows.ts";

/** An answer older than this says nothing of the present. */
const ANSWER_VALID_MS = 5000;
/** The gateway sends something every 2 s; two of these may be lost. */
const STREAM_VALID_MS = 4500;

export interface Told {
  readonly state?: LinkState;
  readonly cause?: string | null;
  readonly power?: number | null;
  readonly lastReading?: number | null;
}

/** What one event says of a point; null if it is none of these. */
export function toldBy(type: string, data: unknown): { readonly id: string; readonly told: Told } | null {
  const loose = record(data);
  const id = text(loose?.id);
  if (loose === null || id === null) return null;
  if (type === "link") {
    const state = LINK_STATES.find((known) => known === loose.state);
    if (state === undefined) return null;
    const lastReading = timeOf(loose.last_reading);
    return { id, told: { state, cause: text(loose.cause), ...(lastReading === null ? {} : { lastReading }) } };
  }
  if (type !== "live") return null;
  if (loose.quality === "stale") return { id, told: { power: null } };
  const time = timeOf(loose.time);
  return { id, told: { power: number(loose.power_w), ...(time === null ? {} : { lastReading: time }) } };
}

/** A row with what the stream has told of it since. */
export function withTold(row: PointRow, told: Told | undefined): PointRow {
  return told === undefined ? row : { ...row, ...told };
}

/** When things were heard, milliseconds of one clock. */
export interface Heard {
  readonly now: number;
  /** The answer with the row. */
  readonly answeredAt: number;
  /** The stream's last sign of life; null while there is no stream. */
  readonly aliveAt: number | null;
  /** Whether this stream has told of the row. */
  readonly told: boolean;
}

/**
 * Whether what a row says may be shown as present.
 *
 * @example isPresent({ now: 60_000, answeredAt: 0, aliveAt: 59_000, told: true }) // true
 */
export function isPresent({ now, answeredAt, aliveAt, told }: Heard): boolean {
  if (now - answeredAt < ANSWER_VALID_MS) return true;
  return told && aliveAt !== null && now - aliveAt < STREAM_VALID_MS;
}
