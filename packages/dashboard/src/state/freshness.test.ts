import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Contact, freshness, SILENCE_LIMIT_MS } from "./freshness.ts";

const up: Contact = {
  startedAt: 0,
  lastEventAt: 10_000,
  lastReadingAt: 10_000,
  link: { state: "up", late_after_ms: 3000, stale_after_ms: 4000 },
};

test("a reading within its poll interval is fresh", () => {
  assert.deepEqual(freshness(12_000, up), { state: "fresh", cause: "none" });
});

test("a late reading becomes stale and then dead, at the ages that the gateway gives", () => {
  const alive = { ...up, lastEventAt: 13_900 };
  assert.deepEqual(freshness(13_500, alive), { state: "stale", cause: "late" });
  assert.deepEqual(freshness(14_001, alive), { state: "dead", cause: "late" });
  const slow: Contact = { ...up, link: { state: "up", late_after_ms: 15_000, stale_after_ms: 20_000 } };
  assert.equal(freshness(24_000, { ...slow, lastEventAt: 24_000 }).state, "fresh");
  assert.equal(freshness(26_000, { ...slow, lastEventAt: 26_000 }).state, "stale");
  assert.equal(freshness(30_001, { ...slow, lastEventAt: 30_001 }).state, "dead");
});

test("a silent event stream is dead within 5 s, whatever the link was", () => {
  assert.deepEqual(freshness(10_000 + SILENCE_LIMIT_MS + 1, { ...up, lastReadingAt: 14_000 }), {
    state: "dead",
    cause: "gateway-silent",
  });
  assert.ok(SILENCE_LIMIT_MS < 5000);
});

test("if readings and signs of life stop together, blames the gateway and not the meter", () => {
  assert.deepEqual(freshness(14_100, up), { state: "dead", cause: "gateway-silent" });
});

test("a link that is not up is dead at once, with its cause", () => {
  for (const [state, cause] of [
    ["silent", "meter-silent"],
    ["refused", "meter-refused"],
    ["paused", "meter-paused"],
    ["connecting", "meter-connecting"],
  ] as const) {
    assert.deepEqual(freshness(10_001, { ...up, link: { state, late_after_ms: 3000, stale_after_ms: 4000 } }), {
      state: "dead",
      cause,
    });
  }
});

test("values of a degraded link are judged by their age", () => {
  const degraded: Contact = { ...up, link: { state: "degraded", late_after_ms: 3000, stale_after_ms: 4000 } };
  assert.deepEqual(freshness(12_000, degraded), { state: "fresh", cause: "none" });
  assert.deepEqual(freshness(14_100, { ...degraded, lastEventAt: 14_000 }), { state: "dead", cause: "late" });
});

test("the first moments are connecting, and do not last", () => {
  const first: Contact = { startedAt: 0, lastEventAt: null, lastReadingAt: null, link: null };
  assert.deepEqual(freshness(1000, first), { state: "stale", cause: "connecting" });
  assert.deepEqual(freshness(5000, first), { state: "dead", cause: "gateway-silent" });
  const noReading: Contact = { ...up, lastReadingAt: null };
  assert.deepEqual(freshness(3000, { ...noReading, lastEventAt: 3000 }), { state: "stale", cause: "connecting" });
  assert.deepEqual(freshness(10_000, noReading), { state: "dead", cause: "late" });
});

test("nothing is fresh without a recent event and a recent reading", () => {
  const age = fc.option(fc.integer({ min: 0, max: 30_000 }), { nil: null });
  const state = fc.constantFrom("up", "degraded", "paused", "silent", "refused", "connecting");
  fc.assert(
    fc.property(age, age, state, fc.integer({ min: 2_000, max: 40_000 }), (event, reading, linkState, limit) => {
      const now = 100_000;
      const result = freshness(now, {
        startedAt: 0,
        lastEventAt: event === null ? null : now - event,
        lastReadingAt: reading === null ? null : now - reading,
        link: { state: linkState as "up", late_after_ms: 0.75 * limit, stale_after_ms: limit },
      });
      const may =
        (linkState === "up" || linkState === "degraded") &&
        event !== null &&
        event <= 4500 &&
        reading !== null &&
        reading <= limit;
      if (!may) assert.notEqual(result.state, "fresh");
      if (!may && event !== null) assert.equal(result.state, "dead");
    }),
  );
});
