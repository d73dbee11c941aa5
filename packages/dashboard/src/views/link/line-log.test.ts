import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { linkOf } from "../../state/api-answers.ts";
import { EMPTY, KEPT_MS, type LineLog, niceTop, summaryOf, withHealth } from "./line-log.ts";

const health = (given: object) => linkOf({ state: "up", round_trip_ms: 120, ...given }) ?? assert.fail();
const logOf = (...answers: readonly (readonly [time: number, given: object])[]): LineLog =>
  answers.reduce((log, [time, given]) => withHealth(log, health(given), time), EMPTY);

describe("the log of a line", () => {
  test("keeps each reading once, with what went wrong since the one before", () => {
    const log = logOf(
      [1000, { polls: 10, failures: 1, retries: 4, discarded: 2 }],
      [2000, { polls: 10, failures: 1, retries: 4, discarded: 2 }],
      [3000, { polls: 11, failures: 1, retries: 6, discarded: 2, round_trip_ms: 300 }],
    );
    assert.deepEqual(log.samples, [
      { time: 1000, roundTrip: 120, polls: 0, failures: 0, retries: 0, discarded: 0 },
      { time: 3000, roundTrip: 300, polls: 1, failures: 0, retries: 2, discarded: 0 },
    ]);
  });

  test("counts what was resent before a reading ended for that reading", () => {
    const log = logOf([1000, { polls: 1 }], [2000, { polls: 1, retries: 3 }], [3000, { polls: 2, retries: 3 }]);
    assert.deepEqual(
      log.samples.map(({ time, retries }) => [time, retries]),
      [
        [1000, 0],
        [3000, 3],
      ],
    );
  });

  test("has no time for a reading that failed, and none while the meter is not read", () => {
    const log = logOf(
      [1000, { polls: 1 }],
      [2000, { polls: 2, failures: 1 }],
      [3000, { polls: 2, failures: 1, state: "paused" }],
      [4000, { polls: 2, failures: 1, state: "paused" }],
      [5000, { polls: 3, failures: 1 }],
    );
    assert.deepEqual(
      log.samples.map(({ time, roundTrip }) => [time, roundTrip]),
      [
        [1000, 120],
        [2000, null],
        [5000, 120],
      ],
    );
    const silent = logOf(
      [1000, { polls: 1 }],
      [2000, { polls: 1, state: "silent" }],
      [3000, { polls: 1, state: "silent" }],
    );
    assert.deepEqual(
      silent.samples.map(({ time, roundTrip }) => [time, roundTrip]),
      [
        [1000, 120],
        [2000, null],
      ],
      "that it has gone silent is told once",
    );
  });

  test("starts over when the gateway does", () => {
    const log = logOf([1000, { polls: 500 }], [2000, { polls: 501 }], [3000, { polls: 2 }]);
    assert.deepEqual(
      log.samples.map(({ time, polls }) => [time, polls]),
      [[3000, 0]],
    );
  });

  test("forgets what is too old, and what a clock that was set back put ahead", () => {
    let log = EMPTY;
    for (let n = 0; n < 2000; n++) log = withHealth(log, health({ polls: n }), 2000 * n);
    assert.equal(log.samples.length, KEPT_MS / 2000);
    log = withHealth(log, health({ polls: 2000 }), 2000 * 1990);
    assert.ok(log.samples.every(({ time }, n) => time > (log.samples[n - 1]?.time ?? 0)));
  });

  test("sums up, and knows nothing before the first reading", () => {
    assert.equal(summaryOf(EMPTY), null);
    const log = logOf(
      [1000, { polls: 1, round_trip_ms: 100 }],
      [2000, { polls: 3, failures: 1, retries: 2, round_trip_ms: 300 }],
      [3000, { polls: 4, failures: 1, retries: 2, discarded: 5, round_trip_ms: 200 }],
    );
    assert.deepEqual(summaryOf(log), {
      ...{ least: 100, middle: 200, most: 300, from: 1000 },
      ...{ polls: 3, failures: 1, retries: 2, discarded: 5 },
    });
    assert.deepEqual(summaryOf(logOf([1000, { state: "silent" }]))?.least, null);
  });
});

test("the top of a scale is a round number above the value", () => {
  assert.deepEqual(
    [0, 9, 10, 11, 60, 200, 201, 4999, 7000].map(niceTop),
    [10, 10, 10, 20, 100, 200, 500, 5000, 10_000],
  );
});
