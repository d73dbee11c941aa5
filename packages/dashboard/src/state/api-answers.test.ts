import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { capturesOf, historyOf, linkOf, MEASURED_KEYS, meterOf, outputsOf, readingOf } from "./api-answers.ts";

const link = {
  state: "up",
  url: "tcp://127.0.0.1:4059",
  since: "2026-01-01T00:00:00Z",
  cause: null,
  problem: null,
  baud: 9600,
  last_reading: "2026-01-01T00:00:02Z",
  poll_interval_ms: 2000,
  late_after_ms: 3000,
  stale_after_ms: 4000,
  polls: 3,
  failures: 0,
  retries: 1,
  discarded: 0,
  outages: 2,
  alerts: 5,
  round_trip_ms: 180,
};

test("a reading keeps numbers, and everything else becomes unknown", () => {
  const reading = readingOf({
    time: "2026-01-01T00:00:02Z",
    quality: "good",
    power_w: 0,
    voltage_l1_v: "230",
    current_l1_a: Number.POSITIVE_INFINITY,
  });
  assert.equal(reading?.time, Date.UTC(2026, 0, 1, 0, 0, 2));
  assert.equal(reading?.values.power_w, 0);
  assert.equal(reading?.values.voltage_l1_v, null);
  assert.equal(reading?.values.current_l1_a, null);
  assert.equal(reading?.values.power_l1_w, null);
});

test("invalid age limits do not keep a value alive", () => {
  for (const limit of [undefined, Number.NaN, 0, -5, Number.POSITIVE_INFINITY, "9"]) {
    const taken = linkOf({ ...link, late_after_ms: limit, stale_after_ms: limit });
    assert.deepEqual([taken?.late_after_ms, taken?.stale_after_ms], [3000, 4000]);
  }
  assert.equal(linkOf({ ...link, stale_after_ms: 20_000 })?.stale_after_ms, 20_000);
});

test("a stale answer, or one without a time, is not a reading", () => {
  assert.equal(readingOf({ time: "2026-01-01T00:00:02Z", quality: "stale", power_w: 5 }), null);
  assert.equal(readingOf({ time: null, quality: "good", power_w: 5 }), null);
  assert.equal(readingOf({ time: "yesterday", quality: "good", power_w: 5 }), null);
});

test("a link passes unchanged; an unknown state is refused", () => {
  assert.deepEqual(linkOf(link), link);
  assert.equal(linkOf({ ...link, state: "great" }), null);
});

test("a meter needs an id and a link", () => {
  const meter = { id: "house", name: "House", simulated: true, link };
  assert.deepEqual(meterOf(meter), { ...meter, identity: null, zone: null });
  assert.equal(meterOf({ ...meter, zone: "Europe/Vienna" })?.zone, "Europe/Vienna");
  assert.equal(meterOf({ ...meter, id: 5 }), null);
  assert.equal(meterOf({ ...meter, simulated: "yes" })?.simulated, false);
});

test("a history keeps its gaps and drops what has no time", () => {
  const history = historyOf({
    step: 10,
    points: [{ time: "1970-01-01T00:00:10Z", power_w: null }, { time: "1970-01-01T00:00:20Z", power_w: 7 }, {}],
  });
  assert.deepEqual(
    history?.points.map((point) => [point.time, point.power_w]),
    [
      [10, null],
      [20, 7],
    ],
  );
  assert.equal(historyOf({ step: 0, points: [] }), null);
  // The chart would never have all its times.
  assert.equal(historyOf({ step: 1e-300, points: [] }), null);
});

test("no answer of any shape throws, and every value is a finite number or null", () => {
  const keys = fc.constantFrom(
    ...MEASURED_KEYS,
    "time",
    "quality",
    "state",
    "step",
    "points",
    "id",
    "link",
    "identity",
  );
  const shape = fc.oneof(fc.jsonValue(), fc.dictionary(keys, fc.jsonValue()));
  fc.assert(
    fc.property(shape, (data) => {
      const reading = readingOf(data);
      for (const value of Object.values(reading?.values ?? {})) {
        assert.ok(value === null || Number.isFinite(value));
      }
      linkOf(data);
      meterOf(data);
      historyOf(data);
      capturesOf(data);
    }),
  );
});

test("takes only captures with a valid file name and time, and a bounded number", () => {
  const capture = {
    name: "home-20260131T120000Z-silent-no-answer.ndjson",
    time: "2026-01-31T12:00:00Z",
    bytes: 3,
    state: "silent",
    cause: "no-answer",
  };
  assert.deepEqual(capturesOf([capture]), [capture]);
  assert.deepEqual(capturesOf([capture, { ...capture, bytes: 1 }]), [capture]);
  assert.deepEqual(capturesOf([{ ...capture, state: "up", cause: 1, bytes: -1 }]), [
    { ...capture, state: null, cause: null, bytes: 0 },
  ]);
  for (const wrong of [{ name: "../x.ndjson" }, { name: "a/b.ndjson" }, { name: 1 }, { time: "then" }, { time: null }])
    assert.deepEqual(capturesOf([{ ...capture, ...wrong }]), []);
  const many = Array.from({ length: 1_000 }, (_, n) => ({ ...capture, name: `home-${n}.ndjson` }));
  assert.equal(capturesOf(many)?.length, 100);
  assert.equal(capturesOf({}), null);
});

test("outputs keep what is known, and one without a name or a state is left out", () => {
  const output = {
    ...{ name: "mqtt", state: "failing", since: "2026-01-01T00:00:00Z", problem: "nobody listens" },
    ...{ last_delivered: null, lost: 2, journal: { cursor: 4, behind: 3 } },
  };
  assert.deepEqual(outputsOf({ outputs: [output, { ...output, name: 7 }, { ...output, state: "great" }, null] }), [
    output,
  ]);
  assert.deepEqual(outputsOf({ outputs: [{ ...output, journal: { cursor: "x" }, lost: -1 }] }), [
    { ...output, journal: null, lost: 0 },
  ]);
  assert.deepEqual([outputsOf({ outputs: [] }), outputsOf([]), outputsOf(null)], [[], null, null]);
});
