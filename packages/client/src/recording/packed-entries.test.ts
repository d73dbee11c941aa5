import assert from "node:assert/strict";
import { test } from "node:test";
import type { CaptureEntry } from "@meterport/protocol/capture/capture";
import { PackedEntries } from "./packed-entries.ts";

test("entries of every kind come back as they were", () => {
  const entries: readonly CaptureEntry[] = [
    { t: 0, event: "opened" },
    { t: 12, dir: "tx", bytes: Uint8Array.of(1, 2, 3) },
    { t: 2 ** 40 + 5, dir: "rx", bytes: new Uint8Array(4096).fill(7) },
    { t: 2 ** 40 + 6, dir: "rx", bytes: new Uint8Array(0) },
    { t: 2 ** 40 + 7, event: "broken" },
    { t: 2 ** 40 + 8, event: "closed" },
  ];
  const packed = new PackedEntries();
  for (const entry of entries) packed.push(entry);
  assert.deepEqual([...packed], entries);
  assert.equal(packed.oldest, 0);
  assert.deepEqual([packed.oldestKind, packed.oldestLength, packed.oldestByte(0)], ["opened", 0, undefined]);
  assert.deepEqual(packed.shift(), entries[0]);
  assert.equal(packed.oldest, 12);
  assert.deepEqual([packed.oldestKind, packed.oldestLength, packed.oldestByte(2)], ["tx", 3, 3]);
  assert.deepEqual([...packed], entries.slice(1));
  packed.drop();
  assert.deepEqual([...packed], entries.slice(2));
  while (packed.shift() !== undefined);
  packed.drop();
  assert.deepEqual([packed.oldest, packed.oldestKind, packed.oldestLength], [undefined, undefined, 0]);
});

test("memory follows what is kept, up and down", () => {
  const packed = new PackedEntries();
  const kept: CaptureEntry[] = [];
  const step = (most: number, length: number): void => {
    const entry: CaptureEntry = { t: kept.length, dir: "rx", bytes: new Uint8Array(length).fill(length) };
    packed.push(entry);
    kept.push(entry);
    while (kept.length > most) assert.deepEqual(packed.shift(), kept.shift());
  };
  for (let i = 0; i < 2_000; i++) step(100, i % 120);
  assert.deepEqual([...packed], kept);
  assert.ok(packed.room < 2 * 100 * 70, `${packed.room} bytes for some ${100 * 70}`);
  for (let i = 0; i < 2_000; i++) step(3, 20);
  assert.deepEqual([...packed], kept);
  assert.ok(packed.room <= 512, `${packed.room} bytes`);
});

test("what is kept is a copy", () => {
  const packed = new PackedEntries();
  const bytes = Uint8Array.of(1, 2);
  packed.push({ t: 0, dir: "tx", bytes });
  bytes.fill(9);
  assert.deepEqual(packed.shift(), { t: 0, dir: "tx", bytes: Uint8Array.of(1, 2) });
});
