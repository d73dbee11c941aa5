import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LinkStatus } from "@meterport/client/supervision/link-status";
import { parseQuiet } from "@meterport/engine/plan/quiet";
import { FakeMeter } from "@meterport/engine/testing/fake-meter";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { QuietSource } from "./quiet-source.ts";

const second = 1_000;
const minute = 60 * second;
/** The next full minute is 02:00 there. */
const setUp = (text = "02:10-02:18", at = "02:00") => {
  const clock = new VirtualClock();
  const [hours = 0, minutes = 0] = at.split(":").map(Number);
  const meant = (60 * hours + minutes) * minute;
  const offset = meant - (clock.wall() % (24 * 60 * minute));
  const made: FakeMeter[] = [];
  const make = (): FakeMeter => {
    const meter = new FakeMeter(clock);
    meter.retries = 3;
    made.push(meter);
    return meter;
  };
  const source = new QuietSource({ make, windows: parseQuiet(text), clock, offset: () => offset });
  const told: string[] = [];
  source.listen(({ state, cause }: LinkStatus) => told.push(cause === null ? state : `${state} ${cause.code}`));
  return { clock, source, made, told };
};

describe("a meter with quiet windows", () => {
  test("is closed before the window, gives the reason, and starts again after it", async () => {
    const { clock, source, made, told } = setUp();
    source.start();
    await clock.advance(9 * minute);
    assert.equal(source.status().state, "up");
    await clock.advance(45 * second);
    const { state, cause, answering } = source.status();
    assert.deepEqual([state, cause?.code, answering], ["paused", "quiet", false]);
    assert.match(cause?.text ?? "", /^the meter is not read from 02:10 to 02:18, a quiet window of the configuration$/);
    assert.deepEqual([made.length, made[0]?.closes], [1, 1]);
    await assert.rejects(source.read(second), { code: "closed", message: /not read from 02:10 to 02:18/ });
    await assert.rejects(source.events(10, second), {
      code: "closed",
      message: /^read the event log: .*not read from/,
    });
    assert.deepEqual(made[0]?.logReads, []);
    assert.ok(source.identity() !== null, "its identity stays known");
    await clock.advance(8 * minute);
    assert.equal(source.status().state, "paused");
    await clock.advance(minute);
    assert.deepEqual([source.status().state, made.length], ["up", 2]);
    assert.deepEqual(told, ["up", "paused quiet", "connecting", "up"]);
    assert.equal(source.status().counters.retries, 6, "counters continue");
    await source.close();
    assert.equal(made[1]?.closes, 1);
  });

  test("lets a read in progress end first, but not one that hangs", async () => {
    for (const hangs of [false, true]) {
      const { clock, source, made } = setUp();
      source.start();
      await clock.advance(9 * minute + 39 * second);
      const [meter] = made as [FakeMeter];
      meter.readTakes = 5 * second;
      meter.hangs = hangs;
      const outcome = source.read(60 * second).then(
        () => "read",
        () => "failed",
      );
      await clock.advance(3 * second);
      assert.deepEqual([source.status().state, meter.closes], ["paused", 0]);
      await clock.advance(17 * second + second);
      assert.equal(meter.closes, 1, "closed when the window begins");
      if (!hangs) assert.equal(await outcome, "read");
      await clock.advance(minute);
      await source.close();
    }
  });

  test("reads nothing if the program starts in a window", async () => {
    const { clock, source, made, told } = setUp("23:50-00:10", "23:55");
    source.start();
    await clock.advance(14 * minute);
    assert.deepEqual(
      [source.status().state, made[0]?.status().state, made[0]?.reads.length],
      ["paused", "connecting", 0],
    );
    await clock.advance(2 * minute);
    assert.equal(source.status().state, "up");
    assert.equal(told[0], "paused quiet");
    await source.close();
  });

  test("stays quiet without a break if one window follows another", async () => {
    const { clock, source, made } = setUp("02:10-02:18,02:18-02:20");
    source.start();
    await clock.advance(19 * minute);
    assert.deepEqual([source.status().state, made.length], ["paused", 1]);
    await clock.advance(2 * minute);
    assert.equal(source.status().state, "up");
    await source.close();
  });

  test("can be closed in a window, and stays closed after it", async () => {
    const { clock, source, made } = setUp();
    source.start();
    await clock.advance(12 * minute);
    await source.close();
    await clock.advance(20 * minute);
    assert.equal(made.length, 1);
  });
});
