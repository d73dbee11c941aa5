import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { Device } from "../model/device.ts";
import { FakeJournal } from "../testing/fake-store.ts";
import { PointTotals } from "./point-totals.ts";

const key = "energy_import_wh";

const device = (from: number, start: number, to: number | null = null, end: number | null = null): Device => ({
  ...{ point: "home", from, to, serial: null, manufacturer: null, model: null, firmware: null, profile: null },
  start: { [key]: start },
  end: end === null ? null : { [key]: end },
});

const setup = () => {
  const clock = new VirtualClock();
  const journal = new FakeJournal();
  const totals = new PointTotals({ store: journal.store, clock });
  return { clock, journal, totals, total: (value: number | null) => totals.total("home", key, value) };
};

describe("totals for outputs", () => {
  test("are unknown until the store has said which meters hung there", async () => {
    const { clock, journal, totals, total } = setup();
    journal.fails = new Error("busy");
    totals.follow(["home"]);
    totals.start();
    await clock.advance(10_000);
    assert.equal(total(5), null);
    journal.fails = undefined;
    await clock.advance(5_000);
    assert.equal(total(5), 5);
    assert.equal(total(null), null);
    assert.equal(totals.total("shed", key, 5), null);
    totals.stop();
    assert.equal(clock.pending, 0);
  });

  test("never fall: an exchange is unknown until it is stored, and goes on from there", async () => {
    const { clock, journal, totals, total } = setup();
    journal.devices.set("home", [device(0, 1_000)]);
    totals.follow(["home"]);
    totals.start();
    await clock.advance(10);
    assert.equal(total(13_000), 13_000);
    assert.equal(total(7), null, "another meter hangs there");
    journal.devices.set("home", [device(0, 1_000, 99, 13_000), device(100, 7)]);
    journal.note("home", { kind: "device", device: device(100, 7) });
    await clock.advance(5_000);
    assert.equal(total(9), 13_002);
    totals.stop();
  });

  test("follow the meters of an older store that takes the place of this one", async () => {
    const { clock, journal, totals, total } = setup();
    journal.devices.set("home", [device(0, 1_000, 99, 13_000), device(100, 7)]);
    for (let n = 0; n < 3; n++) journal.note("home");
    totals.follow(["home"]);
    totals.start();
    await clock.advance(10);
    assert.equal(total(9), 13_002);
    journal.devices.set("home", [device(0, 1_000, 99, 14_000), device(100, 7)]);
    journal.entries = journal.entries.slice(0, 1);
    await clock.advance(5_000);
    assert.equal(total(9), 14_002);
    totals.stop();
  });

  test("never fall over a restart either", async () => {
    const { clock, journal, totals, total } = setup();
    journal.last.set("home", { time: 0, registers: { [key]: 13_000 } });
    totals.follow(["home"]);
    totals.start();
    await clock.advance(10);
    assert.deepEqual([total(12_999), total(13_000)], [null, 13_000]);
    totals.stop();
  });

  test("correct a leap once the store says that it was an exchange", async () => {
    const { clock, journal, totals, total } = setup();
    journal.devices.set("home", [device(0, 1_000)]);
    totals.follow(["home"]);
    totals.start();
    await clock.advance(10);
    assert.deepEqual([total(13_000), total(50_000)], [13_000, 50_000]);
    journal.devices.set("home", [device(0, 1_000, 99, 13_000), device(100, 50_000)]);
    journal.note("home", { kind: "device", device: device(100, 50_000) });
    await clock.advance(5_000);
    assert.equal(total(50_001), 13_001);
    totals.stop();
  });

  test("of many points are learnt with one question for their last registers", async () => {
    const { clock, journal, totals } = setup();
    const points = Array.from({ length: 200 }, (_, n) => `p${n}`);
    for (const point of points) journal.last.set(point, { time: 0, registers: { [key]: 100 } });
    totals.follow(points);
    totals.start();
    await clock.advance(10);
    for (const point of points)
      assert.deepEqual([totals.total(point, key, 99), totals.total(point, key, 101)], [null, 101]);
    totals.stop();
  });
});
