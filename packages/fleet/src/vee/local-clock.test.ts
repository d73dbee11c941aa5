import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { offsetAt } from "./local-clock.ts";

const hour = 3_600_000;
/** When clocks in Copenhagen go back. */
const change = Date.UTC(2026, 9, 25, 1);

test("an offset is that of its moment, however many were asked for before", () => {
  for (let round = 0; round < 2; round++) {
    assert.equal(offsetAt("Europe/Copenhagen", change - 1), 2 * hour);
    assert.equal(offsetAt("Europe/Copenhagen", change), hour);
    assert.equal(offsetAt("Asia/Kathmandu", change), 5.75 * hour);
    for (let n = 0; n < 21_000; n++) offsetAt("UTC", n * hour);
  }
});

test("what is no zone is refused each time", () => {
  for (let n = 0; n < 2; n++) assert.throws(() => offsetAt("Europe/Kopenhavn", change), UsageError);
});
