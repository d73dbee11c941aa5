import assert from "node:assert/strict";
import { test } from "node:test";
import type { CompanionPoint } from "@meterport/gateway/operation/companion";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { ToldMemory } from "../shards/told.ts";
import { MemoryTelling } from "./memory-telling.ts";

const day = 86_400_000;

test("what meters remember is told once each, again when it changes or could not be told, and all of it each hour", async () => {
  const clock = new VirtualClock();
  const keptFor = new Map<string, number | null>([
    ["hall", 60 * day],
    ["attic", null],
  ]);
  const told: (readonly ToldMemory[])[] = [];
  let isAway = true;
  const telling = new MemoryTelling({
    clock,
    points: () => ["unknown", ...keptFor.keys()],
    gateway: {
      point: (id) =>
        keptFor.has(id)
          ? ({
              profile: () => ({ state: "complete", settled: null, open: 0, keptFor: keptFor.get(id) }),
            } as CompanionPoint)
          : undefined,
    },
    tell: async (some) => {
      if (isAway) throw new Error("the database is away");
      told.push(some);
    },
  });
  const news = async () => {
    await telling.look();
    return told.splice(0).flatMap((some) => some.map(({ point, keptFor: time }) => `${point} ${time / day}`));
  };
  await assert.rejects(telling.look(), /away/);
  isAway = false;
  assert.deepEqual(await news(), ["hall 60"]);
  assert.deepEqual(await news(), []);
  keptFor.set("attic", 42 * day);
  assert.deepEqual(await news(), ["attic 42"]);
  keptFor.set("hall", 30 * day);
  assert.deepEqual(await news(), ["hall 30"]);
  await clock.advance(3_600_000);
  assert.deepEqual(await news(), ["hall 30", "attic 42"]);
});
