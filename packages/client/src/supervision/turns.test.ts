import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { StopSignal } from "../session/stop-signal.ts";
import { Turns, type TurnsOptions } from "./turns.ts";

const setup = (options: Partial<TurnsOptions> = {}) => {
  const clock = new VirtualClock();
  const turns = new Turns({ clock, ...options });
  const signal = new StopSignal();
  const begun: { group: string; at: number }[] = [];
  let [now, most] = [0, 0];
  /** Has a turn of some length; returns when it is over. */
  const work = async (group: string, takes = 1_000): Promise<void> => {
    const end = await turns.take(group, signal);
    begun.push({ group, at: clock.now() });
    most = Math.max(most, ++now);
    await new Promise<void>((resolve) => clock.at(clock.now() + takes, resolve));
    now--;
    end();
  };
  return { clock, turns, signal, begun, work, most: () => most };
};

test("a home's few meters begin at once", async () => {
  const { clock, work, begun } = setup();
  for (let i = 0; i < 8; i++) void work("bridge");
  await clock.settle();
  assert.deepEqual(
    begun.map(({ at }) => at),
    Array(8).fill(0),
  );
  await clock.advance(5_000);
  assert.equal(clock.pending, 0, "nothing runs on");
});

test("ten thousand do not begin in one second, all have their turn, and never too many at a time", async () => {
  const { clock, work, begun, most } = setup({ most: 256, perGroup: 32 });
  const all = Promise.all(Array.from({ length: 10_000 }, (_, i) => work(`bridge ${i % 400}`)));
  await clock.advance(1_000);
  assert.ok(begun.length < 300, `${begun.length} in the first second`);
  await clock.run(all);
  assert.equal(begun.length, 10_000);
  assert.ok(most() <= 256, `${most()} at a time`);
  assert.ok(clock.now() < 60_000, `${clock.now()} ms for all`);
});

test("meters that share a bridge share its turns, and another bridge does not wait behind them", async () => {
  const { clock, work, begun } = setup({ perGroup: 4 });
  for (let i = 0; i < 100; i++) void work("crowded");
  void work("lonely");
  await clock.advance(500);
  assert.equal(begun.filter(({ group }) => group === "crowded").length, 4);
  assert.deepEqual(
    begun.filter(({ group }) => group === "lonely"),
    [{ group: "lonely", at: 0 }],
  );
  await clock.advance(1_000);
  assert.equal(begun.filter(({ group }) => group === "crowded").length, 8);
});

test("groups take turns in rotation when all want more than there is", async () => {
  const { clock, work, begun } = setup({ most: 10, perGroup: 10 });
  for (let i = 0; i < 50; i++) void work("one");
  for (let i = 0; i < 50; i++) void work("two");
  await clock.advance(3_500);
  const later = begun.filter(({ at }) => at >= 1_000);
  const ofOne = later.filter(({ group }) => group === "one").length;
  assert.ok(Math.abs(2 * ofOne - later.length) <= 1, `${ofOne} of ${later.length}`);
});

test("a machine that is behind lets fewer begin", async () => {
  const slow = setup();
  // Timers come 50 ms late, as if the loop were held.
  const { at, now } = slow.clock;
  Object.assign(slow.clock, { at: (time: number, task: () => void) => at(time + 50, task), now });
  const quick = setup();
  for (const { work } of [slow, quick]) for (let i = 0; i < 1_000; i++) void work(`${i % 100}`, 100);
  await slow.clock.advance(3_000);
  await quick.clock.advance(3_000);
  assert.ok(slow.begun.length < 100, `${slow.begun.length} on a slow machine`);
  assert.ok(quick.begun.length > 500, `${quick.begun.length} on a quick one`);
});

test("who gives up waiting leaves the queue, and ends its turn only once", async () => {
  const { clock, turns } = setup({ perGroup: 1 });
  const [first, second, third] = [new StopSignal(), new StopSignal(), new StopSignal()];
  const end = await turns.take("port", first);
  const waiting = turns.take("port", second);
  const last = turns.take("port", third);
  second.raise();
  (await waiting)();
  assert.deepEqual(turns.counts, { used: 1, waiting: 1 });
  end();
  end();
  const endLast = await last;
  assert.deepEqual(turns.counts, { used: 1, waiting: 0 });
  endLast();
  assert.deepEqual(turns.counts, { used: 0, waiting: 0 });
  const gone = new StopSignal();
  gone.raise();
  (await turns.take("port", gone))();
  assert.deepEqual(turns.counts, { used: 0, waiting: 0 });
  await clock.advance(1_000);
  assert.equal(clock.pending, 0);
});
