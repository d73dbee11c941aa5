import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pointRowOf, pointsPageOf, pointsPath } from "./point-rows.ts";

const point = {
  id: "home",
  name: "Home",
  group: "North",
  zone: "UTC",
  link: { state: "up", since: "2026-01-01T00:00:00Z", cause: null, last_reading: "2026-01-01T00:00:02Z" },
  power_w: 0,
  quality: "good",
};

test("a point has what the gateway says of it", () => {
  assert.deepEqual(pointRowOf(point), {
    ...{ id: "home", name: "Home", group: "North", simulated: false, state: "up", cause: null, power: 0 },
    lastReading: Date.UTC(2026, 0, 1, 0, 0, 2),
  });
});

test("an old value is unknown, and so is what an older gateway does not say", () => {
  assert.equal(pointRowOf({ ...point, quality: "stale" })?.power, null);
  const old = pointRowOf({ id: "a", link: { state: "silent" } });
  assert.deepEqual([old?.name, old?.group, old?.power, old?.lastReading], ["a", null, null, null]);
  const page = pointsPageOf({ points: [point, { id: "b" }, 7, { ...point, link: { state: "sleepy" } }] });
  assert.deepEqual([page?.rows.length, page?.total, page?.found, page?.next, page?.states.up], [1, 1, null, null, 0]);
});

test("a point that is named twice has one row", () => {
  assert.deepEqual(
    pointsPageOf({ points: [point, { ...point, name: "Again" }] })?.rows.map(({ name }) => name),
    ["Home"],
  );
});

test("a count that no gateway has is not taken at its word", () => {
  const counts = (total: unknown, found: unknown) => {
    const page = pointsPageOf({ points: [], total, found });
    return [page?.total, page?.found];
  };
  assert.deepEqual(counts(1e308, -3), [100_000, 0]);
  assert.deepEqual(counts(2.5, "7"), [2, null]);
});

test("no answer is a crash", () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (a, b) => {
      const page = pointsPageOf({ points: [a, { ...point, name: b, link: a }], states: b, next: a, total: b });
      assert.ok(page?.rows.every(({ power }) => power === null || Number.isFinite(power)));
      pointsPageOf(a);
    }),
  );
});

test("asks for what is chosen only", () => {
  assert.equal(pointsPath({ limit: 9 }), "points?limit=9");
  assert.equal(
    pointsPath({ limit: 200, q: "  a&b ", states: ["silent", "refused"], group: "", sort: "name", cursor: "c" }),
    "points?limit=200&q=a%26b&state=silent%2Crefused&group=&sort=name&cursor=c",
  );
  assert.equal(pointsPath({ limit: 1, q: " ", states: [], sort: "configured", cursor: null }), "points?limit=1");
  assert.ok(pointsPath({ limit: 1, q: "x".repeat(5000) }).length < 130);
});
