/** What the API says of a capture. */
import type { BadLinkState } from "@meterport/engine/model/point-model";

/** `GET /api/v1/meters/{id}/captures`: what went over a link before it turned bad, newest first. */
export interface ApiCapture {
  /** The file at `/api/v1/meters/{id}/captures/{name}`. Serial numbers and readings are in it, never a key. */
  readonly name: string;
  /** ISO 8601 UTC: when the link turned bad. */
  readonly time: string;
  readonly bytes: number;
  /** What it turned to, and why, as in `LinkHealth`; null of a file that does not say. */
  readonly state: BadLinkState | null;
  readonly cause: string | null;
}
