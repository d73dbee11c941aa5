import type {
  ApiCapture,
  CaptureState,
  HistoryPoint,
  LinkHealth,
  LinkState,
  LiveAnswer,
  MeterDetail,
  MeterIdentity,
  OutputSummary,
} from "@meterport/gateway/http/api";
import { count, distinct, number, record, text, timeOf } from "./loose.ts";

/** The measured values on the page. */
export const MEASURED_KEYS = [
  "power_w",
  "power_l1_w",
  "power_l2_w",
  "power_l3_w",
  "voltage_l1_v",
  "voltage_l2_v",
  "voltage_l3_v",
  "current_l1_a",
  "current_l2_a",
  "current_l3_a",
  "frequency_hz",
  "power_factor_l1",
  "power_factor_l2",
  "power_factor_l3",
  "reactive_power_import_var",
  "reactive_power_export_var",
  "apparent_power_va",
  "energy_import_wh",
  "energy_export_wh",
  "reactive_energy_import_varh",
  "reactive_energy_export_varh",
] as const satisfies readonly (keyof LiveAnswer)[];

export type MeasuredKey = (typeof MEASURED_KEYS)[number];

/** One reading as the page uses it: each value a finite number or null for unknown. */
export interface Reading {
  /** Milliseconds since 1970 UTC. */
  readonly time: number;
  readonly values: Readonly<Record<MeasuredKey, number | null>>;
}

/** A history of one grid, each time in seconds since 1970 UTC. */
export interface History {
  readonly step: number;
  readonly points: readonly (Omit<HistoryPoint, "time"> & { readonly time: number })[];
}

/** More than any answer to this page can have. */
const MOST_POINTS = 5000;
/** Seconds; the page asks for ten or more. */
const FINEST_STEP_S = 1;
const MOST_CAPTURES = 100;
const MOST_OUTPUTS = 50;

/**
 * The reading in a live answer; null if it has none, as while the link is down.
 *
 * @example readingOf({ time: null, quality: "stale" }) // null
 */
export function readingOf(data: unknown): Reading | null {
  const loose = record(data);
  const time = timeOf(loose?.time);
  if (loose === null || time === null || loose.quality === "stale") return null;
  const values = {} as Record<MeasuredKey, number | null>;
  for (const key of MEASURED_KEYS) values[key] = number(loose[key]);
  return { time, values };
}

const LINK_STATES: readonly LinkState[] = ["connecting", "up", "degraded", "paused", "refused", "silent"];

function isLinkState(value: unknown): value is LinkState {
  return (LINK_STATES as readonly unknown[]).includes(value);
}

/** An age limit for a reading. An invalid one must not keep a value alive, so the strictest replaces it. */
function ageLimit(value: unknown, strictest: number): number {
  const age = number(value);
  return age !== null && age > 0 ? age : strictest;
}

/** The health of a link in an answer; null if it is not one. */
export function linkOf(data: unknown): LinkHealth | null {
  const loose = record(data);
  const state = loose?.state;
  if (loose === null) return null;
  if (!isLinkState(state)) return null;
  return {
    state,
    url: text(loose.url) ?? "",
    since: text(loose.since) ?? "",
    cause: text(loose.cause),
    problem: text(loose.problem),
    baud: number(loose.baud),
    last_reading: text(loose.last_reading),
    poll_interval_ms: number(loose.poll_interval_ms) ?? 2000,
    late_after_ms: ageLimit(loose.late_after_ms, 3000),
    stale_after_ms: ageLimit(loose.stale_after_ms, 4000),
    polls: count(loose.polls),
    failures: count(loose.failures),
    retries: count(loose.retries),
    discarded: count(loose.discarded),
    outages: count(loose.outages),
    alerts: count(loose.alerts),
    round_trip_ms: number(loose.round_trip_ms),
  };
}

function identityOf(data: unknown): MeterIdentity | null {
  const loose = record(data);
  if (loose === null) return null;
  const level = loose.key_level;
  return {
    manufacturer: text(loose.manufacturer),
    model: text(loose.model),
    firmware: text(loose.firmware),
    serial: text(loose.serial),
    utility_serial: text(loose.utility_serial),
    profile: text(loose.profile) ?? "",
    key_level: level === "none" || level === "basic" || level === "advanced" ? level : null,
  };
}

/** A meter; its zone is null from a gateway that does not say it. */
export type Meter = Omit<MeterDetail, "zone"> & { readonly zone: string | null };

/** One meter in an answer; null if it is not one. */
export function meterOf(data: unknown): Meter | null {
  const loose = record(data);
  const id = text(loose?.id);
  const link = linkOf(loose?.link);
  if (loose === null || id === null || link === null) return null;
  return {
    id,
    name: text(loose.name) ?? id,
    link,
    simulated: loose.simulated === true,
    identity: identityOf(loose.identity),
    zone: text(loose.zone),
  };
}

const CAPTURE_STATES: readonly CaptureState[] = ["degraded", "paused", "refused", "silent", "recorded"];

/** The list of a meter's captures in an answer; null if it is not a list. */
export function capturesOf(data: unknown): ApiCapture[] | null {
  if (!Array.isArray(data)) return null;
  const captures = data.slice(0, MOST_CAPTURES).flatMap((entry) => {
    const loose = record(entry);
    const name = text(loose?.name);
    const time = text(loose?.time);
    if (name === null || !/^[\w-]{1,200}\.ndjson$/.test(name) || time === null || timeOf(time) === null) return [];
    const state = CAPTURE_STATES.find((known) => known === loose?.state) ?? null;
    return [{ name, time, bytes: count(loose?.bytes), state, cause: text(loose?.cause) }];
  });
  return distinct(captures, ({ name }) => name);
}

const OUTPUT_STATES: readonly OutputSummary["state"][] = ["connecting", "up", "failing", "stopped"];

/** The outputs in an answer; null if it has no list of them. */
export function outputsOf(data: unknown): OutputSummary[] | null {
  const list = record(data)?.outputs;
  if (!Array.isArray(list)) return null;
  return list.slice(0, MOST_OUTPUTS).flatMap((entry) => {
    const loose = record(entry);
    const name = text(loose?.name);
    const state = OUTPUT_STATES.find((known) => known === loose?.state);
    const since = text(loose?.since);
    if (loose === null || name === null || state === undefined || since === null || timeOf(since) === null) return [];
    const journal = record(loose.journal);
    const [cursor, behind] = [number(journal?.cursor), number(journal?.behind)];
    return {
      ...{ name, state, since, problem: text(loose.problem), lost: count(loose.lost) },
      last_delivered: timeOf(loose.last_delivered) === null ? null : text(loose.last_delivered),
      journal: cursor === null || behind === null ? null : { cursor, behind },
    };
  });
}

/** The history in an answer; null if it is not one. */
export function historyOf(data: unknown): History | null {
  const loose = record(data);
  const step = number(loose?.step);
  const points = loose?.points;
  // A step of nearly nothing would fill the memory with the times between two others.
  if (step === null || step < FINEST_STEP_S || !Array.isArray(points)) return null;
  return {
    step,
    points: points.slice(-MOST_POINTS).flatMap((entry) => {
      const point = record(entry);
      const time = timeOf(point?.time);
      if (point === null || time === null) return [];
      return {
        time: time / 1000,
        power_w: number(point.power_w),
        power_min_w: number(point.power_min_w),
        power_max_w: number(point.power_max_w),
        energy_import_wh: number(point.energy_import_wh),
        energy_export_wh: number(point.energy_export_wh),
      };
    }),
  };
}
