import assert from "node:assert/strict";
import { test } from "node:test";
import type { PointView } from "@meterport/engine/ports/output";
import { VirtualClock } from "../../../../../test/support/virtual-clock.ts";
import { LinkWords } from "./link-words.ts";
import type { LinkWord } from "./upstream-requests.ts";

test("what changed of links is told, some hundred at a time, and each minute that the gateway is there", async () => {
  const clock = new VirtualClock();
  const words = new LinkWords(clock);
  const states = new Map<string, { state: string; problem: string | null }>();
  const points = () =>
    [...states].map(([id, link]) => ({
      id,
      detail: () => ({ link: { ...link, cause: "no-answer", since: "2026-01-01T00:00:00.000Z" } }),
    })) as unknown as readonly PointView[];
  const told: (readonly LinkWord[])[] = [];
  let isAway = false;
  const look = async () => {
    await words.tell(points(), async (links) => {
      if (isAway) throw new Error("away");
      told.push(links);
    });
    return told.splice(0).map((links) => links.map(({ point, state, cause }) => `${point} ${state} ${cause}`));
  };
  states.set("home", { state: "up", problem: null });
  assert.deepEqual([await look(), await look()], [[["home up no-answer"]], []]);
  states.set("home", { state: "silent", problem: "x".repeat(900) });
  isAway = true;
  await assert.rejects(look(), /away/);
  isAway = false;
  assert.deepEqual(await look(), [[`home silent ${"x".repeat(500)}`]]);
  await clock.advance(59_000);
  assert.deepEqual(await look(), []);
  await clock.advance(1_000);
  assert.deepEqual([await look(), await look()], [[[]], []]);
  for (let n = 0; n < 1_200; n++) states.set(`flat-${n}`, { state: "up", problem: null });
  assert.deepEqual(
    (await look()).map(({ length }) => length),
    [500, 500, 200],
  );
  states.delete("home");
  assert.deepEqual(await look(), []);
  states.set("home", { state: "silent", problem: null });
  assert.deepEqual(await look(), [["home silent no-answer"]], "it was away, so it is told again");
});
