import assert from "node:assert/strict";
import { test } from "node:test";
import type { Millis } from "@meterport/protocol/ports";
import fc from "fast-check";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { PointEvent } from "../model/point-event.ts";
import { type Log, silentLog } from "../ports/log.ts";
import type { StoreBatch, StoreResult } from "../ports/store.ts";
import { reading } from "../testing/fake-meter.ts";
import { Keeper } from "./keeper.ts";

const noting = () => {
  const lines: string[] = [];
  const note = (text: string) => void lines.push(text);
  const log: Log = { ...silentLog, info: note, error: note };
  return { lines, log };
};

const stored: StoreResult = { readings: 0, intervals: 0, registers: 0, events: 0, devices: 0, journal: 0 };

const event = (n: number): PointEvent => ({
  point: "home",
  id: `e${n}`,
  time: n,
  until: null,
  kind: "outage",
  number: null,
  origin: "outage",
  detail: "{}",
});

/** A store that keeps what it is given, unless `fail` throws, and a keeper in virtual time. */
const setup = (settings: { readonly limit?: number; readonly fail?: (batch: StoreBatch) => unknown } = {}) => {
  const clock = new VirtualClock();
  const { lines, log } = noting();
  const batches: StoreBatch[] = [];
  const write = async (batch: StoreBatch): Promise<StoreResult> => {
    await settings.fail?.(batch);
    batches.push(batch);
    return stored;
  };
  const keeper = new Keeper({ store: { write }, clock, log, limit: settings.limit });
  const keep = (n: Millis) => keeper.keepReading("home", reading(n, { power_w: n }));
  const powers = () => batches.flatMap(({ readings = [] }) => readings.map((one) => one.reading.power_w));
  const ids = () => batches.flatMap(({ events = [] }) => events.map(({ id }) => id));
  return { clock, keeper, keep, lines, batches, powers, ids };
};

test("what comes within five seconds is written at once, in order, and at once for those who wait", async () => {
  const { clock, keeper, keep, batches, powers, ids } = setup();
  keep(0);
  await clock.advance(1_000);
  assert.equal(batches.length, 1, "after a pause nothing waits");
  keep(1);
  await clock.advance(3_000);
  keep(2);
  keeper.keep({ events: [event(1)] });
  assert.equal(batches.length, 1);
  await clock.advance(1_000);
  assert.deepEqual([batches.length, powers(), ids()], [2, [0, 1, 2], ["e1"]]);
  keep(3);
  await keeper.kept();
  assert.deepEqual([batches.length, powers()], [3, [0, 1, 2, 3]]);
  await keeper.kept();
  assert.equal(clock.pending, 0);
});

test("a failing store is logged once, and again when it works; nothing is lost", async () => {
  let full = true;
  const { clock, keeper, keep, lines, powers } = setup({
    fail: () => full && Promise.reject(new Error("disk full")),
  });
  keep(1);
  await clock.advance(5_000);
  keep(2);
  await clock.advance(60_000);
  const { problem, since, waiting } = keeper.state();
  assert.deepEqual([problem, since, waiting], ["disk full", Date.UTC(2026, 0, 1), { readings: 2, facts: 0 }]);
  full = false;
  await clock.advance(60_000);
  assert.deepEqual(powers(), [1, 2]);
  assert.deepEqual(lines, [
    "store: cannot store values: disk full; they wait in memory, live values go on",
    "store: works again; nothing was lost",
  ]);
  assert.equal(keeper.state().problem, null);
});

test("pauses between tries grow up to a minute", async () => {
  const tries: Millis[] = [];
  const { clock, keep } = setup({
    fail: () => {
      tries.push(clock.now());
      throw new Error("locked");
    },
  });
  keep(1);
  await clock.advance(300_000);
  const pauses = tries.slice(1).map((time, n) => time - (tries[n] ?? 0));
  assert.deepEqual(pauses.slice(0, 8), [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

test("a value that the store refuses is dropped and told, its neighbours are stored", async () => {
  const { clock, keeper, keep, lines, powers } = setup({
    fail: ({ readings = [] }) => {
      if (readings.some((one) => one.reading.power_w === 3)) throw new TypeError("no such power");
    },
  });
  for (let n = 0; n < 9; n++) keep(n);
  await clock.advance(5_000);
  assert.deepEqual(powers(), [0, 1, 2, 4, 5, 6, 7, 8]);
  assert.deepEqual(lines, ["store: a value was refused and dropped: no such power"]);
  assert.deepEqual(keeper.state().dropped, { readings: 1, facts: 0 });
});

test("with a full memory the oldest readings are dropped, facts last, and the log says so once", async () => {
  let full = true;
  const { clock, keeper, keep, lines, powers, ids } = setup({
    limit: 3,
    fail: () => full && Promise.reject(new Error("disk full")),
  });
  keep(1);
  keeper.keep({ events: [event(1), event(2)] });
  const kept = assert.rejects(keeper.kept(), /2 values were dropped before/);
  await clock.settle();
  keeper.keep({ events: [event(3)] });
  keep(4);
  assert.deepEqual(keeper.state().waiting, { readings: 0, facts: 3 });
  full = false;
  await clock.advance(60_000);
  await kept;
  assert.deepEqual([powers(), ids()], [[], ["e1", "e2", "e3"]]);
  assert.deepEqual(keeper.state().dropped, { readings: 2, facts: 0 });
  assert.deepEqual(lines, [
    "store: cannot store values: disk full; they wait in memory, live values go on",
    "store: 3 values are already waiting: the oldest are dropped, history will have a gap",
    "store: works again; 2 values were dropped meanwhile",
  ]);
});

test("what the store is writing is not dropped, and a store that hangs holds a bounded number", async () => {
  let end = (): void => {};
  const { clock, keeper, keep, powers } = setup({
    limit: 3,
    fail: () =>
      new Promise<void>((resolve) => {
        end = resolve;
      }),
  });
  keep(1);
  await clock.advance(5_000);
  for (const n of [2, 3, 4, 5]) keep(n);
  assert.deepEqual(keeper.state().waiting, { readings: 3, facts: 0 });
  end();
  await clock.settle();
  await clock.advance(5_000);
  end();
  await clock.settle();
  assert.deepEqual(powers(), [1, 4, 5]);
});

test("stopping writes at once, and tells what a locked store did not take within some seconds", async () => {
  const good = setup();
  good.keep(1);
  await good.clock.run(good.keeper.stop());
  assert.deepEqual(good.powers(), [1]);
  const locked = setup({ fail: () => Promise.reject(new Error("locked")) });
  locked.keep(1);
  locked.keeper.keep({ events: [event(1)] });
  await locked.clock.run(locked.keeper.stop());
  assert.ok(locked.clock.now() <= 3_000);
  assert.equal(locked.lines.at(-1), "store: 1 reading and 1 other value could not be stored before the end: locked");
});

test("with a store that fails at random, everything is stored once and in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 60 }), async (failures) => {
      const left = [...failures];
      const { clock, keeper, keep, powers } = setup({
        fail: () => left.pop() === true && Promise.reject(new Error("busy")),
      });
      for (let n = 0; n < 50; n++) {
        keep(n);
        await clock.advance(1_000);
      }
      await clock.advance(3_600_000);
      assert.deepEqual(powers(), [...Array(50).keys()]);
      assert.equal(keeper.state().problem, null);
    }),
    { numRuns: 20 },
  );
});
