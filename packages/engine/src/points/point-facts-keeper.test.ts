import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { clockMemoName } from "../clock/clock-job.ts";
import { emptyGuard, type GuardEvent, guard, limitsForFuse } from "../guard/guard.ts";
import type { Device } from "../model/device.ts";
import type { PointEvent } from "../model/point-event.ts";
import type { RegisterState } from "../model/register-state.ts";
import { silentLog } from "../ports/log.ts";
import type { LastRegisters, Store, StoreBatch } from "../ports/store.ts";
import { FakeMeter, identity, reading } from "../testing/fake-meter.ts";
import { guardMemoName } from "./guard-memo.ts";
import { Keeper } from "./keeper.ts";
import { openPointKeeper, type StoredPoint } from "./point-facts-keeper.ts";

/** A store that fails while told to, and remembers what it took. */
class ShakyStore {
  fails = false;
  readonly taken: StoreBatch[] = [];
  readonly memos = new Map<string, string>();
  last: LastRegisters | undefined;

  readonly store = {
    write: async (batch: StoreBatch) => {
      if (this.fails) throw new Error("disk full");
      this.taken.push(batch);
      for (const { name, text } of batch.memos ?? []) {
        if (text === null) this.memos.delete(name);
        else this.memos.set(name, text);
      }
    },
    devices: async () => [],
    lastRegisters: async () => this.last,
    memo: async (_point: string, name: string) => this.memos.get(name),
  } as unknown as Store;

  get stored(): StoredPoint {
    return { last: this.last, guardMemo: this.memos.get(guardMemoName), clockMemo: this.memos.get(clockMemoName) };
  }
  get registers(): readonly RegisterState[] {
    return this.taken.flatMap(({ registers }) => registers ?? []);
  }
  get devices(): readonly Device[] {
    return this.taken.flatMap(({ devices }) => devices ?? []);
  }
  get events(): readonly PointEvent[] {
    return this.taken.flatMap(({ events }) => events ?? []);
  }
}

const setUp = async (shaky: ShakyStore, log = silentLog, own: Partial<Pick<FakeMeter, "identity">> = {}) => {
  const clock = new VirtualClock();
  const meter = new FakeMeter(clock);
  meter.turn("up");
  const common = { store: shaky.store, clock, log };
  const keeper = new Keeper({ ...common, commit: 1 });
  const source = {
    ask: meter.ask,
    status: meter.status,
    identity: meter.identity,
    ...own,
  };
  const point = await openPointKeeper({ point: "home", zone: "UTC", source, keeper, ...common }, shaky.stored);
  let state = point.guardState;
  return {
    point,
    read: async (energy_import_wh: number): Promise<readonly GuardEvent[]> => {
      await clock.advance(10_000);
      const result = guard(state, reading(clock.wall(), { energy_import_wh }), limitsForFuse(25));
      state = result.state;
      for (const event of result.events) point.onEvent(event);
      point.onReading(result.reading, state);
      await clock.advance(1);
      return result.events;
    },
  };
};

test("facts that a failing store did not take come with its next write", async () => {
  const shaky = new ShakyStore();
  const { read } = await setUp(shaky);
  await read(50_000);
  shaky.fails = true;
  for (const value of [50_001, 50_002, 17, 18]) await read(value);
  assert.equal(shaky.devices.length, 0);
  shaky.fails = false;
  await read(19);
  assert.deepEqual(
    shaky.devices.map(({ start, end }) => [start.energy_import_wh, end?.energy_import_wh]),
    [
      [50_000, undefined],
      [50_000, 50_002],
      [18, undefined],
    ],
  );
  assert.deepEqual(
    shaky.events.map(({ kind }) => kind),
    ["meter-exchange"],
  );
  await read(20);
  assert.equal(shaky.devices.length, 3, "and only once");
});

test("what is in quarantine is in the memo while it is, and a restart resumes from it", async () => {
  const shaky = new ShakyStore();
  const before = await setUp(shaky);
  await before.read(50_000);
  await before.read(50_001);
  await before.read(1_050_000);
  assert.match(shaky.memos.get("guard") ?? "", /1050000/);
  shaky.last = { time: Date.UTC(2026, 0, 1) + 20_000, registers: { energy_import_wh: 50_001 } };
  const after = await setUp(shaky);
  assert.equal(after.point.guardState.pending.energy_import_wh, 1_050_000);
  await after.read(50_002);
  assert.doesNotMatch(shaky.memos.get("guard") ?? "", /1050000/);
});

test("a point without stored readings begins with an empty guard", async () => {
  const { point } = await setUp(new ShakyStore());
  assert.deepEqual(point.guardState, emptyGuard);
});

test("registers that a wrong clock stored in the future end no meter in the future", async () => {
  const shaky = new ShakyStore();
  const wall = Date.UTC(2026, 0, 1);
  shaky.last = { time: wall + 1e11, registers: { energy_import_wh: 50_000 } };
  const { read } = await setUp(shaky);
  for (const value of [17, 18, 19]) await read(value);
  const exchanged = shaky.registers.filter(({ reason }) => reason === "exchange");
  assert.deepEqual(
    exchanged.map(({ value }) => value),
    [50_000, 18],
  );
  assert.ok(exchanged.every(({ time }) => time <= wall + 60_000));
});

test("an exchange is one line of the log, with both serial numbers and the registers at the change", async () => {
  const shaky = new ShakyStore();
  const lines: unknown[] = [];
  const info: typeof silentLog.info = (text, about) => void lines.push([text, about]);
  let serial = "11111111";
  const source = { identity: () => ({ ...identity, serial }) };
  const { read } = await setUp(shaky, { ...silentLog, info }, source);
  for (const value of [50_000, 50_001, 50_002]) await read(value);
  assert.deepEqual(lines, []);
  serial = "22222222";
  for (let n = 0; n < 65; n++) await read(60_000 + n);
  assert.deepEqual(lines, [
    [
      "home: the meter was exchanged: 11111111 ended at import 50002 Wh (read 2026-01-01T00:00:30.002Z), 22222222 began at import 60001 Wh (2026-01-01T00:00:40.003Z)",
      { meter: "home" },
    ],
  ]);
});
