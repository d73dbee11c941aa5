import assert from "node:assert/strict";
import { test } from "node:test";
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import { longestBody, mostEntries, type ProvedEntry, readBody, writeBody } from "./upstream-wire.ts";

const proof = {
  ...{ time: 1_000, table: "BT64", offset: 0, raw: "00".repeat(900), profile: "meter:3.70", clockOffset: null },
  note: "load profile",
};

const entry = (number: number): JournalEntry => ({
  ...{ number, stored: 5, point: "home", kind: "interval" },
  interval: {
    ...{ point: "home", channel: "energy_import_wh", end: 900_000 * number, seconds: 900, value: number },
    ...{ source: "profile", quality: "good", flags: ["powerFail"], register: null, revision: 1, stored: 5 },
  },
});

const others: readonly JournalEntry[] = [
  {
    ...{ number: 1, stored: 5, point: "home", kind: "register" },
    register: {
      ...{ point: "home", register: "energy_import_wh", tier: 0, time: 0, value: 7, reason: "daily", serial: null },
    },
  },
  {
    ...{ number: 2, stored: 5, point: "home", kind: "event" },
    event: { point: "home", id: "log:1", time: 0, until: null, kind: "log", number: 7, origin: "meter", detail: "{}" },
  },
  {
    ...{ number: 3, stored: 5, point: "home", kind: "device" },
    device: {
      ...{ point: "home", from: 0, to: null, serial: "1", manufacturer: null, model: null, firmware: null },
      ...{ profile: null, start: { energy_import_wh: 1 }, end: null },
    },
  },
];

test("what was written is read, and neighbours share a proof", () => {
  const entries: readonly ProvedEntry[] = [
    ...others.map((one) => ({ entry: one, proof: undefined })),
    ...[4, 5, 6].map((number) => ({ entry: entry(number), proof })),
  ];
  const { text, taken, last } = writeBody(entries);
  assert.deepEqual([taken, last, text.split("\n").length], [6, 6, 8]);
  assert.deepEqual(readBody(text), entries);
});

test("a request is bounded, and has at least one entry", () => {
  const many = Array.from({ length: 1_000 }, (_, n) => ({ entry: entry(n), proof: undefined }));
  assert.equal(writeBody(many).taken, mostEntries);
  const large = many.map(({ entry: one }, n) => ({
    entry: one,
    proof: { ...proof, offset: n, note: "x".repeat(60_000) },
  }));
  const body = writeBody(large);
  assert.ok(body.taken > 1 && Buffer.byteLength(body.text) <= longestBody, String(body.taken));
  assert.equal(readBody(body.text).length, body.taken);
});

test("what is no entry is refused with its line", () => {
  const good = JSON.stringify(entry(1));
  for (const [text, sentence] of [
    [`${good}\nnonsense`, /^line 2 is no proof and no entry/],
    [good.replace('"value":1', '"value":"1"'), /^line 1 is no/],
    [good.replace('"point":"home","kind"', '"point":"shed","kind"'), /^line 1 names two points/],
    [good.replace('"number":1', '"number":1,"proof":3'), /^line 1 names a proof that is not before it/],
    [`${good}\n`.repeat(mostEntries + 1), /more than 500 entries/],
    ["null", /^line 1 is no/],
  ] as const)
    assert.match(String(readBody(text)), sentence);
  assert.deepEqual(readBody("\n"), []);
});
