/** What a model of a fleet is told. */
import type { Millis } from "@meterport/protocol/ports";
import { day, hour, minute, slotsPerDay } from "./model-times.ts";
import { basis, sizingOf } from "./sizing.ts";

/** A worker that dies, by its number from 0. */
export interface WorkerDeath {
  readonly worker: number;
  readonly at: Millis;
  /** When it runs again; undefined: never. */
  readonly back?: Millis | undefined;
  /** Whether its outbox is still there then. */
  readonly disk: "kept" | "lost";
}

/** Sites whose bridge is dead for a time. */
export interface DeadSites {
  readonly share: number;
  readonly from: Millis;
  /** Undefined: for good. */
  readonly until?: Millis | undefined;
}

/** Slots that the database loses, as after a backup was restored: for a share of the meters two hours of the time before. */
export interface Amnesia {
  readonly at: Millis;
  readonly share: number;
}

export interface ModelFaults {
  readonly deaths: readonly WorkerDeath[];
  /** Times without a database. */
  readonly databaseAway: readonly { readonly from: Millis; readonly until: Millis }[];
  readonly deadSites: readonly DeadSites[];
  readonly amnesia: readonly Amnesia[];
  /** The share of reads that fail on a line that works. */
  readonly failedReads: number;
}

export interface ModelSettings {
  readonly meters: number;
  readonly days: number;
  readonly seed: number;
  readonly readsPerDay: number;
  readonly workers: number;
  /** Lines that a worker keeps busy at most. */
  readonly lines: number;
  readonly shards: number;
  /** How far back a meter's load profile reaches, slots. */
  readonly memory: number;
  /** Channel-days that the database takes in a second. */
  readonly mergesPerSecond: number;
  readonly faults: ModelFaults;
}

export const noFaults: ModelFaults = { deaths: [], databaseAway: [], deadSites: [], amnesia: [], failedReads: 0 };

/** Two days on which much goes wrong; times are those of the first day's midnight. */
export const usualFaults: ModelFaults = {
  deaths: [
    { worker: 0, at: 14 * hour, back: 14 * hour + 2 * minute, disk: "kept" },
    { worker: 1, at: day + 2 * hour + 10 * minute, disk: "lost" },
  ],
  databaseAway: [{ from: day + 2 * hour, until: day + 2.5 * hour }],
  deadSites: [
    { share: 0.001, from: 18 * hour },
    { share: 0.002, from: 20 * hour, until: day + 8 * hour },
  ],
  amnesia: [{ at: day + 12 * hour, share: 0.001 }],
  failedReads: 0.005,
};

/** A fleet as large as `sizingOf` says, on which much goes wrong. */
export const modelOf = (meters: number, more: Partial<ModelSettings> = {}): ModelSettings => {
  const { workers, shards } = sizingOf(meters, more.readsPerDay);
  return {
    ...{ meters, days: 2, seed: 1, readsPerDay: 6, workers, shards },
    ...{ lines: basis.linesPerWorker.value, memory: 40 * slotsPerDay, mergesPerSecond: 10_000 },
    faults: usualFaults,
    ...more,
  };
};
