import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EventHeap } from "./event-heap.ts";
import { Holders, mostShards } from "./model-holders.ts";
import { Outbox } from "./model-outbox.ts";
import { slotTime } from "./model-times.ts";
import { gapsWithout, meanVisitTime, pieceOf, visitTime } from "./model-visits.ts";
import { Seeded } from "./seeded.ts";
import { SlotBook } from "./slot-book.ts";

test("events come in the order of their times, however they were added", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 50 })), { maxLength: 300 }), (steps) => {
      const heap = new EventHeap(2);
      const twin: number[] = [];
      for (const time of steps) {
        if (time === null) {
          twin.sort((a, b) => a - b);
          assert.equal(heap.time, twin[0] ?? Number.POSITIVE_INFINITY);
          assert.equal(heap.pop(), twin.shift());
        } else {
          heap.push(time, time);
          twin.push(time);
        }
        assert.equal(heap.size, twin.length);
      }
    }),
  );
});

test("a book of slots agrees with a list of them", () => {
  const range = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 110 }), fc.boolean());
  fc.assert(
    fc.property(fc.array(range, { maxLength: 30 }), (ranges) => {
      const book = new SlotBook(3, 100);
      const twin = new Set<number>();
      for (const [from, to, forgets] of ranges) {
        const before = twin.size;
        for (let slot = from; slot < Math.min(to, 100); slot++) forgets ? twin.delete(slot) : twin.add(slot);
        assert.equal(forgets ? book.forget(1, from, to) : book.book(1, from, to), Math.abs(twin.size - before));
        assert.equal(book.count(1, 0, 100), twin.size);
        let missing = 0;
        while (missing < 77 && twin.has(missing)) missing++;
        assert.equal(book.firstMissing(1, 77), missing);
      }
      for (let slot = 0; slot < 100; slot++) assert.equal(book.has(1, slot), twin.has(slot));
      assert.equal(book.count(0, 0, 100) + book.count(2, 0, 100), 0, "other meters are left alone");
    }),
  );
});

test("an outbox gives what was put in, oldest first", () => {
  const outbox = new Outbox();
  const entry = { meter: 0, from: 0, to: 0 };
  let taken = 0;
  for (let n = 0; n < 5_000; n++) {
    outbox.add({ meter: n, from: 1, to: 3 });
    if (n % 3 === 0) continue;
    assert.ok(outbox.take(entry));
    assert.equal(entry.meter, taken++);
  }
  assert.equal(outbox.size, 5_000 - taken);
  assert.equal(outbox.slots, 2 * outbox.size);
  while (outbox.take(entry)) assert.equal(entry.meter, taken++);
  assert.equal(taken, 5_000);
  assert.equal(outbox.size, 0);
});

test("shards of a dead worker are spread over the others, of which none takes much more than its share", () => {
  const holders = new Holders({ workers: 4, lines: 1, shards: 64 });
  const [first, ...others] = holders.workers;
  assert.ok(first !== undefined);
  holders.kill(first, "kept");
  for (const shard of [...first.shards]) {
    assert.equal(holders.of(shard), undefined);
    const next = holders.free();
    assert.ok(next !== undefined && next !== first);
    holders.give(shard, next);
    assert.equal(holders.of(shard), next);
  }
  const sizes = others.map(({ shards }) => shards.size);
  assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1 && Math.max(...sizes) <= mostShards(64, 3));
});

test("a visit reads what lies after the cursor, gaps before it first, in pieces", () => {
  assert.deepEqual(pieceOf(10, 26, undefined), { from: 10, to: 26, more: false });
  assert.equal(pieceOf(10, 10, undefined), undefined);
  const gaps = [{ after: 2 * slotTime, until: 4 * slotTime }];
  assert.deepEqual(pieceOf(10, 26, gaps), { from: 2, to: 4, more: true });
  assert.deepEqual(pieceOf(10, 10, gaps), { from: 2, to: 4, more: false });
  assert.deepEqual(pieceOf(0, 2_000, undefined), { from: 0, to: 768, more: true });
});

test("what was read leaves the gaps", () => {
  const gaps = [
    { after: 2 * slotTime, until: 8 * slotTime },
    { after: 10 * slotTime, until: 11 * slotTime },
  ];
  assert.deepEqual(gapsWithout(gaps, { from: 3, to: 5 }), [
    { after: 2 * slotTime, until: 3 * slotTime },
    { after: 5 * slotTime, until: 8 * slotTime },
    gaps[1],
  ]);
  assert.deepEqual(gapsWithout(gaps, { from: 0, to: 20 }), []);
});

test("visits take as long in the mean as they are said to", () => {
  const chance = new Seeded(1);
  let sum = 0;
  for (let n = 0; n < 20_000; n++) sum += visitTime(16, true, chance);
  assert.ok(Math.abs(sum / 20_000 / meanVisitTime(16, true) - 1) < 0.01);
});

test("chance from a seed is even, and the same each time", () => {
  const draw = (seed: number) => {
    const chance = new Seeded(seed);
    return Array.from({ length: 4_000 }, () => chance.below(4));
  };
  assert.deepEqual(draw(5), draw(5));
  assert.notDeepEqual(draw(5), draw(6));
  for (const value of [0, 1, 2, 3]) {
    const count = draw(5).filter((each) => each === value).length;
    assert.ok(count > 900 && count < 1_100, `${count}`);
  }
  assert.equal(new Seeded(1).entropy(8).length, 8);
});
