/** A capture in the API. */
import type { BadLinkState } from "@meterport/engine/model/point-model";

/** `GET /api/v1/meters/{id}/captures`: the traffic of a link before it failed, newest first. */
export interface ApiCapture {
  /** The file at `/api/v1/meters/{id}/captures/{name}`. It contains serial numbers and readings, never a key. */
  readonly name: string;
  /** ISO 8601 UTC: when the link failed. */
  readonly time: string;
  readonly bytes: number;
  /** The new state and its cause, as in `LinkHealth`; null if the file does not give them. */
  readonly state: BadLinkState | null;
  readonly cause: string | null;
}
