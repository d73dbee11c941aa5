import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Meter } from "@meterport/client";
import { parseQuiet } from "@meterport/engine/plan/quiet";
import type { MeterTask } from "@meterport/engine/ports/meter-source";
import { FakeMeter } from "@meterport/engine/testing/fake-meter";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { PausableSource, type Rest } from "./pausable-source.ts";
import { QuietSource } from "./quiet-source.ts";

const second = 1_000;
const cause = { code: "doctor", text: "the doctor examines the link" };

const setUp = async () => {
  const clock = new VirtualClock();
  const made: FakeMeter[] = [];
  const make = (): FakeMeter => {
    const meter = new FakeMeter(clock);
    made.push(meter);
    return meter;
  };
  const source = new PausableSource({ make, clock });
  const told: string[] = [];
  source.listen((status) => told.push(status.cause === null ? status.state : `${status.state} ${status.cause.code}`));
  source.start();
  await clock.advance(second);
  return { clock, made, make, source, told };
};

/** A rest that takes a while; `log` says what became of it. */
const resting = (clock: VirtualClock, takes: number, log: string[] = []): Rest<string> => ({
  cause,
  limit: 60 * second,
  run: (signal) =>
    new Promise((resolve, reject) => {
      log.push("begun");
      const cancel = clock.at(clock.now() + takes, () => resolve("done"));
      signal.addEventListener("abort", () => {
        cancel();
        log.push("told to end");
        reject(new Error("told to end"));
      });
    }),
});

describe("a meter that can rest", () => {
  test("is closed while somebody else uses its port, says so, and goes on", async () => {
    const { clock, made, source, told } = await setUp();
    const outcome = source.rest(resting(clock, 5 * second));
    await clock.advance(second);
    assert.deepEqual([source.status().state, source.status().cause, made[0]?.closes], ["paused", cause, 1]);
    await assert.rejects(source.read(second), { code: "closed", message: /the doctor examines the link/ });
    await assert.rejects(source.rest(resting(clock, 1)), { code: "closed" }, "one at a time");
    await clock.advance(5 * second);
    assert.equal(await outcome, "done");
    assert.deepEqual(told, ["up", "paused doctor", "connecting", "up"]);
    assert.equal(made.length, 2);
    assert.ok(await clock.run(source.read(second)));
    await source.close();
  });

  test("that is shared ends its tasks at the first close, and its link at the last", async () => {
    const { clock, made, source } = await setUp();
    const [meter] = made;
    assert.ok(meter);
    // A task that ends only when it is told to.
    const ended: string[] = [];
    Object.assign(meter, {
      ask: ({ run }: MeterTask<void>) => run({} as Meter, new AbortController().signal),
    });
    const task = source.ask({
      ...{ label: "read for long", limit: 60 * second },
      run: (_, signal) =>
        new Promise<void>((resolve) => {
          signal.addEventListener("abort", () => {
            ended.push("told to end");
            resolve();
          });
        }),
    });
    source.share();
    await source.close();
    await task;
    assert.deepEqual([ended, meter.closes, source.status().state], [["told to end"], 0, "up"]);
    assert.ok(await clock.run(source.read(second)));
    await source.close();
    assert.equal(meter.closes, 1);
  });

  test("begins only when the read in progress has ended", async () => {
    const { clock, made, source } = await setUp();
    (made[0] as FakeMeter).readTakes = 4 * second;
    const read = source.read(10 * second);
    const log: string[] = [];
    const outcome = source.rest(resting(clock, second, log));
    await clock.advance(3 * second);
    assert.deepEqual([log, made[0]?.closes], [[], 0]);
    await clock.advance(3 * second);
    assert.equal((await read).power_w, 500);
    assert.equal(await outcome, "done");
    await source.close();
  });

  test("goes on after a failure, after the limit, and after work that never ends", async () => {
    const { clock, made, source } = await setUp();
    await assert.rejects(
      source.rest({ cause, limit: second, run: () => Promise.reject(new Error("broken")) }),
      /broken/,
    );
    await clock.advance(second);
    const log: string[] = [];
    const late = source.rest(resting(clock, 600 * second, log));
    late.catch(() => {});
    await clock.advance(61 * second);
    assert.deepEqual(log, ["begun", "told to end"]);
    await assert.rejects(late);
    const endless = source.rest({ cause, limit: 10 * second, run: () => new Promise<never>(() => {}) });
    endless.catch(() => {});
    await clock.advance(14 * second);
    await assert.rejects(endless, { code: "aborted", message: /not done after 10 s/ });
    await clock.advance(second);
    assert.deepEqual([source.status().state, made.length], ["up", 4]);
    await source.close();
  });

  test("ends a rest when it is closed, and does not look for the meter again", async () => {
    const { clock, made, source } = await setUp();
    const log: string[] = [];
    const outcome = source.rest(resting(clock, 30 * second, log));
    outcome.catch(() => {});
    await clock.advance(second);
    await clock.run(source.close());
    await assert.rejects(outcome);
    await clock.advance(60 * second);
    assert.deepEqual([log, made.length], [["begun", "told to end"], 1]);
    await assert.rejects(source.rest(resting(clock, 1)), { code: "closed", message: /removed meanwhile/ });
  });

  test("rests in no quiet window, and a window that begins ends a rest", async () => {
    const { clock, make } = await setUp();
    const offset = 120 * 60_000 - (clock.wall() % 86_400_000);
    const source = new QuietSource({ make, windows: parseQuiet("02:05-02:10"), clock, offset: () => offset });
    source.start();
    await clock.advance(4 * 60_000);
    const log: string[] = [];
    const outcome = source.rest({ ...resting(clock, 300 * second, log), limit: 300 * second });
    outcome.catch(() => {});
    await clock.advance(45 * second);
    assert.deepEqual(log, ["begun", "told to end"]);
    assert.equal(source.status().cause?.code, "quiet");
    await assert.rejects(outcome);
    await assert.rejects(source.rest(resting(clock, 1)), { code: "closed", message: /a quiet window/ });
    await clock.advance(6 * 60_000);
    assert.equal(source.status().state, "up");
    await source.close();
  });
});
