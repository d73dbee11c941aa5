/** How a stored value came to be: what follows from the value itself, and from how the same meter is read now. */
import { type LiveKey, type LiveReading, liveKeyInfo } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import type { Device } from "../model/device.ts";
import { type LiveProof, type LiveProofContext, type LiveSource, liveProof, liveSources } from "./live-proof.ts";

/** Whether the meter that hung there then is the one that hangs there now. */
export const metersThen = ["same", "another", "unknown"] as const;
export type MeterThen = (typeof metersThen)[number];

/** `accepted`: the guard let it through; `absent`: nothing is stored, and why is not known any more. */
export const storedVerdictCodes = ["accepted", "absent"] as const;
export type StoredVerdictCode = (typeof storedVerdictCodes)[number];

/** Which meter a stored value is of. */
export interface StoredOrigin {
  readonly meter: MeterThen;
  /** Serial number of the meter that hung there; null if that is not known. */
  readonly serial: string | null;
  /** "meter:3.70": the layouts of that meter; null if that is not known. */
  readonly profile: string | null;
}

export interface StoredSources {
  /** Whether it holds the transformer ratios; null if that is not known. */
  readonly ratios: boolean | null;
  /** What the meter sends for it, as far as it is known; null if that depends on the transformer ratios, and they are not known. */
  readonly sources: readonly LiveSource[] | null;
}

export interface StoredProof
  extends Omit<LiveProof, "verdict" | "verdictCode" | "ratios" | "sources">,
    StoredOrigin,
    StoredSources {
  /** What is left of the guard's verdict, in two sentences. */
  readonly verdict: string;
  readonly verdictCode: StoredVerdictCode;
  /** What is not kept, and what the sources rest on, in a sentence or two. */
  readonly note: string;
}

const verdicts: Readonly<Record<StoredVerdictCode, string>> = {
  accepted: "Accepted: the guard let it through, at once or after a second reading confirmed it. Which is not kept.",
  absent: "No value: the meter did not give it, or the guard withheld it. Which is not kept.",
};

const notes: Readonly<Record<MeterThen, string>> = {
  same: "Its bytes are not kept. Offsets and scales are those by which the same meter is read now; null until it is read again.",
  another: "Its bytes are not kept. Another meter hung there then: how its tables were laid out is not known any more.",
  unknown: "Its bytes are not kept, and which meter hung there then is not known.",
};

/**
 * Which meter hung there at a moment.
 *
 * @param serial of the meter that answers now; null if none has said
 */
export const originAt = (devices: readonly Device[], time: Millis, serial: string | null): StoredOrigin => {
  const device = devices.find(({ from, to }) => from <= time && (to === null || time <= to));
  if (device === undefined) return { meter: "unknown", serial: null, profile: null };
  const told = { serial: device.serial, profile: device.profile };
  if (device.to !== null) return { meter: "another", ...told };
  if (serial === null || serial === device.serial) return { meter: "same", ...told };
  return { meter: device.serial === null ? "unknown" : "another", ...told };
};

/** The sources of stored values; what is known of the present meter counts only if it is the same. */
export const storedSources = (
  key: LiveKey,
  values: Readonly<Partial<Record<LiveKey, number | null>>>,
  origin: StoredOrigin,
  present: LiveProofContext,
): StoredSources => {
  const { plan, energyUnit, ratios } = origin.meter === "same" ? present : {};
  const { rule, postRule } = liveKeyInfo[key];
  const isKnown = ratios !== undefined || rule === postRule;
  return {
    ratios: ratios ?? null,
    sources: isKnown ? liveSources(key, values, { plan, energyUnit, ratios }) : null,
  };
};

/**
 * How a value of a stored live set came to be. Pure: the caller gives what it has.
 *
 * @param present what is known of the meter that hangs there now
 */
export const storedProof = (
  key: LiveKey,
  reading: LiveReading,
  origin: StoredOrigin,
  present: LiveProofContext,
): StoredProof => {
  const { label, unit, value, time, quality } = liveProof(key, reading);
  const verdictCode = value === null ? "absent" : "accepted";
  return {
    ...{ key, label, unit, value, time, quality },
    ...origin,
    ...storedSources(key, reading, origin, present),
    ...{ verdict: verdicts[verdictCode], verdictCode, note: notes[origin.meter] },
  };
};
