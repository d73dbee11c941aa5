/** What the gateway's HTTP API says: the only thing that the dashboard knows of the gateway. */
import type { HistoryPoint } from "@meterport/engine/history/history-point";
import type { BadLinkState, LinkHealth, LiveAnswer } from "@meterport/engine/points/point-model";

export type { HistoryPoint } from "@meterport/engine/history/history-point";
export type {
  BadLinkState,
  LinkHealth,
  LinkState,
  LiveAnswer,
  MeterDetail,
  MeterIdentity,
  MeterSummary,
} from "@meterport/engine/points/point-model";

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
