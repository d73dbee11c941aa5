import assert from "node:assert/strict";
import { test } from "node:test";
import { listMove } from "./list-keys.ts";

test("keys move within a list and stop at its ends", () => {
  const cases: readonly (readonly [key: string, active: number, expected: number | null])[] = [
    ["ArrowDown", -1, 0],
    ["ArrowDown", 9, 9],
    ["ArrowUp", -1, 9],
    ["ArrowUp", 0, 0],
    ["PageDown", 2, 6],
    ["PageDown", 8, 9],
    ["PageUp", 2, 0],
    ["Home", 5, 0],
    ["End", 5, 9],
    ["Tab", 5, null],
    ["x", 5, null],
  ];
  for (const [key, active, expected] of cases) assert.equal(listMove(key, active, 10, 4), expected, `${key} ${active}`);
});

test("an empty list has nowhere to go", () => {
  for (const key of ["ArrowDown", "ArrowUp", "Home", "End", "PageDown"]) assert.equal(listMove(key, -1, 0, 4), null);
});
