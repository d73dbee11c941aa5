import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type Covered,
  endsIn,
  endsOf,
  isSettled,
  openSpans,
  recentFirst,
  settledAfter,
  takeFirst,
} from "./profile-gaps.ts";

const grid = { anchor: 0, duration: 10 };

test("an end is open if any channel lacks it; what is settled in all is left out", () => {
  const all: Covered[] = [0, 10, 20, 30, 40].map((from): Covered => [from, from + 10]);
  const some = all.filter(([from]) => from !== 20);
  assert.deepEqual(openSpans(grid, { after: 0, until: 50 }, [all, some], 0), [{ after: 20, until: 30 }]);
  assert.deepEqual(openSpans(grid, { after: 0, until: 50 }, [all, all], 0), []);
});

test("intervals of another length count for the time that they cover", () => {
  assert.deepEqual(openSpans(grid, { after: 0, until: 60 }, [[[0, 40]]], 0), [{ after: 40, until: 60 }]);
  const quarters: Covered[] = [
    [0, 5],
    [5, 10],
    [10, 15],
  ];
  assert.deepEqual(openSpans(grid, { after: 0, until: 20 }, [quarters], 0), [{ after: 10, until: 20 }]);
});

test("open spans with few settled intervals between them become one", () => {
  const middle: Covered[] = [[20, 30]];
  assert.deepEqual(openSpans(grid, { after: 0, until: 50 }, [middle], 1), [{ after: 0, until: 50 }]);
  assert.equal(openSpans(grid, { after: 0, until: 50 }, [middle], 0).length, 2);
});

test("only what a meter or a person said, or nobody has, is settled", () => {
  const settled = (["profile", "manual", "difference", "estimated"] as const).map((source) =>
    isSettled({ source, quality: "good" }),
  );
  assert.deepEqual(settled, [true, true, false, false]);
  assert.ok(isSettled({ source: "estimated", quality: "missing" }));
});

test("property: pieces of open spans are those spans, in order, and no longer than wanted", () => {
  const holes = fc.array(fc.nat(200), { maxLength: 60 });
  fc.assert(
    fc.property(holes, fc.integer({ min: 1, max: 30 }), fc.nat(3), fc.nat(9), (settled, most, near, phase) => {
      const shifted = { anchor: phase, duration: 10 };
      const covered = [...new Set(settled)]
        .sort((a, b) => a - b)
        .map((n): Covered => [phase + 10 * n, phase + 10 * n + 10]);
      const whole = { after: phase, until: phase + 2_000 };
      const open = openSpans(shifted, whole, [covered], near);
      const missing = endsOf(shifted, whole).filter((end) => !covered.some(([, to]) => to === end));
      const inSpans = open.flatMap((span) => endsOf(shifted, span));
      for (const end of missing) assert.ok(inSpans.includes(end));
      if (near === 0) assert.deepEqual(inSpans, missing);
      const pieces: number[] = [];
      for (let rest = open; rest.length > 0; ) {
        const taken = takeFirst(rest, shifted, most);
        assert.ok(taken.piece !== undefined && endsIn(shifted, taken.piece) <= most);
        pieces.push(...endsOf(shifted, taken.piece));
        rest = taken.rest;
      }
      assert.deepEqual(pieces, inSpans);
    }),
  );
});

test("the last days are read first, and nothing counts as settled while something before it is open", () => {
  const spans = [
    { after: 0, until: 20 },
    { after: 50, until: 90 },
  ];
  const order = recentFirst(spans, 60);
  assert.deepEqual(order, [
    { after: 60, until: 90 },
    { after: 0, until: 20 },
    { after: 50, until: 60 },
  ]);
  assert.deepEqual(recentFirst(spans, -10), spans);
  assert.deepEqual(recentFirst(spans, 90), spans);
  const [first, ...rest] = order;
  assert.equal(settledAfter(first ?? assert.fail(), rest), 0);
  assert.equal(settledAfter({ after: 0, until: 20 }, [{ after: 50, until: 60 }]), 20);
  assert.equal(settledAfter({ after: 50, until: 60 }, []), 60);
});
