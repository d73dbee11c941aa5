import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { FakeMeter, logEvent } from "../testing/fake-meter.ts";
import { MeterLog } from "./meter-log.ts";

const setup = (entries: number) => {
  const clock = new VirtualClock({ wall: Date.UTC(2026, 0, 1, 12) });
  const source = new FakeMeter(clock);
  source.log = Array.from({ length: entries }, (_, i) => logEvent(1000 - i));
  return { clock, source, log: new MeterLog({ source, clock }) };
};

test("the log is read once a minute, however many callers ask", async () => {
  const { clock, source, log } = setup(300);
  const many = await clock.run(Promise.all(Array.from({ length: 50 }, (_, i) => log.read(1 + (i % 25)))));
  assert.deepEqual(source.logReads, [25]);
  assert.deepEqual(
    many.slice(0, 3).map(({ entries }) => entries.map(({ sequence }) => sequence)),
    [[1000], [1000, 999], [1000, 999, 998]],
  );
  assert.equal(many[0]?.time, Date.UTC(2026, 0, 1, 12) + 50);
  await clock.advance(59_000);
  await clock.run(log.read(25));
  assert.equal(source.logReads.length, 1);
  await clock.advance(2_000);
  await clock.run(log.read(25));
  assert.equal(source.logReads.length, 2);
});

test("requests within a minute cost two reads at most, one after the other", async () => {
  const { clock, source, log } = setup(300);
  const counts = Array.from({ length: 100 }, (_, i) => i + 1);
  const answers = await clock.run(Promise.all(counts.map((count) => log.read(count))));
  assert.deepEqual(source.logReads, [25, 100]);
  assert.deepEqual(
    answers.map(({ entries }) => entries.length),
    counts,
  );
  assert.equal(answers[24]?.time, Date.UTC(2026, 0, 1, 12) + 50);
  assert.equal(answers[99]?.time, Date.UTC(2026, 0, 1, 12) + 100);
});

test("a short log is complete after one read", async () => {
  const { clock, source, log } = setup(7);
  assert.equal((await clock.run(log.read(10))).entries.length, 7);
  assert.equal((await clock.run(log.read(100))).entries.length, 7);
  assert.deepEqual(source.logReads, [25]);
});

test("a meter that does not give its log is left alone for some seconds, and then asked again", async () => {
  const { clock, source, log } = setup(7);
  source.logFails = new LinkError("no-answer", "read BT74", "no answer after 3 attempts");
  const refused = () => clock.run(assert.rejects(log.read(10), /no answer after 3 attempts/));
  await refused();
  await refused();
  assert.equal(source.logReads.length, 1);
  await clock.advance(5_000);
  await refused();
  assert.equal(source.logReads.length, 2);
  source.logFails = undefined;
  await clock.advance(5_000);
  assert.equal((await clock.run(log.read(10))).entries.length, 7);
});

test("entries already read survive a failed longer read", async () => {
  const { clock, source, log } = setup(300);
  await clock.run(log.read(10));
  source.logFails = new LinkError("no-answer", "read BT74", "no answer after 3 attempts");
  await clock.run(assert.rejects(log.read(100)));
  assert.equal((await clock.run(log.read(25))).entries.length, 25);
});
