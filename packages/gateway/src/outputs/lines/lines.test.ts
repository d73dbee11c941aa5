import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { reading } from "@meterport/engine/testing/fake-meter";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import { VirtualClock } from "../../../../../test/support/virtual-clock.ts";
import { household, moment } from "./face-world.test-kit.ts";
import { figuresOf } from "./figures.ts";
import { NewestOnly, type Taker } from "./newest-only.ts";
import { startTicker } from "./ticker.ts";

class FakeTaker {
  writableLength = 0;
  readonly got: number[] = [];
  destroyed = false;

  write(bytes: Uint8Array): boolean {
    this.got.push(bytes[0] ?? -1);
    return true;
  }

  destroy(): void {
    this.destroyed = true;
  }
}

const taker = (fake: FakeTaker): Taker => fake as unknown as Taker;

describe("a client that takes only the newest", () => {
  test("gets nothing more while something waits for it, and is left after the patience", () => {
    const newest = new NewestOnly(10_000);
    const [slow, quick] = [new FakeTaker(), new FakeTaker()];
    newest.give(taker(slow), Uint8Array.of(1), 0);
    slow.writableLength = 500;
    for (let second = 1; second <= 10; second++) {
      assert.equal(newest.give(taker(slow), Uint8Array.of(2), second * 1_000), false);
      assert.equal(newest.give(taker(quick), Uint8Array.of(2), second * 1_000), true);
    }
    assert.deepEqual([slow.got, slow.destroyed, quick.got.length], [[1], false, 10]);
    newest.give(taker(slow), Uint8Array.of(2), 11_000);
    assert.equal(slow.destroyed, true);
  });

  test("is not left if it took something in between", () => {
    const newest = new NewestOnly(10_000);
    const client = new FakeTaker();
    client.writableLength = 1;
    newest.give(taker(client), Uint8Array.of(1), 0);
    client.writableLength = 0;
    newest.give(taker(client), Uint8Array.of(2), 9_000);
    client.writableLength = 1;
    newest.give(taker(client), Uint8Array.of(3), 12_000);
    assert.deepEqual([client.got, client.destroyed], [[2], false]);
  });
});

describe("a ticker", () => {
  const setup = (repeats: boolean, does = (): boolean => true) => {
    const clock = new VirtualClock();
    const times: number[] = [];
    const ticker = startTicker(clock, 1_000, repeats, () => {
      const did = does();
      if (did) times.push(clock.now());
      return did;
    });
    return { clock, times, ticker };
  };

  test("comes each second, at once for news, and for only about one of them each second", async () => {
    const { clock, times, ticker } = setup(true);
    await clock.advance(2_000);
    await clock.advance(950);
    ticker.poke();
    await clock.advance(100);
    ticker.poke();
    ticker.poke();
    await clock.advance(350);
    ticker.poke();
    await clock.advance(1_500);
    assert.deepEqual(times, [1_000, 2_000, 2_950, 3_250, 4_150]);
    ticker.stop();
    ticker.poke();
    assert.equal(clock.pending, 0);
  });

  test("lets news wait for no more than a tenth of the round after a repetition", async () => {
    const { clock, times, ticker } = setup(true);
    await clock.advance(1_000);
    ticker.poke();
    await clock.advance(1_050);
    ticker.poke();
    await clock.advance(1_000);
    assert.deepEqual(times, [1_000, 1_100, 2_050]);
    ticker.stop();
  });

  test("repeats nothing just before news that are due, and half a round later if they do not come", async () => {
    const heard = async (news: readonly number[], end: number): Promise<readonly number[]> => {
      const { clock, times, ticker } = setup(true);
      for (const time of news) {
        await clock.advance(time - clock.now());
        ticker.poke();
      }
      await clock.advance(end - clock.now());
      ticker.stop();
      return times;
    };
    assert.deepEqual(await heard([0, 990, 2_030, 3_010], 5_500), [0, 990, 2_030, 3_010, 4_490, 5_490]);
    const eachTwoSeconds = [0, 1_000, 2_000, 2_100, 3_100, 4_150, 5_150, 6_700];
    assert.deepEqual(await heard([0, 2_040, 4_150], 7_000), eachTwoSeconds);
  });

  test("comes for news alone if it does not repeat, and the last news is never lost", async () => {
    const { clock, times, ticker } = setup(false);
    await clock.advance(5_000);
    ticker.poke();
    await clock.advance(200);
    ticker.poke();
    await clock.advance(5_000);
    assert.deepEqual(times, [5_000, 5_300]);
    ticker.stop();
  });

  test("lets news through at once after it had nothing to say", async () => {
    let has = false;
    const { clock, times, ticker } = setup(true, () => has);
    await clock.advance(2_100);
    has = true;
    ticker.poke();
    assert.deepEqual(times, [2_100]);
    ticker.stop();
  });
});

describe("figures", () => {
  const figures = (values: Partial<LiveReading>, total = (_: string): number | null => null) =>
    figuresOf({ total }, { id: "home", ...reading(moment, values) });

  test("follow from the live values", () => {
    const { current_sum_a, voltage_mean_v, power_factor, apparent_power_l1_va, reactive_power_var } =
      figures(household);
    assert.equal(Math.round((current_sum_a ?? 0) * 100), 539);
    assert.equal(Math.round((voltage_mean_v ?? 0) * 10), 2_314);
    assert.equal(Math.round((power_factor ?? 0) * 1_000), 995);
    assert.equal(Math.round(apparent_power_l1_va ?? 0), 488);
    assert.equal(reactive_power_var, -120);
  });

  test("are null where something that they need is unknown, never 0", () => {
    for (const [key, value] of Object.entries(figures({}))) assert.equal(value, null, key);
    assert.equal(figures({ power_w: -5 }).power_import_w, 0);
    assert.equal(figures({ power_w: -5 }).power_export_w, 5);
    assert.equal(figures({ power_w: 100, apparent_power_va: 0 }).power_factor, null);
  });

  test("add up the phases that the meter has, but not what was left when one could not be read", () => {
    assert.equal(figures({ current_l1_a: 3 }).current_sum_a, 3);
    assert.equal(figures({ current_l1_a: 3, quality: "partial" }).current_sum_a, null);
  });

  test("take registers from the point, not from the meter", () => {
    assert.equal(figures(household, () => 7).energy_import_wh, 7);
    assert.equal(figures(household).energy_import_wh, null);
  });
});
