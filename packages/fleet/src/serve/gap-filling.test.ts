import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoredInterval } from "@meterport/engine/model/interval";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { BookBatch } from "../books/facts.ts";
import type { DueGap } from "../jobs/visit-book.ts";
import { FakeGateway, FakePoint } from "./fake-gateway.test-kit.ts";
import { GapFilling } from "./gap-filling.ts";

const quarter = 900_000;
const begin = Date.UTC(2026, 10, 29);
const channel = "energy_import_wh";

const interval = (slot: number, more: Partial<StoredInterval> = {}): StoredInterval => ({
  ...{ point: "hall", channel, end: begin + (slot + 1) * quarter, seconds: 900, value: slot, source: "profile" },
  ...{ quality: "good", flags: [], register: null, revision: 1, stored: begin },
  ...more,
});

const setUp = (points: readonly string[] = ["hall"]) => {
  const clock = new VirtualClock({ wall: begin + 86_400_000 });
  const gateway = new FakeGateway();
  for (const id of points) gateway.points.set(id, new FakePoint(id, clock));
  const batches: BookBatch[] = [];
  const asked: (readonly string[])[] = [];
  const gaps: DueGap[] = [];
  const filling = new GapFilling({
    run: async () => ({ rows: [], count: 0 }),
    books: {
      book: async (batch) => {
        batches.push(batch);
        return { days: 1, gone: 0, blocks: 0, registers: 0, events: 0, installations: 0, outOfTime: 0 };
      },
    },
    book: {
      dueGaps: async (_run, some) => {
        asked.push(some);
        return gaps.splice(0);
      },
    },
    ...{ gateway, points: () => points, attemptOf: () => 4, holder: "worker-1", clock },
  });
  const hall = gateway.points.get("hall") as FakePoint;
  return { gateway, filling, batches, asked, gaps, hall };
};

const spanOf = (first: number, end: number) => ({ after: begin + first * quarter, until: begin + end * quarter });
const valuesIn = ({ days }: BookBatch): readonly (number | null)[] =>
  days.flatMap(({ slots }) => slots.raw.map((raw, slot) => (slots.rank[slot] === "0" ? null : raw)).slice(0, 8));

test("what is stored here is booked again under the present claim, and the meter is not asked", async () => {
  const { gateway, filling, batches, gaps, hall } = setUp();
  gateway.intervals.push(...[2, 3, 4, 5].map((slot) => interval(slot)));
  gateway.proofs.set(begin + 4 * quarter, {
    ...{ time: begin, table: "BT64", offset: 0, raw: "00ff", profile: "meter:3.70", clockOffset: 0, note: "read" },
  });
  gaps.push({ point: "hall", channel, spans: [spanOf(2, 6)] });
  await filling.look();
  const [batch] = batches;
  assert.deepEqual([batches.length, batch?.holder, batch?.attempt, batch?.blocks.length], [1, "worker-1", 4, 1]);
  assert.deepEqual(
    batch?.days.map(({ day, channel: { point, name } }) => [day, point, name]),
    [["2026-11-29", "hall", channel]],
  );
  assert.deepEqual(batch === undefined ? [] : valuesIn(batch).slice(2, 6), [2, 3, 4, 5]);
  assert.deepEqual(hall.again, []);
});

test("the meter is asked from where the first thing is lacking that is known for sure", async () => {
  const { gateway, filling, batches, gaps, hall } = setUp();
  gateway.intervals.push(interval(0), interval(4, { source: "difference" }), interval(6));
  gaps.push({ point: "hall", channel, spans: [spanOf(0, 1), spanOf(4, 5), spanOf(6, 8)] });
  await filling.look();
  assert.deepEqual(hall.again, [begin + 4 * quarter]);
  assert.equal(batches.length, 1);
});

test("what the meter has lost is booked as lost instead of being asked for again", async () => {
  const { gateway, filling, batches, gaps, hall } = setUp();
  gateway.intervals.push(interval(1, { value: null, quality: "missing" }));
  gaps.push({ point: "hall", channel, spans: [spanOf(1, 2)] });
  await filling.look();
  assert.deepEqual([batches[0]?.gone.map(({ slots }) => slots), hall.again], [[[1]], []]);
});

test("only meters that answer are asked about, so that no gap rests for nothing; a thousand at a time", async () => {
  const points = Array.from({ length: 2_300 }, (_, n) => `p${n}`);
  const { gateway, filling, asked } = setUp(points);
  (gateway.points.get("p1") as FakePoint).isAnswering = false;
  gateway.points.delete("p2");
  for (let look = 0; look < 4; look++) await filling.look();
  assert.deepEqual(
    asked.map((some) => some.length),
    [998, 1_000, 300, 998],
  );
  assert.ok(!asked[0]?.includes("p1") && !asked[0]?.includes("p2"));
  for (const { id } of gateway.points.values()) (gateway.points.get(id) as FakePoint).isAnswering = false;
  await filling.look();
  assert.equal(asked.length, 4, "the books are not asked for nobody");
});
