/** Batches of which each value is known, so that what a crash left can be checked. */
import assert from "node:assert/strict";
import type { Store, StoreBatch } from "@meterport/engine/ports/store";
import { reading } from "@meterport/engine/testing/fake-meter";
import { event, interval, journalOf, quarter, register } from "../contract/under-test.test-kit.ts";

/** Readings in a batch. */
const readings = 3;

/** The n-th batch: three readings and one of each fact, four journal entries; the interval of the one before is corrected. */
export const batchOf = (n: number): StoreBatch => ({
  readings: Array.from({ length: readings }, (_, k) => ({
    point: "home",
    reading: reading((n * readings + k) * 1_000, { power_w: n, energy_import_wh: n }),
  })),
  intervals: [
    ...(n === 0 ? [] : [interval({ end: n * quarter, value: n - 1, source: "profile" })]),
    interval({ end: (n + 1) * quarter, value: n, source: "difference" }),
  ],
  registers: [register({ time: n * 1_000, value: n })],
  events: [event({ id: `log:${n}`, time: n * 1_000 })],
  memos: [{ point: "home", name: "newest", text: String(n) }],
});

const everything = { from: -1, to: Number.MAX_SAFE_INTEGER, limit: 1_000_000 };

/** Everything up to batch `acknowledged` is there, once; of the next one all or nothing. Returns the last that is stored. */
export const checkBatches = async (store: Store, acknowledged: number): Promise<number> => {
  const registers = await store.registers("home", everything);
  const last = registers.length - 1;
  assert.ok(last === acknowledged || last === acknowledged + 1, `${acknowledged} acknowledged, ${last} stored`);
  registers.forEach(({ value }, n) => {
    assert.equal(value, n);
  });
  const live = await store.readings("home", everything);
  assert.equal(live.length, readings * (last + 1));
  live.forEach(({ power_w }, n) => {
    assert.equal(power_w, Math.floor(n / readings));
  });
  const intervals = await store.intervals("home", { ...everything, channel: "energy_import_wh" });
  assert.equal(intervals.length, last + 1);
  intervals.forEach(({ value, source, revision }, n) => {
    assert.deepEqual([value, source, revision], [n, ...(n < last ? ["profile", 2] : ["difference", 1])]);
  });
  assert.equal((await store.events("home", { limit: 1_000_000 })).length, last + 1);
  assert.equal(await store.memo("home", "newest"), String(last));
  const entries = await journalOf(store, 0, 1_000);
  assert.deepEqual(
    entries.map(({ number }) => number),
    entries.map((_, n) => n + 1),
  );
  assert.equal(entries.length, 4 * (last + 1) - 1);
  const minutes = await store.history("home", { from: 0, step: 60, count: Math.ceil((readings * (last + 1)) / 60) });
  minutes.forEach(({ energy_import_wh }, n) => {
    assert.equal(energy_import_wh, Math.min(last, Math.floor((n * 60 + 59) / readings)));
  });
  const cursor = (await store.cursor("reader")) ?? -1;
  assert.ok(cursor <= last && cursor >= last - 10, `cursor ${cursor} of ${last}`);
  return last;
};
