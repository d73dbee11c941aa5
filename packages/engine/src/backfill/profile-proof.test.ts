import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadProfileInterval } from "@meterport/client/readers/load-profile";
import { profileProofs, provedEntry, type ReadBytes, runIn, runNote } from "./profile-proof.ts";

const t0 = Date.UTC(2026, 0, 1, 12);
const quarter = 900_000;
const size = 10;
const header = 20;
const blockSize = 2_000;
const placeOf = ({ block, index }: { readonly block: number; readonly index: number }) => ({
  ...{ offset: block * blockSize + header + index * size, length: size },
});
const base = { time: t0, clockOffset: 5, table: "BT64", profile: "meter:3.70" };
const options = {
  ...{ base, unit: 10, placeOf },
  channels: [
    { index: 0, source: 0 },
    { index: 1, source: 1 },
  ],
};

const entries = (block: number, first: number, count: number, end: number): LoadProfileInterval[] =>
  Array.from({ length: count }, (_, n) => ({
    ...{ set: 1, block, index: first + n, end: end + n * quarter, durationMinutes: 15, valid: true, channels: [] },
    ...{ dst: false, powerFail: false, clockForward: false, clockBackward: false },
  }));

/** Reads of some bytes each, in which every byte of an entry is its index. */
const readsOf = (block: number, count: number, piece: number): ReadBytes[] => {
  const whole = Uint8Array.from({ length: count * size }, (_, n) => Math.floor(n / size));
  const { offset } = placeOf({ block, index: 0 });
  return Array.from({ length: Math.ceil(whole.length / piece) }, (_, n) => ({
    offset: offset + n * piece,
    bytes: whole.slice(n * piece, (n + 1) * piece),
  }));
};
const byte = (n: number): string => n.toString(16).padStart(2, "0").repeat(size);

test("a day's intervals share the bytes of their block, from which each finds its own entry, also where a read was cut", () => {
  const read = entries(3, 0, 96, t0);
  const proofOf = profileProofs(read, readsOf(3, 96, 455), options);
  const [first, other] = [proofOf(read[0] as LoadProfileInterval), proofOf(read[77] as LoadProfileInterval)];
  assert.ok(first !== undefined && first === other);
  const entry = provedEntry(first, t0 + 45 * quarter, 900);
  assert.deepEqual(
    [entry?.index, entry?.offset, entry?.raw],
    [45, 3 * blockSize + header + 45 * size, byte(45)],
    "entry 45 lies in two reads",
  );
});

test("what is kept of a day is at most 60 bytes for each stored interval", () => {
  const read = entries(3, 0, 96, t0);
  const proof = profileProofs(read, readsOf(3, 96, 455), options)(read[0] as LoadProfileInterval);
  const kept = JSON.stringify(proof).length / (96 * options.channels.length);
  assert.ok(kept <= 60, `${kept} bytes`);
});

test("another block, a gap and the 97th entry begin another run", () => {
  const read = [
    ...entries(3, 0, 97, t0),
    ...entries(4, 0, 2, t0 + 97 * quarter),
    ...entries(4, 5, 1, t0 + 102 * quarter),
  ];
  const proofOf = profileProofs(read, [...readsOf(3, 97, 455), ...readsOf(4, 6, 455)], options);
  const runs = [...new Set(read.map(proofOf))].map((proof) => runIn(proof?.note ?? ""));
  assert.deepEqual(
    runs.map((run) => [run?.block, run?.first, run?.last]),
    [
      [3, 0, 95],
      [3, 96, 96],
      [4, 0, 1],
      [4, 5, 5],
    ],
  );
});

test("bytes that were not kept are null, never another entry's", () => {
  const read = entries(3, 0, 3, t0);
  const proof = profileProofs(read, readsOf(3, 2, 455), options)(read[2] as LoadProfileInterval);
  assert.equal(proof?.raw, null);
  assert.ok(proof !== undefined);
  assert.deepEqual(provedEntry(proof, t0 + quarter, 900)?.raw, null);
});

test("a moment that is no end of the run has no entry", () => {
  const read = entries(3, 4, 3, t0);
  const proof = profileProofs(read, readsOf(3, 10, 455), options)(read[0] as LoadProfileInterval);
  assert.ok(proof !== undefined);
  for (const end of [t0 - quarter, t0 + 3 * quarter, t0 + 1]) assert.equal(provedEntry(proof, end, 900), undefined);
  assert.equal(provedEntry(proof, t0, 0), undefined);
});

test("a note says its run, and other notes say none", () => {
  const run = { block: 3, first: 5, last: 20, size, end: t0, sources: [0, 256], unit: null };
  assert.deepEqual(runIn(runNote(run)), run);
  assert.deepEqual(runIn(runNote({ ...run, unit: 10 })), { ...run, unit: 10 });
  for (const note of ["difference of recorded registers; first interval 5 of block 3", "", runNote(run).slice(0, -4)])
    assert.notDeepEqual(runIn(note), run, note);
});
