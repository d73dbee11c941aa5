import assert from "node:assert/strict";
import { test } from "node:test";
import { dayLayersOf, inboxOf, type Slot } from "../vee-answers.ts";
import { decisionBody } from "./decision-body.ts";
import { drawingOf } from "./layers.ts";
import { quantityOf } from "./quantity.ts";

const quarter = 900_000;
const slot = (index: number, recorded: number | null, chosen: number | null): Slot => ({
  begins: index * quarter,
  ends: (index + 1) * quarter,
  ...{ recorded, chosen, notes: [], code: null, rule: null },
});

test("a day is drawn with gaps where nothing was recorded, and marks what was replaced", () => {
  const drawing = drawingOf([slot(0, 10, 10), slot(1, null, 5), slot(2, 40, 20), slot(3, null, null)]);
  assert.equal(drawing.top, 25);
  assert.equal(drawing.beyond, 40);
  assert.deepEqual(drawing.bars, [
    { index: 0, height: 0.4, replaced: false },
    { index: 1, height: 0.2, replaced: true },
    { index: 2, height: 0.8, replaced: true },
  ]);
  assert.equal(drawing.line, "M0 0.6000L1 0.6000M2 0.0000L3 0.0000");
  assert.equal(drawingOf([slot(0, 22, 20)]).beyond, null);
  assert.equal(drawingOf([slot(0, 7, null)]).top, 7);
});

test("a decision needs a reason, slots in their order, and whole values", () => {
  const day = { obis: "1-0:1.29.0", slots: [slot(0, 1, 1), slot(1, 2, 2), slot(2, 3, 3)] };
  const decided = { kind: "accept", first: 1, last: 2, reason: " seen on site ", value: "" } as const;
  assert.deepEqual(decisionBody(day, decided), {
    kind: "accept",
    obis: "1-0:1.29.0",
    from: "1970-01-01T00:15:00.000Z",
    to: "1970-01-01T00:45:00.000Z",
    reason: "seen on site",
  });
  assert.equal(decisionBody(day, { ...decided, reason: " " }), null);
  assert.equal(decisionBody(day, { ...decided, first: 2, last: 1 }), null);
  assert.equal(decisionBody(day, { ...decided, last: 3 }), null);
  for (const value of ["", " ", "-1", "1.5", "1e99", "much"])
    assert.equal(decisionBody(day, { ...decided, kind: "set", value }), null, value);
  const set = decisionBody(day, { ...decided, kind: "set", value: "250" });
  assert.deepEqual((set as { readonly values: readonly number[] }).values, [250, 250]);
});

test("an OBIS code of intervals has a quantity, any other has none", () => {
  assert.equal(quantityOf("1-0:1.29.0"), "energy_import_wh");
  assert.equal(quantityOf("4.29.0"), "reactive_energy_export_varh");
  for (const odd of ["", "1-0:1.8.0", "1-0:21.29.0", "1-0:5.29.0"]) assert.equal(quantityOf(odd), null, odd);
});

test("answers of another gateway are read as far as they can be, never with a fault", () => {
  for (const odd of [null, 7, {}, { days: 1 }, { slots: [] }]) {
    assert.equal(inboxOf(odd), null);
    assert.equal(dayLayersOf(odd), null);
  }
  const day = { point: "a", obis: "1-0:1.29.0", day: "2026-11-29" };
  const found = { rule: "spike", verdict: "worse", from: 1, to: 2, detail: { wh: 9 } };
  const page = inboxOf({ days: [{ ...day, findings: [found, 3] }, day, { point: "b" }], next: 5 });
  assert.deepEqual(page, {
    rows: [
      {
        ...{ ...day, name: "a", site: null, verdict: null },
        findings: [{ rule: "spike", verdict: null, from: 1, to: 2, detail: [["wh", "9"]] }],
      },
    ],
    next: null,
    total: null,
  });
  assert.equal(dayLayersOf({ ...day, step_s: 0, slots: [] }), null);
  const layers = dayLayersOf({ ...day, step_s: 900, slots: [{ start: "1970-01-01T00:00:00Z", recorded: "x" }, {}] });
  assert.deepEqual(layers?.slots, [slot(0, null, null)]);
  assert.equal(layers?.version, null);
});
