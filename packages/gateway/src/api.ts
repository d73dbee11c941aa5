/** What the gateway's HTTP API says: the only thing that the dashboard knows of the gateway. */
import type { LiveReading } from "@meterport/protocol/meaning/readings";

/**
 * How the link to a meter is, in words that people understand. `degraded` works, but much has to be repeated; `paused` is a
 * silence that most likely is an optical session on the same line; `silent` gives no trustworthy answer. Values are shown
 * while it is `up` or `degraded`.
 */
export type LinkState = "connecting" | "up" | "degraded" | "paused" | "refused" | "silent";

/** The states before which a link is captured. */
export type BadLinkState = Exclude<LinkState, "connecting" | "up">;

/** `GET /api/v1/meters` is an array of these, `GET /api/v1/meters/{id}` one with identity. */
export interface MeterSummary {
  readonly id: string;
  readonly name: string;
  readonly link: LinkHealth;
  /** True while a virtual meter stands behind it. */
  readonly simulated: boolean;
}

export interface LinkHealth {
  readonly state: LinkState;
  /** Where the meter is reached, e.g. "tcp://127.0.0.1:4059". Never a key. */
  readonly url: string;
  /** ISO 8601 UTC: since when it is in this state. */
  readonly since: string;
  /** Why it is in this state, as a stable code such as "no-answer", "echo" or "optical-session"; null while up. */
  readonly cause: string | null;
  /** The same as one sentence; null while up. */
  readonly problem: string | null;
  /** Bits per second at which the meter is spoken to; null where whatever stands between decides. */
  readonly baud: number | null;
  /** ISO 8601 UTC of the last authenticated reading; null before the first. */
  readonly last_reading: string | null;
  /** Milliseconds between two polls. */
  readonly poll_interval_ms: number;
  /** Polls since the start, and how many of them failed. */
  readonly polls: number;
  readonly failures: number;
  /** Packets sent again, and frames thrown away because their digest did not fit, since the start. */
  readonly retries: number;
  readonly discarded: number;
  /** How often a link that worked ceased to, and how often the meter asked for attention, since the start. */
  readonly outages: number;
  readonly alerts: number;
  /** Milliseconds that the last successful poll took; null before the first. */
  readonly round_trip_ms: number | null;
}

export interface MeterDetail extends MeterSummary {
  readonly identity: MeterIdentity | null;
}

/** What the meter says of itself; null for what it does not say. */
export interface MeterIdentity {
  readonly manufacturer: string | null;
  readonly model: string | null;
  /** "3.70.12" */
  readonly firmware: string | null;
  /** Serial number from BT01 or the utility's serial number from ET03. */
  readonly serial: string | null;
  readonly utility_serial: string | null;
  /** "meter:3.70" */
  readonly profile: string;
  /** Access that the key in use gives. */
  readonly key_level: "none" | "basic" | "advanced" | null;
}

/**
 * `GET /api/v1/meters/{id}/live`: the flat live keys. While the link is not up every measured key is null,
 * `quality` is "stale" and `time` is that of the last reading (null before the first).
 */
export type LiveAnswer = Omit<LiveReading, "time"> & { readonly id: string; readonly time: string | null };

/** `GET /api/v1/meters/{id}/history?from=&to=&step=`: averages and register values on a regular grid, oldest first. */
export interface HistoryAnswer {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Seconds from one point to the next. */
  readonly step: number;
  readonly points: readonly HistoryPoint[];
}

/** A step without readings is in the list with nulls, so that a gap is drawn as a gap. */
export interface HistoryPoint {
  /** ISO 8601 UTC, start of the step. */
  readonly time: string;
  /** Mean net power, import positive, and its extremes. */
  readonly power_w: number | null;
  readonly power_min_w: number | null;
  readonly power_max_w: number | null;
  /** Registers at the last reading of the step. */
  readonly energy_import_wh: number | null;
  readonly energy_export_wh: number | null;
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
