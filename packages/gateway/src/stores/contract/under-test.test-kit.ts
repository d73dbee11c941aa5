/** The store that a contract test works on, and the facts that it stores. */
import { test } from "node:test";
import type { Device } from "@meterport/engine/model/device";
import type { Interval } from "@meterport/engine/model/interval";
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { PointEvent } from "@meterport/engine/model/point-event";
import type { Proof } from "@meterport/engine/model/proof";
import type { RegisterState } from "@meterport/engine/model/register-state";
import type { Store } from "@meterport/engine/ports/store";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";

export interface StoreUnderTest {
  readonly store: Store;
  /** Closes the store and opens it again. */
  readonly reopen: () => Promise<Store>;
  /** How many proofs are stored, whether or not anything has them. */
  readonly proofs: () => number | Promise<number>;
  readonly done: () => Promise<void>;
}

/** Opens an empty store, whose changes are stored at the time that `wall` tells. */
export type OpenStore = (wall: () => Millis) => StoreUnderTest | Promise<StoreUnderTest>;

export interface InTest extends StoreUnderTest {
  /** Set by the test: the store's wall clock. */
  readonly clock: { now: Millis };
}

export type Check = (what: string, run: (under: InTest) => Promise<void>) => void;

export const checkOf =
  (name: string, open: OpenStore, skip: string | false): Check =>
  (what, run) => {
    test(`${name}: ${what}`, { skip }, async () => {
      const clock = { now: 0 };
      const under = await open(() => clock.now);
      try {
        await run({ ...under, clock });
      } finally {
        await under.done();
      }
    });
  };

export const t0 = Date.UTC(2026, 0, 1, 12);
export const quarter: Millis = 900_000;
export const always = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1_000 };

export const proof: Proof = {
  time: t0,
  table: "BT64",
  offset: 12,
  raw: "0a0b",
  profile: "meter:3.70",
  clockOffset: -1_500,
  note: "read from the load profile",
};

/** Stores readings of one point. Returns how many were new. */
export const append = async (store: Store, point: string, readings: readonly LiveReading[]): Promise<number> =>
  (await store.write({ readings: readings.map((each) => ({ point, reading: each })) })).readings;

/** A good quarter of an hour from the load profile, unless told otherwise. */
export const interval = (values: Partial<Interval> = {}): Interval => ({
  point: "home",
  channel: "energy_import_wh",
  end: t0,
  seconds: 900,
  value: 250,
  source: "profile",
  quality: "good",
  flags: [],
  register: null,
  ...values,
});

export const register = (values: Partial<RegisterState> = {}): RegisterState => ({
  point: "home",
  register: "energy_import_wh",
  tier: 0,
  time: t0,
  value: 1_000,
  reason: "daily",
  serial: "4711",
  ...values,
});

export const event = (values: Partial<PointEvent> = {}): PointEvent => ({
  point: "home",
  id: `outage:${values.time ?? t0}`,
  time: t0,
  until: null,
  kind: "outage",
  number: null,
  origin: "outage",
  detail: "{}",
  ...values,
});

/** The whole journal after a number, page by page. */
export const journalOf = async (store: Store, after = 0, limit = 7): Promise<readonly JournalEntry[]> => {
  const entries: JournalEntry[] = [];
  for (let next = after; ; ) {
    const page = await store.journal({ after: next, limit });
    entries.push(...page.entries);
    next = page.next;
    if (!page.more) return entries;
  }
};

export const device: Device = {
  point: "home",
  from: t0,
  to: null,
  serial: "4711",
  manufacturer: "NES",
  model: "83331",
  firmware: "3.70.12",
  profile: "meter:3.70",
  start: { energy_import_wh: 10, energy_export_wh: 0 },
  end: null,
};
