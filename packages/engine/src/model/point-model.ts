/** What is known about a metering point: its link, its meter, its values. The API and every output use these shapes. */
import type { LinkState } from "@meterport/client/supervision/link-status";
import type { LiveReading } from "@meterport/protocol/meaning/readings";

export type { LinkState } from "@meterport/client/supervision/link-status";

/** The states before which a link is captured. */
export type BadLinkState = Exclude<LinkState, "connecting" | "up">;

/** `GET /api/v1/meters` is an array of these, `GET /api/v1/meters/{id}` one with identity. */
export interface MeterSummary {
  readonly id: string;
  readonly name: string;
  readonly link: LinkHealth;
  /** True if it is a virtual meter. */
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
  /** Bits per second on the line to the meter; null if a bridge or network in between decides it. */
  readonly baud: number | null;
  /** ISO 8601 UTC of the last authenticated reading; null before the first. */
  readonly last_reading: string | null;
  /** Milliseconds between two polls. */
  readonly poll_interval_ms: number;
  /** Age in milliseconds at which a reading becomes late: still shown, but marked. */
  readonly late_after_ms: number;
  /** Age in milliseconds at which a reading becomes stale: no longer shown as a present value. */
  readonly stale_after_ms: number;
  /** Polls since the start, and how many of them failed. */
  readonly polls: number;
  readonly failures: number;
  /** Packets sent again, and frames discarded because their digest did not match, since the start. */
  readonly retries: number;
  readonly discarded: number;
  /** How often a working link went down, and how often the meter asked for attention, since the start. */
  readonly outages: number;
  readonly alerts: number;
  /** Milliseconds that the last successful poll took; null before the first. */
  readonly round_trip_ms: number | null;
}

export interface MeterDetail extends MeterSummary {
  readonly identity: MeterIdentity | null;
}

/** What the meter reports about itself; null for what it does not report. */
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
