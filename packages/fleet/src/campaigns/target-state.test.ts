import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  isOpen,
  stateAfter,
  stateOf,
  type TargetEvent,
  type TargetState,
  targetStates,
  transitions,
} from "./target-state.ts";

const states = Object.keys(targetStates) as TargetState[];
const events: readonly TargetEvent[] = ["read", "failed", "refused", "nothing", "over", "cancel", "again"];

test("each state takes each event as the table says", () => {
  // In the order of `events`; "." is no change.
  const expected: Readonly<Record<TargetState, string>> = {
    waiting: "d f r g x c .",
    failed: "d f r g x c .",
    done: ". . . . . . .",
    refused: "d . . . . . w",
    gone: "d . . . . . .",
    expired: "d . . . . . w",
    cancelled: ". . . . . . w",
  };
  for (const state of states) {
    const found = events.map((event) => {
      const after = stateAfter(state, event);
      return after === state && !(state === "failed" && event === "failed") ? "." : targetStates[after];
    });
    assert.equal(found.join(" "), expected[state], state);
  }
});

test("only what somebody asked for opens a target again", () => {
  for (const state of states.filter((each) => !isOpen(each)))
    for (const event of events.filter((each) => each !== "again"))
      assert.equal(isOpen(stateAfter(state, event)), false, `${state}, ${event}`);
});

test("every open state can end, and each state is stored as a character of its own", () => {
  for (const state of states.filter(isOpen))
    for (const event of ["read", "refused", "nothing", "over", "cancel"] as const)
      assert.ok(transitions[state][event] !== undefined);
  for (const state of states) assert.equal(stateOf(targetStates[state]), state);
  assert.equal(stateOf("?"), undefined);
});

test("docs/machines/campaigns.md names each state and what it can become", () => {
  const page = readFileSync(new URL("../../../../docs/machines/campaigns.md", import.meta.url), "utf8");
  const told = new Map(
    [...page.matchAll(/^\| `(\w+)` \| [^|]+\|([^|]*)\|$/gm)].map(([, state, becomes]) => [state, becomes]),
  );
  assert.deepEqual([...told.keys()], states);
  for (const state of states.filter((each) => !isOpen(each))) {
    const becomes = [...(told.get(state) ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name);
    assert.deepEqual(becomes.sort(), [...new Set(Object.values(transitions[state]))].sort(), state);
  }
});
