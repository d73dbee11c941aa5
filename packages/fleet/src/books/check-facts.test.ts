import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkFacts } from "./check-facts.ts";
import { type BookBatch, emptyBatch } from "./facts.ts";
import { randomBatch, randomOf } from "./random-facts.test-kit.ts";
import { emptyDay } from "./slots.ts";

const channel = { point: "home", name: "energy_import_wh", tier: 0, step: 900, phase: 0, digits: 0 } as const;
const base = emptyBatch("worker", 0);
const day = { channel, day: "2026-11-29", slots: emptyDay(900) };
const event = {
  point: "home",
  id: "a",
  at: 0,
  until: null,
  kind: "log",
  code: null,
  origin: "meter",
  detail: "",
  stored: 0,
};
const what = { table: null, offset: null, profile: null, note: "" };
const block = { point: "home", id: 1n, what, readAt: 0, clockOffset: null, raw: null, from: 0, to: 0 };
const register = { channel: { ...channel, step: 0 }, at: 0, raw: 0, kind: "a", serial: null };
const meter = { point: "home", from: 0, to: null, serial: null, about: "{}", start: "{}", end: null, stored: 0 };

const slots = (change: (slots: ReturnType<typeof emptyDay>) => void) => {
  const some = emptyDay(900);
  change(some);
  return { ...base, days: [{ ...day, slots: some }] };
};

const bad: Readonly<Record<string, BookBatch>> = {
  "a day of another length": { ...base, days: [{ ...day, slots: emptyDay(3_600) }] },
  "a rank that does not exist": slots(({ rank }) => rank.splice(3, 1, "}")),
  "a value without a rank": slots(({ raw }) => raw.splice(3, 1, 7)),
  "a value of more than 32 bits": slots(({ raw, rank }) => [raw.splice(0, 1, 2 ** 31), rank.splice(0, 1, "9")]),
  "a fraction": slots(({ raw, rank }) => [raw.splice(0, 1, 0.5), rank.splice(0, 1, "9")]),
  "notes beyond their bits": slots(({ bits, rank }) => [bits.splice(0, 1, 64), rank.splice(0, 1, "9")]),
  "a step that does not divide a day": { ...base, days: [{ ...day, channel: { ...channel, step: 420 } }] },
  "a phase of a clock that is wrong": {
    ...base,
    gone: [{ channel: { ...channel, phase: 7 }, day: day.day, slots: [] }],
  },
  "a day that does not exist": { ...base, days: [{ ...day, day: "2026-13-01" }] },
  "a slot beyond its day": { ...base, gone: [{ channel, day: day.day, slots: [96] }] },
  "a point without a name": { ...base, events: [{ ...event, point: "" }] },
  "a zero byte": { ...base, events: [{ ...event, detail: "a\0b" }] },
  "half of a character": { ...base, events: [{ ...event, id: "\ud800" }] },
  "a moment that is none": { ...base, events: [{ ...event, at: Number.NaN }] },
  "a number of 64 bits": { ...base, blocks: [{ ...block, id: 2n ** 63n }] },
  "a block that ends before it begins": { ...base, blocks: [{ ...block, from: 1 }] },
  "a register with the grid of intervals": { ...base, registers: [{ ...register, channel }] },
  "an unknown kind of register": { ...base, registers: [{ ...register, kind: "z" }] },
  "no JSON": { ...base, installations: [{ ...meter, about: "{" }] },
  "too many facts": { ...base, events: new Array(10_001).fill(event) },
  "nobody who books": { ...base, holder: "" },
};

for (const [name, batch] of Object.entries(bad))
  test(`${name} is refused in a sentence`, () => {
    assert.throws(() => checkFacts(batch), /^UsageError: [^\n]{10,300}: nothing of the batch is booked/);
  });

test("what is right passes", () => {
  checkFacts({ ...base, days: [day], events: [event], blocks: [block], registers: [register], installations: [meter] });
  fc.assert(
    fc.property(fc.integer(), (seed) => checkFacts(randomBatch(randomOf(seed)))),
    { numRuns: 200 },
  );
});
