import assert from "node:assert/strict";
import { test } from "node:test";
import { decimalsFor, decimalsOf, entryBytes, fourBytes, markedBytes, unitOf } from "./arithmetic.ts";
import { whyOf } from "./why-answer.ts";

const source = {
  ...{ source: 15, name: "Voltage L1", sign: "+", table: "BT28", offset: 28 },
  ...{ raw: 231_400, scale: 0.001, unit: "V" },
};
const live = {
  ...{ key: "voltage_l1_v", label: "Voltage L1", unit: "V", number: 231.4, time: "2026-06-01T12:00:00Z" },
  ...{ quality: "good", profile: "meter:3.70", ratios: false, sources: [source] },
  ...{ verdict: "Accepted: within the bounds.", verdict_code: "value" },
};
const wholeLive = { id: "home", value: "live", interval: null, live, proof: null, difference: null, profile: null };

const end = {
  ...{ time: "2026-01-01T12:00:00Z", block: 2, entry: 7, offset: 400, raw: "0102d2040000", value_offset: 402 },
  integer: 1234,
};
const wholeInterval = {
  ...{ id: "home", value: "interval", live: null, difference: null },
  interval: {
    ...{ end: "2026-01-01T12:00:00Z", seconds: 900, value: 250, source: "profile", quality: "good", flags: ["dst"] },
    ...{ register: 12_340, revision: 2, stored: "2026-01-01T12:05:00Z" },
  },
  proof: {
    ...{ time: "2026-01-01T12:04:59Z", table: "BT64", offset: 400, raw: "0102d2040000", profile: "meter:3.70" },
    ...{ clock_offset_ms: -1200, note: "read from the load profile" },
  },
  profile: { rule: "r", table: "BT64", source: 0, scale: 10, begin: null, end },
};

test("a live value comes with its sources and the guard's verdict", () => {
  const answer = whyOf(wholeLive);
  assert.ok(answer?.kind === "live");
  assert.equal(answer.live.value, 231.4);
  assert.equal(answer.live.time, Date.UTC(2026, 5, 1, 12));
  assert.equal(answer.live.verdictCode, "value");
  assert.deepEqual(answer.live.sources[0], source);
});

test("an older gateway's verdict has a sentence only, and an unknown code is none", () => {
  for (const verdict_code of [undefined, "brand-new"]) {
    const answer = whyOf({ ...wholeLive, live: { ...live, verdict_code } });
    assert.ok(answer?.kind === "live");
    assert.equal(answer.live.verdictCode, null);
    assert.equal(answer.live.verdict, "Accepted: within the bounds.");
  }
});

test("an interval comes with what the load profile recorded, and the bytes of the value are marked", () => {
  const answer = whyOf(wholeInterval);
  assert.ok(answer?.kind === "interval");
  const { interval } = answer;
  assert.deepEqual([interval.source, interval.quality, interval.revision], ["profile", "good", 2]);
  assert.equal(interval.proof?.clockOffset, -1200);
  assert.ok(interval.profile !== null);
  const bytes = entryBytes(interval.profile.end);
  assert.equal(bytes.map(({ hex, marked }) => (marked ? hex.toUpperCase() : hex)).join(""), "0102D2040000");
  assert.deepEqual(
    bytes.map(({ marked }) => marked),
    [false, false, true, true, true, true],
  );
});

test("a state of a register comes with its table, its reason and the integer that the meter sent", () => {
  const register = {
    ...{ register: "energy_import_wh", tier: 0, time: "2026-01-01T00:00:00Z", value: 12_340, unit: "Wh" },
    ...{ reason: "daily", serial: "4711", meter: "same", sources: [{ ...source, source: 0, table: "BT23" }] },
  };
  const whole = {
    id: "home",
    value: "register",
    register,
    proof: { ...wholeInterval.proof, table: "BT23", raw: null },
  };
  const answer = whyOf(whole);
  assert.ok(answer?.kind === "register");
  assert.deepEqual(
    [answer.register.value, answer.register.reason, answer.register.meter, answer.register.proof?.table],
    [12_340, "daily", "same", "BT23"],
  );
  assert.equal(answer.register.sources[0]?.table, "BT23");
  const newer = whyOf({
    ...whole,
    proof: null,
    register: { ...register, reason: "brand-new", meter: 5, sources: null },
  });
  assert.ok(newer?.kind === "register");
  const { reason, meter, sources, proof } = newer.register;
  assert.deepEqual([reason, meter, sources, proof], [null, "unknown", [], null]);
  assert.equal(whyOf({ ...whole, register: { ...register, value: null } }), null);
});

test("what cannot be understood is no answer, and never an exception", () => {
  for (const data of [
    null,
    3,
    [],
    {},
    { value: "live" },
    { value: "live", live: {} },
    { value: "interval", interval: 3 },
  ])
    assert.equal(whyOf(data), null);
  const answer = whyOf({ ...wholeInterval, proof: "x", profile: { end: {} }, difference: [] });
  assert.ok(answer?.kind === "interval");
  assert.deepEqual([answer.interval.proof, answer.interval.profile, answer.interval.difference], [null, null, null]);
  const bad = whyOf({ ...wholeInterval, proof: { ...wholeInterval.proof, raw: "<b>" } });
  assert.ok(bad?.kind === "interval");
  assert.equal(bad.interval.proof?.raw, null);
});

test("integers become the four bytes of a table, lowest first", () => {
  assert.equal(fourBytes(439), "b7010000");
  assert.equal(fourBytes(-2), "feffffff");
  assert.equal(fourBytes(2 ** 32 - 1), "ffffffff");
  assert.equal(fourBytes(2 ** 32), null);
  assert.equal(fourBytes(0.5), null);
});

test("decimals and units follow from scales and names", () => {
  assert.deepEqual([1, 10, 0.1, 0.001, 1e-9].map(decimalsOf), [0, 0, 1, 3, 6]);
  assert.equal(decimalsFor([]), 0);
  assert.deepEqual(["energy_import_wh", "reactive_energy_export_varh", "source_17"].map(unitOf), ["Wh", "varh", ""]);
  assert.deepEqual(markedBytes("0aff", 1, 1), [
    { hex: "0a", marked: false },
    { hex: "ff", marked: true },
  ]);
});
