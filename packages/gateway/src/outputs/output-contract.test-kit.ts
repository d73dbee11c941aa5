/** What every output must do, whatever its consumer is. One suite, many outputs. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Output } from "@meterport/engine/ports/output";
import { stopwatch } from "../../../../test/support/stopwatch.ts";
import { OutputWorld, until } from "./output-world.test-kit.ts";

/** The other side of an output, as a test holds it. */
export interface Consumer {
  readonly output: Output;
  /** Makes it vanish, and come back with what it had. */
  readonly away: (away: boolean) => Promise<void>;
  /** Makes it take nothing, without a word. */
  readonly stalled: (stalled: boolean) => void;
  /** Sends bytes to the output that mean nothing. */
  readonly garbage: (bytes: Uint8Array) => void;
  /** How many of the changes it has, of those that were made first; it must not have any out of order. */
  readonly changes: () => number | Promise<number>;
  /** The power of a point as a consumer sees it: null if it says that it is unknown; undefined if it says nothing. Without live values omitted. */
  readonly power?: ((point: string) => number | null | undefined) | undefined;
  /** The name of a point; undefined if it knows no such point. Omitted if it knows none. */
  readonly nameOf?: ((point: string) => string | undefined) | undefined;
  readonly done: () => Promise<void>;
}

export interface ContractOptions {
  /** Why the suite cannot run here. */
  readonly skip?: string | false | undefined;
  /** Words that must not be in any status or log. */
  readonly secrets: readonly string[];
}

const seeded = (length: number, seed: number): Uint8Array => {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
};

/** What is only garbage must not count as a backlog. */
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

export const outputContract = (name: string, open: () => Promise<Consumer>, options: ContractOptions): void => {
  const within = async (work: (world: OutputWorld, consumer: Consumer) => Promise<void>): Promise<void> => {
    const consumer = await open();
    const world = new OutputWorld();
    try {
      await work(world, consumer);
      const said = [...world.lines, JSON.stringify(await world.outputs.status())].join("\n");
      for (const secret of options.secrets) assert.ok(!said.includes(secret), "a secret is in the log or the status");
    } finally {
      await world.done();
      await consumer.done();
    }
  };
  const skip = options.skip ?? false;

  describe(`the contract of outputs: ${name}`, () => {
    test("gives its consumer every change in order, and a test says that it works", { skip }, () =>
      within(async (world, consumer) => {
        world.start(consumer.output);
        await world.is("up");
        await world.change(50);
        await world.delivered();
        await until("the consumer has them", async () => (await consumer.changes()) === 50);
        const seen = await world.outputs.test(consumer.output.name);
        assert.equal(seen?.ok, true, seen?.text);
        assert.notEqual((await world.status()).lastDelivered, null);
      }),
    );

    test("tells in one sentence that its consumer is absent, and delivers what it missed", { skip }, () =>
      within(async (world, consumer) => {
        await consumer.away(true);
        world.start(consumer.output);
        await world.is("failing");
        const { problem } = await world.status();
        assert.match(problem ?? "", /^[^\n]{10,300}$/);
        await world.change(5);
        const seen = await world.outputs.test(consumer.output.name);
        assert.equal(seen?.ok, false);
        await consumer.away(false);
        await world.is("up");
        await world.change(5);
        await world.delivered();
        await until("the consumer has them", async () => (await consumer.changes()) === 10);
      }),
    );

    test("loses nothing and keeps the order while its consumer goes and comes back, again and again", { skip }, () =>
      within(async (world, consumer) => {
        world.start(consumer.output);
        await world.is("up");
        for (let n = 0; n < 3; n++) {
          await world.change(300);
          await consumer.away(true);
          await world.change(300);
          await world.is("failing");
          await consumer.away(false);
        }
        await world.is("up");
        await world.delivered(20_000);
        await until("the consumer has them", async () => (await consumer.changes()) === 1_800);
        assert.equal((await world.status()).lost, 0);
      }),
    );

    test("leaves a consumer that takes nothing, names it, and keeps no backlog in memory", { skip }, () =>
      within(async (world, consumer) => {
        world.start(consumer.output);
        await world.is("up");
        world.home.read(Date.now(), { power_w: 1 });
        if (consumer.power !== undefined) await until("a first value", () => consumer.power?.("home") === 1);
        consumer.stalled(true);
        const memory = (): number => {
          collectGarbage();
          return process.memoryUsage().heapUsed + process.memoryUsage().external;
        };
        const before = memory();
        for (let n = 0; n < 50_000; n++) {
          world.home.read(firstReading + n, { power_w: n });
          if (n % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        assert.ok(memory() - before < 40e6, "live values pile up");
        if (consumer.power !== undefined) assert.ok((await world.status()).skipped > 10_000, "old values are skipped");
        await world.change(500);
        await until("it is left", async () => (await world.status()).stuck > 0 || (await world.status()).failures > 0);
        consumer.stalled(false);
        await world.delivered(20_000);
        await until("the consumer has them", async () => (await consumer.changes()) === 500, 30_000);
        world.home.read(Date.now(), { power_w: 77 });
        if (consumer.power !== undefined) await until("the newest value", () => consumer.power?.("home") === 77);
      }),
    );

    test("stops within seconds although its consumer takes nothing", { skip }, () =>
      within(async (world, consumer) => {
        world.start(consumer.output);
        await world.is("up");
        consumer.stalled(true);
        await world.change(500);
        const untilStopped = stopwatch();
        await world.outputs.stop();
        const took = untilStopped();
        assert.ok(took < 3_000, `${took} ms`);
        consumer.stalled(false);
      }),
    );

    test("survives garbage from the other side, and delivers afterwards", { skip }, () =>
      within(async (world, consumer) => {
        world.start(consumer.output);
        await world.is("up");
        for (const seed of [1, 2, 3, 4, 5]) {
          consumer.garbage(seeded(400, seed));
          await new Promise((resolve) => setTimeout(resolve, 60));
        }
        await world.change(20);
        await world.is("up");
        await world.delivered(20_000);
        await until("the consumer has them", async () => (await consumer.changes()) === 20);
      }),
    );

    test("never shows an old or a zero value once values are stale", { skip }, () =>
      within(async (world, consumer) => {
        const { power } = consumer;
        if (power === undefined) return;
        world.start(consumer.output);
        await world.is("up");
        world.home.read(Date.now(), { power_w: 512 });
        await until("the value", () => power("home") === 512);
        world.home.goStale();
        await until("it is unknown", () => power("home") === null || power("home") === undefined);
        await new Promise((resolve) => setTimeout(resolve, 300));
        assert.ok(power("home") === null || power("home") === undefined);
      }),
    );

    test("follows a new name, and takes back a point that is removed", { skip }, () =>
      within(async (world, consumer) => {
        const { nameOf } = consumer;
        world.start(consumer.output);
        await world.is("up");
        for (const view of world.views) view.read(Date.now(), { power_w: 1, energy_import_wh: 1 });
        if (nameOf !== undefined)
          await until("both are known", () => nameOf("home") === "Home" && nameOf("shed") === "Shed");
        world.home.name = "Our house";
        world.views.splice(1, 1);
        world.outputs.pointsChanged();
        await world.change(3, "shed");
        world.changes = 0;
        await world.change(3);
        await world.delivered();
        if (nameOf === undefined) return;
        await until("the new name", () => nameOf("home") === "Our house");
        await until("the shed is gone", () => nameOf("shed") === undefined);
      }),
    );
  });
};

const firstReading = Date.UTC(2026, 7, 1);
