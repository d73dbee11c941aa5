/** A capture in the API. */
import type { BadLinkState } from "@meterport/engine/model/point-model";

/** Why there is a capture: the link came into this state, or somebody asked for a recording. */
export type CaptureState = BadLinkState | "recorded";

/** `GET /api/v1/meters/{id}/captures`: the traffic of a link before it failed, and recordings of it, newest first. */
export interface ApiCapture {
  /** The file at `/api/v1/meters/{id}/captures/{name}`. It contains serial numbers and readings, never a key. */
  readonly name: string;
  /** ISO 8601 UTC: when the link failed, or the recording ended. */
  readonly time: string;
  readonly bytes: number;
  /** The new state and its cause, as in `LinkHealth`, or `recorded`; null if the file does not give them. */
  readonly state: CaptureState | null;
  readonly cause: string | null;
}
