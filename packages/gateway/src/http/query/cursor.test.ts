import assert from "node:assert/strict";
import { test } from "node:test";
import { cursorOf, parseCursor } from "./cursor.ts";

const forged = (text: string): string => Buffer.from(text, "utf8").toString("base64url");

test("a cursor comes back as it was given", () => {
  for (const [number, name] of [
    [0, ""],
    [1_764_411_600_000, "log:4711"],
    [253_402_300_799_999, "outage:ü:1"],
  ] as const)
    assert.deepEqual(parseCursor(cursorOf(number, name)), { number, name });
});

test("what no store could look up is no cursor", () => {
  for (const text of ["1:a\0b", "1:a\nb", "-1:a", "9999999999999999:a", "1e3:a", ":a", "1", "", "1:\ufffd\0"])
    assert.equal(parseCursor(forged(text)), undefined, JSON.stringify(text));
  for (const cursor of ["", "ä", "=", "x".repeat(201)]) assert.equal(parseCursor(cursor), undefined, cursor);
});
