import assert from "node:assert/strict";
import { test } from "node:test";
import { PieceRoom, type Place } from "./piece-room.ts";

const taken = (room: PieceRoom, wanted: number) => {
  const got: (Place | undefined)[] = [];
  const end = room.take(wanted, (place) => got.push(place));
  return { got, end };
};

test("a home reads whole pieces, and a thousand meters read small ones within the room", () => {
  const room = new PieceRoom(256);
  assert.equal(taken(room, 8).got[0]?.blocks, 8);
  const all = Array.from({ length: 1_000 }, () => taken(room, 8));
  const begun = all.filter(({ got }) => got.length > 0);
  // The first to come could not know of the others.
  assert.equal(begun.length, 31);
  assert.deepEqual(room.counts, { blocks: 256, waiting: 969 });
  for (const { got } of begun) got[0]?.leave();
  const next = all.filter(({ got }) => got.length > 0).slice(31);
  assert.deepEqual(room.counts, { blocks: 256, waiting: 969 - next.length });
  assert.ok(next.every(({ got }) => got[0]?.blocks === 1));
});

test("those who wait come in order, one block each while many wait, and whole pieces again when few are left", () => {
  const room = new PieceRoom(8);
  const first = taken(room, 8);
  assert.equal(first.got[0]?.blocks, 8);
  const order: number[] = [];
  const places: Place[] = [];
  for (let n = 0; n < 20; n++)
    room.take(8, (place) => {
      order.push(n);
      if (place !== undefined) places.push(place);
    });
  assert.deepEqual(order, []);
  first.got[0]?.leave();
  assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7]);
  while (places.length > 0) places.shift()?.leave();
  assert.deepEqual(
    order,
    Array.from({ length: 20 }, (_, n) => n),
  );
  assert.deepEqual(room.counts, { blocks: 0, waiting: 0 });
  assert.equal(taken(room, 8).got[0]?.blocks, 8);
});

test("one who no longer waits gets nothing, and one who leaves twice frees its room once", () => {
  const room = new PieceRoom(1);
  const [first, second, third] = [taken(room, 1), taken(room, 1), taken(room, 1)];
  second.end();
  second.end();
  assert.deepEqual(second.got, [undefined]);
  first.got[0]?.leave();
  assert.equal(third.got[0]?.blocks, 1);
  first.got[0]?.leave();
  assert.deepEqual(taken(room, 1).got, []);
  assert.equal(room.counts.blocks, 1);
});
