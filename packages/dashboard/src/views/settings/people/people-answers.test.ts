import assert from "node:assert/strict";
import { test } from "node:test";
import { isPassword, isPast, newTokenOf, tokensOf, usersOf } from "./people-answers.ts";

test("users and tokens are read with care: a right that nobody knows is left out", () => {
  assert.deepEqual(
    usersOf({
      users: [{ name: "anna", scope: "admin", created: "2026-01-01T00:00:00Z" }, { name: "b", scope: "god" }, 4],
    }),
    [{ name: "anna", right: "admin", created: Date.UTC(2026, 0, 1) }],
  );
  assert.deepEqual(tokensOf({ tokens: [{ name: "ha", scope: "read", used: null, expires: "soon" }] }), [
    { name: "ha", right: "read", created: null, used: null, expires: null },
  ]);
  for (const bad of [null, [], { users: 3 }]) assert.equal(usersOf(bad), null);
  assert.deepEqual([newTokenOf({ token: "mp_x" }), newTokenOf({})], ["mp_x", null]);
});

test("a password is counted in characters, and a time that is none has not passed", () => {
  assert.deepEqual(["123456789", "1234567890", "🏠🏠🏠🏠🏠🏠🏠🏠🏠"].map(isPassword), [false, true, false]);
  assert.deepEqual([isPast(null, 5), isPast(5, 5), isPast(6, 5)], [false, true, false]);
});
