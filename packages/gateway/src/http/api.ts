/** What the gateway's HTTP API says: the only thing that the dashboard knows of the gateway. */
import type { HistoryPoint } from "@meterport/engine/history/history-point";
import type { LinkHealth, LiveAnswer } from "@meterport/engine/model/point-model";

export type { HistoryPoint } from "@meterport/engine/history/history-point";
export type {
  BadLinkState,
  LinkHealth,
  LinkState,
  LiveAnswer,
  MeterDetail,
  MeterIdentity,
  MeterSummary,
} from "@meterport/engine/model/point-model";
export type { ApiCapture } from "../captures/api-capture.ts";

/** `GET /api/v1/meters/{id}/history?from=&to=&step=`: averages and register values on a regular grid, oldest first. */
export interface HistoryAnswer {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Seconds from one point to the next. */
  readonly step: number;
  readonly points: readonly HistoryPoint[];
}

/**
 * `GET /api/v1/meters/{id}/events` (server-sent events): `event: live` with a LiveAnswer, `event: link` with a
 * LinkHealth whenever it changes, and `event: alive` with `{}` each 2 s, so that a page notices a dead gateway.
 */
export interface StreamEvents {
  readonly live: LiveAnswer;
  readonly link: LinkHealth;
  readonly alive: Record<string, never>;
}

/** Body of every answer with a status of 400 or above. */
export interface ApiProblem {
  readonly error: string;
  readonly message: string;
}

/** `GET /api/v1/health`: whether the gateway itself works; a silent meter does not make it ill. */
export interface HealthAnswer {
  readonly status: "ok";
  readonly version: string;
  /** Seconds since the start. */
  readonly uptime_s: number;
  readonly meters: number;
  /** Meters whose link gives values: it is up or degraded. */
  readonly meters_up: number;
}
