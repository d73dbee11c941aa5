import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { affectedIntervals, clockEvent, describeClock } from "./clock-events.ts";
import { readClockMemo } from "./clock-job.ts";
import { type ClockFinding, type ClockOff, ClockWatch } from "./clock-watch.ts";

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
const t0 = Date.UTC(2026, 5, 1, 12);

/** A machine and a meter whose clocks a test sets. */
class World {
  monotonic = 5_000;
  wallOffset = t0 - 5_000;
  /** The meter's clock minus the true time, which the monotonic clock keeps. */
  meterOffset = t0 - 5_000;
  ppm = 0;
  found: ClockFinding[] = [];
  readonly watch: ClockWatch;

  constructor(off: ClockOff | null = null) {
    this.watch = new ClockWatch({ off });
  }
  get moment() {
    return { wall: this.monotonic + this.wallOffset, monotonic: this.monotonic };
  }
  get meter(): number {
    return Math.floor((this.monotonic * (1 + this.ppm / 1e6) + this.meterOffset) / 1_000) * 1_000;
  }
  pass(milliseconds: number, each = 10 * second): void {
    for (let left = milliseconds; left > 0; left -= each) {
      this.monotonic += Math.min(each, left);
      this.found.push(...this.watch.tick(this.moment));
    }
  }
  read(there = 20, back = 80): void {
    const before = this.moment;
    this.monotonic += there;
    const { meter } = this;
    this.monotonic += back;
    this.found.push(...this.watch.sample({ before, after: this.moment, meter }));
  }
  get kinds() {
    return this.found.map(({ kind }) => kind);
  }
}

describe("the offset of the meter's clock", () => {
  test("property: lies within its error, whatever the line does", () => {
    const input = fc.record({
      offset: fc.integer({ min: -20 * day, max: 20 * day }),
      there: fc.nat(20_000),
      back: fc.nat(20_000),
      later: fc.nat(3_000),
    });
    fc.assert(
      fc.property(input, ({ offset, there, back, later }) => {
        const world = new World();
        world.meterOffset += offset;
        world.pass(later);
        world.read(there, back);
        const found = world.watch.offset(world.moment);
        assert.ok(found !== null && Math.abs(found.offset - offset) <= found.error + 1, JSON.stringify(found));
        assert.equal(found.error, (there + back + 1_000) / 2);
      }),
    );
  });

  test("is unknown before the first read, after hours, and after a step until the next read", () => {
    const world = new World();
    assert.equal(world.watch.offset(world.moment), null);
    world.read();
    assert.ok(world.watch.offset(world.moment) !== null);
    world.wallOffset += minute;
    world.pass(10 * second);
    assert.equal(world.watch.asks, true);
    assert.equal(world.watch.offset(world.moment), null);
    world.read();
    assert.ok(Math.abs((world.watch.offset(world.moment)?.offset ?? 0) + minute) <= 550);
    world.pass(4 * hour);
    assert.equal(world.watch.offset(world.moment), null);
  });

  test("has a drift with its own error", () => {
    const world = new World();
    world.ppm = 40;
    world.read();
    assert.equal(world.watch.offset(world.moment)?.drift, null);
    for (let n = 0; n < 48; n++) {
      world.pass(hour);
      world.read();
    }
    const drift = world.watch.offset(world.moment)?.drift;
    assert.ok(drift && Math.abs(drift.ppm - 40) <= drift.error && drift.error < 10, JSON.stringify(drift));
    assert.deepEqual(world.found, [], "7 s in two days are within the limit");
  });
});

describe("a step", () => {
  for (const by of [-day, -30 * second, 5 * second, 3 * day, 11 * 365 * day])
    test(`of the machine's clock by ${by / 1_000} s is told from one of the meter's`, () => {
      const machine = new World();
      machine.read();
      machine.pass(hour);
      machine.wallOffset += by;
      machine.pass(10 * second);
      machine.read();
      const [step] = machine.found;
      assert.ok(step?.kind === "machine-clock-step" && step.confirmed && Math.abs(step.by - by) <= 100);
      assert.deepEqual(machine.kinds, ["machine-clock-step"], "the meter's clock is not to blame");

      const meter = new World();
      meter.read();
      meter.pass(hour);
      meter.meterOffset += by;
      meter.pass(10 * second);
      meter.read();
      const [other] = meter.found;
      assert.ok(other?.kind === "meter-clock-step" && Math.abs(other.by - by) <= other.error + 1);
      assert.equal(meter.kinds.includes("machine-clock-step"), false);
    });

  test("of both is two findings", () => {
    const world = new World();
    world.read();
    world.wallOffset += hour;
    world.meterOffset -= day;
    world.pass(10 * second);
    world.read();
    assert.deepEqual(world.kinds, ["machine-clock-step", "meter-clock-step", "meter-clock-off"]);
  });

  test("is none while the machine sleeps: its monotonic clock stands still then", () => {
    const world = new World();
    world.read();
    world.wallOffset += 8 * hour;
    world.meterOffset += 8 * hour;
    world.pass(10 * second);
    world.read();
    assert.deepEqual(world.found, []);
  });

  test("is told without the meter's clock if that cannot be read, and a sleep is no step of the meter then", () => {
    const world = new World();
    world.read();
    world.wallOffset += 8 * hour;
    world.meterOffset += 8 * hour;
    world.pass(20 * minute);
    const [step] = world.found;
    assert.ok(step?.kind === "machine-clock-step" && !step.confirmed);
    assert.match(describeClock(step), /set forward by 8\.0 hours, unless the machine slept/);
    world.read();
    assert.deepEqual(world.kinds, ["machine-clock-step"]);
  });

  test("is none if NTP slews", () => {
    const world = new World();
    for (let n = 0; n < 24 * 60; n++) {
      world.pass(minute, 2_000);
      world.wallOffset += 30;
    }
    assert.deepEqual(world.found, []);
  });
});

describe("a meter's clock that is off", () => {
  test("is one event that ends, also over a restart", () => {
    const world = new World();
    world.meterOffset -= 90 * second;
    world.read();
    world.pass(hour);
    world.read();
    assert.deepEqual(world.kinds, ["meter-clock-off"]);
    const [begun] = world.found;
    const later = new World(readClockMemo(JSON.stringify(world.watch.off)));
    later.monotonic += day;
    later.read();
    const [ended] = later.found;
    assert.ok(begun !== undefined && ended !== undefined);
    const [a, b] = [clockEvent("home", begun), clockEvent("home", ended)];
    assert.equal(a.id, b.id);
    assert.deepEqual([a.until, b.until !== null], [null, true]);
    assert.match(describeClock(begun), /the meter's clock is 90 s behind this machine's/);
    const { intervals } = JSON.parse(b.detail) as { readonly intervals: { readonly count: number } };
    assert.ok(intervals.count >= 96 && intervals.count <= 97);
  });

  test("is not told within the limit, nor while the line is too slow to know", () => {
    const world = new World();
    world.meterOffset += 9_000;
    world.read();
    world.read(8_000, 100);
    assert.deepEqual(world.kinds, []);
  });

  test("may show a date that no calendar has", () => {
    const watch = new ClockWatch();
    const moment = { wall: t0, monotonic: 0 };
    const [finding] = watch.sample({ before: moment, after: moment, meter: null });
    assert.ok(finding?.kind === "meter-clock-off" && finding.offset === null);
    assert.match(describeClock(finding), /no calendar has/);
  });
});

test("affected intervals are those that a step cuts, in either direction", () => {
  const at = (minutes: number) => t0 + minutes * minute;
  assert.equal(affectedIntervals(at(1), at(2), 900).count, 1);
  assert.equal(affectedIntervals(at(14), at(16), 900).count, 2);
  assert.deepEqual(affectedIntervals(at(16), at(-1), 900), affectedIntervals(at(-1), at(16), 900));
  assert.equal(affectedIntervals(at(1), null, 900).to, null);
});

test("a damaged memo is as good as none", () => {
  for (const text of [undefined, "", "7", "null", "{", '{"since":"x"}', '{"since":1,"offset":"x","error":1}'])
    assert.equal(readClockMemo(text), null);
});
