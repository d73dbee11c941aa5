import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { KeptSources } from "./kept-sources.ts";

const settings = [{ name: "water", quantity: "volume", unit: "m³", maxAge: 3_600_000, topic: undefined }];

const setup = (stored?: unknown) => {
  const clock = new VirtualClock();
  const saves: unknown[] = [];
  const failed: string[] = [];
  let broken = false;
  const sources = new KeptSources({
    ...{ settings, clock, failed: (text: string) => void failed.push(text) },
    folder: {
      sources: {
        load: async () => stored,
        save: async (kept) => {
          if (broken) throw new Error("disk full");
          saves.push(structuredClone(kept));
        },
      },
    },
  });
  return { clock, saves, failed, sources, breakDisk: () => (broken = true) };
};

describe("sources that are kept", () => {
  test("the first reading is saved at once, and later ones once a minute", async () => {
    const { clock, saves, sources } = setup();
    for (let n = 0; n < 170; n++) {
      sources.take("water", { value: n }, clock.wall());
      await clock.advance(1_000);
    }
    assert.equal(saves.length, 3);
    assert.equal((saves.at(-1) as { water: { value: number } }).water.value, 119);
    sources.close();
    await clock.settle();
    assert.equal((saves.at(-1) as { water: { value: number } }).water.value, 169);
    assert.equal(clock.pending, 0);
  });

  test("an answer waits for the readings of an earlier run, which a newer one replaces", async () => {
    const at = Date.UTC(2026, 0, 1) - 1_000;
    const { sources } = setup({ water: { value: 5, at } });
    assert.ok((await sources.answer()).length > 0);
    const newer = setup({ water: { value: 5, at } });
    newer.sources.take("water", { value: 6 }, at + 500);
    await newer.sources.answer();
    assert.deepEqual(newer.sources.states()[0]?.said, { value: 6 });
  });

  test("a disk that takes nothing is told, and nothing else stops", async () => {
    const { clock, failed, sources, breakDisk } = setup();
    breakDisk();
    sources.take("water", { value: 1 }, clock.wall());
    await clock.settle();
    assert.deepEqual(failed, ["disk full"]);
    assert.ok((await sources.answer()).length > 0);
  });
});
