import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Interval } from "../model/interval.ts";
import { reading } from "../testing/fake-meter.ts";
import { IntervalBuilder } from "./interval-builder.ts";

const t0 = Date.UTC(2026, 0, 1, 12);
const quarter = 900_000;
const builder = (): IntervalBuilder => new IntervalBuilder({ point: "home" });

/** Readings at seconds after `t0`, with their import register. */
const feed = (into: IntervalBuilder, readings: readonly (readonly [seconds: number, wh: number])[]): Interval[] =>
  readings.flatMap(([seconds, energy_import_wh]) => into.push(reading(t0 + 1000 * seconds, { energy_import_wh })));

test("an interval is the difference of registers on the lines between the readings beside its ends", () => {
  const [interval, ...more] = feed(builder(), [
    [-4, 1_000],
    [6, 1_010],
    [896, 1_250],
    [906, 1_260],
  ]);
  assert.deepEqual(more, []);
  assert.deepEqual(interval, {
    point: "home",
    channel: "energy_import_wh",
    end: t0 + quarter,
    seconds: 900,
    value: 250,
    source: "difference",
    quality: "good",
    flags: [],
    register: 1_254,
  });
});

test("readings far apart at a boundary make it partial, and too far apart make no interval", () => {
  const between = (seconds: number) =>
    feed(builder(), [
      [0, 0],
      [1, 0],
      [900 - seconds, 90],
      [900 + seconds, 110],
    ]).map(({ quality, value }) => [quality, value]);
  // The reading at t0 itself is at the boundary, but nothing before it says how it was reached.
  assert.deepEqual(between(10), []);
  const whole = (seconds: number) =>
    feed(builder(), [
      [-1, 0],
      [0, 0],
      [900 - seconds, 90],
      [900 + seconds, 110],
    ]).map(({ quality, value }) => [quality, value]);
  assert.deepEqual(whole(10), [["good", 100]]);
  assert.deepEqual(whole(50), [["partial", 100]]);
  assert.deepEqual(whole(70), []);
});

test("no interval reaches across a gap at its end, an exchange or a step of the clock", () => {
  const start: [number, number][] = [
    [-5, 0],
    [5, 1],
  ];
  assert.deepEqual(feed(builder(), [...start, [2_695, 300], [2_705, 301]]), []);
  assert.deepEqual(feed(builder(), [...start, [400, 50], [410, 7], [895, 60], [905, 61]]), []);
  const stepped = builder();
  const push = (seconds: number, now: number, energy_import_wh: number) =>
    stepped.push(reading(t0 + 1000 * seconds, { energy_import_wh }), 1000 * now);
  for (const [seconds, now, wh] of [
    [-5, 0, 0],
    [5, 10, 1],
    // The wall clock was put forward by a minute.
    [500, 445, 80],
    [895, 840, 100],
    [905, 850, 102],
  ] as const)
    assert.deepEqual(push(seconds, now, wh), []);
  assert.deepEqual(
    [push(1_795, 1_740, 200), push(1_805, 1_750, 202)].flat().map(({ value }) => value),
    [100],
  );
});

test("a reading in doubt makes the interval suspect, and the next one is good again", () => {
  const into = builder();
  feed(into, [
    [-5, 0],
    [5, 1],
  ]);
  into.push({ ...reading(t0 + 100_000), quality: "suspect" });
  const later = feed(into, [
    [895, 100],
    [905, 101],
    [1_795, 200],
    [1_805, 201],
  ]);
  assert.deepEqual(
    later.map(({ quality }) => quality),
    ["suspect", "good"],
  );
});

test("it follows the length of the meter's own intervals", () => {
  const into = builder();
  into.follow(3_600);
  const made = feed(
    into,
    Array.from({ length: 800 }, (_, i) => [10 * i - 5, i] as const),
  );
  assert.deepEqual(
    made.map(({ seconds, end, value }) => [seconds, (end - t0) / 1000, value]),
    [
      [3_600, 3_600, 360],
      [3_600, 7_200, 360],
    ],
  );
});

test("property: the sum of neighbours is the difference of the registers at their ends, and no value is negative", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 55 }), fc.nat(2_000)), { maxLength: 400 }), (steps) => {
      const into = builder();
      let [seconds, wh] = [-10, 500];
      let last: Interval | undefined;
      for (const [later, more] of steps) {
        seconds += later;
        wh += more;
        for (const interval of feed(into, [[seconds, wh]])) {
          assert.ok((interval.value ?? -1) >= 0);
          if (last !== undefined && last.end === interval.end - quarter)
            assert.equal((interval.register ?? 0) - (last.register ?? 0), interval.value);
          last = interval;
        }
      }
    }),
  );
});
