import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, type Typed } from "./campaign-form.ts";

const typed: Typed = {
  name: " Night ",
  reads: new Set(["profile", "registers"]),
  opens: "",
  closes: "2026-11-30T22:00:00Z",
  windows: "00:30-05:30, 22:00-23:00,",
  priority: 5,
  sites: " a, b",
};

test("a campaign is what was typed, in the gateway's order", () => {
  assert.deepEqual(bodyOf(typed), {
    name: "Night",
    reads: ["registers", "profile"],
    closes: "2026-11-30T22:00:00.000Z",
    priority: 5,
    windows: ["00:30-05:30", "22:00-23:00"],
    sites: ["a", "b"],
  });
  const body = bodyOf({ ...typed, opens: "2026-11-29T10:00:00Z", windows: " ", sites: "" });
  assert.deepEqual(body, {
    name: "Night",
    reads: ["registers", "profile"],
    opens: "2026-11-29T10:00:00.000Z",
    closes: "2026-11-30T22:00:00.000Z",
    priority: 5,
  });
});

test("a campaign without a name, something to read or an end is none yet", () => {
  assert.equal(bodyOf({ ...typed, name: "  " }), null);
  assert.equal(bodyOf({ ...typed, reads: new Set() }), null);
  assert.equal(bodyOf({ ...typed, closes: "" }), null);
  assert.equal(bodyOf({ ...typed, opens: "soon" }), null);
});
