import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseMoment, parseStep } from "./query.ts";

test("reads times and steps in every documented form, and in no other", () => {
  assert.equal(parseMoment("1767268800"), 1_767_268_800_000);
  assert.equal(parseMoment("2026-01-01T12:00:00Z"), 1_767_268_800_000);
  assert.equal(parseMoment("2026-01-01T13:00:00.000+01:00"), 1_767_268_800_000);
  assert.equal(parseMoment("2026-01-01"), Date.UTC(2026, 0, 1));
  for (const text of ["", "now", "-5", "1e9", "999999999999", "2026-13-01T00:00:00Z", "2026-01-01T12:00:00"]) {
    assert.equal(parseMoment(text), undefined, text);
  }
  // No such day, and later than ISO 8601 can write with four digits of the year.
  for (const text of ["2026-02-29", "2026-02-30T00:00:00Z", "2026-04-31T12:00:00Z", "9999-12-31T23:30:00-01:00"]) {
    assert.equal(parseMoment(text), undefined, text);
  }
  assert.equal(parseMoment("2028-02-29"), Date.UTC(2028, 1, 29));
  assert.deepEqual(["60", "1m", "1h"].map(parseStep), [60, 60, 3_600]);
  for (const text of ["0", "", "500ms", "-1", "1.5", "999999999"]) assert.equal(parseStep(text), undefined, text);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d:TZ.+-]*$/)), (text) => {
      const time = parseMoment(text);
      assert.ok(time === undefined || (Number.isInteger(time) && time >= 0));
    }),
  );
});
