import assert from "node:assert/strict";
import { test } from "node:test";
import { type Chosen, chosenIn, queryOf } from "./chosen.ts";

test("what was chosen comes back from the address", () => {
  const cases: readonly Chosen[] = [
    { q: "", states: [], group: undefined, sort: "configured" },
    { q: "a&b=ü", states: ["refused", "silent"], group: "", sort: "power" },
    { q: " ", states: ["up"], group: "North <wing>", sort: "name" },
  ];
  for (const chosen of cases) {
    const query = Object.fromEntries(Object.entries(queryOf(chosen)).filter(([, value]) => value !== undefined));
    assert.deepEqual(chosenIn(query), chosen);
  }
});

test("an address that means nothing is the whole list", () => {
  assert.deepEqual(chosenIn({ state: "sleepy", sort: "size", page: "3" }), chosenIn({}));
  assert.equal(chosenIn({ q: "x".repeat(5000) }).q.length, 100);
});
