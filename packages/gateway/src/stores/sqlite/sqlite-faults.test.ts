import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Interval } from "@meterport/engine/model/interval";
import type { PointEvent } from "@meterport/engine/model/point-event";
import { silentLog } from "@meterport/engine/ports/log";
import type { StoreBatch } from "@meterport/engine/ports/store";
import { reading } from "@meterport/engine/testing/fake-meter";
import { type FaultKind, type FaultPlan, faultCodes, faultyDriver } from "./faulty-driver.test-kit.ts";
import { hastyDriver } from "./hasty-store.test-kit.ts";
import { SqliteCaretaker } from "./sqlite-caretaker.ts";
import { sqliteDriver } from "./sqlite-driver.ts";
import { openLocalSqliteStore, openWriter } from "./sqlite-store.ts";
import type { StoreCondition } from "./store-messages.ts";

const start = Date.UTC(2026, 0, 1);

const interval = (n: number): Interval => ({
  point: "home",
  channel: "energy_import_wh",
  end: start + n * 900_000,
  seconds: 900,
  value: n,
  source: "profile",
  quality: "good",
  flags: [],
  register: null,
  proof: { time: n, table: "BT64", offset: n, raw: "00", profile: null, clockOffset: null, note: "read" },
});

const event = (n: number): PointEvent => ({
  point: "home",
  id: `e${n}`,
  time: start + n,
  until: null,
  kind: "outage",
  number: null,
  origin: "outage",
  detail: "{}",
});

/** What the daemon would write: a few readings, which end a minute, an interval and an event. */
const batch = (n: number): StoreBatch => ({
  readings: [0, 1, 2].map((i) => ({
    point: `p${n % 2}`,
    reading: reading(start + (3 * n + i) * 25_000, { power_w: 3 * n + i, energy_import_wh: n, voltage_l1_v: 230.5 }),
  })),
  intervals: [interval(n)],
  events: [event(n)],
});

const batches = 4;

/** Does a fixed piece of work with one fault in it, as a keeper does: what fails is asked for again. */
const workWith = async (plan: FaultPlan) => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-faults-"));
  const conditions: StoreCondition[] = [];
  try {
    const setting = {
      folder,
      log: silentLog,
      wall: () => start,
      driver: faultyDriver(hastyDriver, plan),
    };
    // A fault while it opens ends the start, and the service manager tries again.
    const open = (): SqliteCaretaker => {
      let now = 0;
      const options = {
        open: () => openWriter(setting),
        replace: () => openWriter(setting, "damaged"),
        pause: async () => {
          now += 50;
        },
        now: () => now,
        say: () => {},
        report: (condition: StoreCondition) => void conditions.push(condition),
      };
      for (let tries = 0; ; tries++) {
        try {
          return new SqliteCaretaker(options);
        } catch (error) {
          if (tries === 5) throw error;
        }
      }
    };
    const caretaker = open();
    const insist = async (...args: Parameters<SqliteCaretaker["call"]>): Promise<unknown> => {
      for (let tries = 0; ; tries++) {
        try {
          return await caretaker.call(...args);
        } catch (error) {
          if (tries === 5) throw error;
        }
      }
    };
    let cursor = 0;
    for (let n = 0; n < batches; n++) {
      await insist("write", [batch(n)]);
      cursor = Math.max(cursor, caretaker.figures()?.journal.newest ?? cursor);
      await insist("setCursor", ["mqtt", cursor]);
    }
    await insist("prune", [{ journal: 0, readings: 0 }]);
    const ended = plan.calls;
    caretaker.close();
    plan.at = 0;
    return { ended, conditions, cursor, ...(await contents(folder)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const contents = async (folder: string) => {
  const store = openLocalSqliteStore(folder, silentLog, () => start);
  const all = { from: 0, to: 2 * start, limit: 1_000 };
  const readings = [...(await store.readings("p0", all)), ...(await store.readings("p1", all))];
  const grid = { from: start, step: 60, count: 10 };
  const found = {
    powers: readings.map(({ power_w }) => power_w).sort((a, b) => Number(a) - Number(b)),
    voltages: new Set(readings.map(({ voltage_l1_v }) => voltage_l1_v)),
    intervals: (await store.intervals("home", { channel: "energy_import_wh", ...all })).map(({ value }) => value),
    events: (await store.events("home", { limit: 100 })).map(({ id }) => id),
    minutes: (await store.history("p0", grid)).map(({ power_w }) => power_w),
    mqtt: await store.cursor("mqtt"),
    journal: (await store.journal({ after: 0, limit: 100 })).entries,
    next: (await store.write({ events: [event(99)] })).journal,
  };
  await store.close();
  return found;
};

/** Half of the calls fail before their effect and half after it; METERPORT_FAULTS=all takes every call both ways. */
const stride = process.env.METERPORT_FAULTS === "all" ? 1 : 2;

const noFault: FaultPlan = { calls: 0, at: 0, times: 0, kind: "full", after: false };

for (const kind of Object.keys(faultCodes) as FaultKind[])
  test(`a fault (${kind}) at any call of SQLite loses and doubles nothing, and the store goes on`, async () => {
    const whole = await workWith({ ...noFault });
    assert.equal(whole.intervals.length, batches);
    let told = 0;
    // Calls that open and migrate the file are many and alike; every one of the work itself has its turn.
    for (const after of kind === "locked" ? [false] : [false, true])
      for (let at = after ? 2 : 1; at <= whole.ended; at += stride) {
        const where = `call ${at}${after ? ", after it" : ""}`;
        const found = await workWith({ calls: 0, at, times: 1, kind, after });
        for (const what of ["powers", "voltages", "intervals", "events", "minutes"] as const)
          assert.deepEqual(found[what], whole[what], `${what}, ${where}`);
        assert.equal(found.mqtt, found.cursor, `cursor, ${where}`);
        const numbers = found.journal.map(({ number }) => number);
        assert.deepEqual(
          numbers,
          [...new Set(numbers)].sort((a, b) => a - b),
          where,
        );
        const facts = found.journal.map((entry) =>
          entry.kind === "interval" ? entry.interval.end : entry.kind === "event" ? entry.event.id : "",
        );
        assert.equal(new Set(facts).size, facts.length, `journal, ${where}`);
        assert.equal(facts.length, 2 * batches, `journal, ${where}`);
        assert.ok(found.next > (found.mqtt ?? 0), `a number is used twice, ${where}`);
        if (found.conditions.some(({ state }) => state !== "ok")) told++;
      }
    assert.ok(told > 20, `${told} told`);
  });

test("a disk that stays full is told in one sentence, and the store works when there is space", async () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-faults-"));
  try {
    const plan: FaultPlan = { ...noFault };
    const setting = { folder, log: silentLog, wall: () => start, driver: faultyDriver(sqliteDriver(), plan) };
    const conditions: StoreCondition[] = [];
    const caretaker = new SqliteCaretaker({
      open: () => openWriter(setting),
      replace: undefined,
      pause: async () => {},
      now: () => 0,
      say: () => {},
      report: (condition) => conditions.push(condition),
    });
    Object.assign(plan, { at: plan.calls + 1, times: 1e9 });
    for (let tries = 0; tries < 3; tries++) await assert.rejects(caretaker.call("write", [batch(0)]), /injected: full/);
    plan.at = 0;
    await caretaker.call("write", [batch(0)]);
    assert.deepEqual(
      conditions.map(({ state }) => state),
      ["failing", "ok"],
    );
    assert.equal(conditions[0]?.problem, "the disk is full: free some space (injected: full)");
    caretaker.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
