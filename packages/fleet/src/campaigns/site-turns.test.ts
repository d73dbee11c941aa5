import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SiteTurns, type Wish } from "./site-turns.ts";

const wish = (site: number, visit: string, more: Partial<Wish<string>> = {}): Wish<string> => ({
  ...{ site, visit, priority: 5, retry: false },
  ...more,
});

const begin = (turns: SiteTurns<string>): string[] => {
  const begun: string[] = [];
  for (let next = turns.next(); next !== undefined; next = turns.next()) begun.push(next.visit);
  return begun;
};

test("a site has one visit at a time, and sites have their turns in rotation", () => {
  const turns = new SiteTurns<string>({ lines: 2 });
  for (let n = 1; n <= 3; n++) turns.add(wish(1, `bridge ${n}`));
  turns.add(wish(2, "house"));
  turns.add(wish(3, "shed"));
  assert.deepEqual(begin(turns), ["bridge 1", "house"]);
  turns.done(1);
  assert.deepEqual(begin(turns), ["shed"], "the site that just had its turn waits for the others");
  turns.done(2);
  assert.deepEqual(begin(turns), ["bridge 2"]);
  turns.done(3);
  assert.deepEqual(begin(turns), [], "the bridge's line is busy");
  assert.deepEqual(turns.counts, { busy: 1, waiting: 1 });
});

test("the more urgent goes first, at a site and between sites", () => {
  const turns = new SiteTurns<string>({ lines: 1 });
  turns.add(wish(1, "one"));
  turns.add(wish(2, "two"));
  turns.add(wish(2, "urgent", { priority: 8 }));
  assert.deepEqual(begin(turns), ["urgent"]);
  turns.done(2);
  assert.deepEqual(begin(turns), ["one"]);
});

test("visits that failed before take half of the lines at most, and none that answers waits for them", () => {
  const turns = new SiteTurns<string>({ lines: 4 });
  for (let site = 1; site <= 6; site++) turns.add(wish(site, `dead ${site}`, { retry: true, priority: 9 }));
  turns.add(wish(1, "fresh at a dead site", { priority: 1 }));
  turns.add(wish(9, "fresh", { priority: 1 }));
  assert.deepEqual(begin(turns), ["dead 1", "dead 2", "fresh"]);
  turns.done(1);
  assert.deepEqual(begin(turns), ["dead 3", "fresh at a dead site"]);
});

test("a site has a bound, and what is beyond it is refused", () => {
  const turns = new SiteTurns<string>({ lines: 1, mostPerSite: 2 });
  assert.deepEqual(
    ["a", "b", "c"].map((visit) => turns.add(wish(1, visit))),
    [true, true, false],
  );
  assert.deepEqual(turns.counts, { busy: 0, waiting: 2 });
});

test("a site that moves to another holder gives back what waited, and its visit in progress ends", () => {
  const turns = new SiteTurns<string>({ lines: 2 });
  turns.add(wish(1, "in progress"));
  turns.add(wish(1, "waits"));
  begin(turns);
  assert.deepEqual(
    turns.drop(1).map(({ visit }) => visit),
    ["waits"],
  );
  assert.deepEqual(turns.counts, { busy: 1, waiting: 0 });
  turns.done(1);
  assert.deepEqual(turns.counts, { busy: 0, waiting: 0 });
  assert.deepEqual(begin(turns), []);
});

test("in any order of events nothing is lost, no line is used twice, and limits hold", () => {
  const step = fc.record({
    site: fc.integer({ min: 0, max: 5 }),
    priority: fc.integer({ min: 0, max: 9 }),
    retry: fc.boolean(),
    ends: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 4 }), (steps, lines) => {
      const turns = new SiteTurns<number>({ lines });
      const busy = new Map<number, boolean>();
      const begun: number[] = [];
      const drain = () => {
        for (let next = turns.next(); next !== undefined; next = turns.next()) {
          assert.ok(!busy.has(next.site), "one visit at a site");
          busy.set(next.site, next.retry);
          begun.push(next.visit);
          assert.ok(busy.size <= lines);
          assert.ok([...busy.values()].filter(Boolean).length <= Math.max(1, Math.floor(lines / 2)));
        }
      };
      const end = (site: number) => {
        busy.delete(site);
        turns.done(site);
        drain();
      };
      for (const [visit, { site, priority, retry, ends }] of steps.entries()) {
        assert.ok(turns.add({ site, priority, retry, visit }));
        drain();
        if (ends && busy.has(site)) end(site);
      }
      while (busy.size > 0) end([...busy.keys()][0] as number);
      assert.deepEqual(
        begun.toSorted((a, b) => a - b),
        steps.map((_, visit) => visit),
      );
    }),
    { numRuns: 200 },
  );
});
