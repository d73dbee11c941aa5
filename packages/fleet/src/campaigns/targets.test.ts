import assert from "node:assert/strict";
import { test } from "node:test";
import { parseQuiet } from "@meterport/engine/plan/quiet";
import type { Entropy } from "@meterport/protocol/ports";
import fc from "fast-check";
import { type Campaign, campaignProblems, usualRetry } from "./campaign.ts";
import { isOpen } from "./target-state.ts";
import {
  afterAttempt,
  afterEnd,
  type CampaignMeter,
  isDue,
  mayTakeAlong,
  priorityAfter,
  type Target,
  targetsOf,
} from "./targets.ts";
import { mayRead } from "./windows.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const opens = Date.UTC(2026, 10, 30);
const offset = () => hour;
const even: Entropy = (length) => new Uint8Array(length);
const most: Entropy = (length) => new Uint8Array(length).fill(255);

const nightly: Campaign = {
  ...{ id: 7, reads: ["registers"], opens, closes: opens + 3 * day, priority: 5, spread: 2 * hour, retry: usualRetry },
  windows: parseQuiet("01:30-05:30"),
};
const meter = (number: number): CampaignMeter => ({
  meter: number,
  site: Math.floor(number / 4),
  shard: number % 8,
  offset,
});
const meters = Array.from({ length: 1_000 }, (_, i) => meter(i + 1));
const failed = { event: "failed", reason: "The meter did not answer." } as const;

test("a campaign becomes one target for each meter, in the order of their numbers, whatever is named twice", () => {
  const targets = targetsOf(nightly, [...meters.toReversed(), meter(3), meter(3)]);
  assert.deepEqual(
    targets.map((target) => target.meter),
    meters.map((each) => each.meter),
  );
  assert.deepEqual(targets, targetsOf(nightly, meters));
  assert.ok(targets.every(({ state, attempts, reason }) => state === "waiting" && attempts === 0 && reason === null));
});

test("first attempts are spread evenly from the first opening on", () => {
  const first = opens + 30 * minute;
  const quarters = new Array<number>(8).fill(0);
  for (const { nextAt } of targetsOf(nightly, meters)) {
    assert.ok(nextAt >= first && nextAt < first + 2 * hour);
    const quarter = Math.floor((nextAt - first) / (15 * minute));
    quarters[quarter] = (quarters[quarter] ?? 0) + 1;
  }
  assert.ok(Math.min(...quarters) > 80 && Math.max(...quarters) < 170, `${quarters}`);
});

test("first attempts lie within the window even if they were to be spread over a longer time", () => {
  for (const { nextAt } of targetsOf({ ...nightly, spread: day }, meters))
    assert.ok(mayRead(nightly.windows, nextAt, offset));
});

test("a campaign that closes before its window opens has expired for its meters, which say why", () => {
  const [target] = targetsOf({ ...nightly, closes: opens + 10 * minute, spread: 0 }, [meter(1)]);
  assert.equal(target?.state, "expired");
  assert.match(target?.reason ?? "", /No window/);
});

const start = (): Target => targetsOf({ ...nightly, spread: 0 }, [meter(1)])[0] as Target;

test("a failed target rests twice as long each time, and a random part less", () => {
  let target = start();
  let now = target.nextAt;
  const rests: number[] = [];
  for (let n = 0; n < 4; n++) {
    target = afterAttempt(target, nightly, failed, { now, offset, entropy: even });
    rests.push((target.nextAt - now) / minute);
    now = target.nextAt;
  }
  assert.deepEqual(rests, [2, 4, 8, 16]);
  assert.equal(target.state, "failed");
  assert.equal(target.attempts, 4);
  const early = afterAttempt(start(), nightly, failed, { now: start().nextAt, offset, entropy: most });
  assert.equal(early.nextAt - start().nextAt, 1.5 * minute);
});

test("a rest that ends outside the window ends within the next one, not at its first moment for all", () => {
  const now = opens + 4 * hour + 29 * minute;
  const next = targetsOf(nightly, meters).map(
    (target) => afterAttempt(target, nightly, failed, { now, offset, entropy: even }).nextAt,
  );
  assert.ok(next.every((at) => at >= opens + day + 30 * minute && at < opens + day + 2.5 * hour));
  assert.ok(new Set(next).size > 900);
});

test("a target expires when no attempt fits any more, with the reason of the last failure", () => {
  const now = opens + 2 * day + 4 * hour + 29 * minute;
  const target = afterAttempt(start(), nightly, failed, { now, offset, entropy: even });
  assert.deepEqual([target.state, target.reason], ["expired", failed.reason]);
  const once = { ...nightly, retry: { ...usualRetry, attempts: 1 } };
  assert.equal(afterAttempt(start(), once, failed, { now: start().nextAt, offset, entropy: even }).state, "expired");
});

test("what arrives after the end counts, and a failure after the end changes nothing", () => {
  const context = { now: opens + 9 * day, offset, entropy: even };
  const over = afterEnd(start());
  assert.equal(over.state, "expired");
  assert.equal(afterAttempt(over, nightly, failed, context), over);
  const read = afterAttempt(over, nightly, { event: "read", reason: null }, context);
  assert.equal(read.state, "done");
  assert.equal(afterEnd(read), read);
});

test("the priority falls with each attempt and stays a priority", () => {
  assert.deepEqual(
    [0, 1, 5, 50].map((attempts) => priorityAfter(5, attempts)),
    [5, 4, 0, 0],
  );
});

test("a target is due in its window, while its site is not paused and its campaign is open", () => {
  const target = start();
  const at = (now: number, paused = new Map<number, number>()) => isDue(target, nightly, { now, offset, paused });
  assert.equal(at(target.nextAt - 1), false);
  assert.equal(at(target.nextAt), true);
  assert.equal(at(opens + 5 * hour), false, "the window has closed");
  assert.equal(at(opens + day + hour), true, "the next night");
  assert.equal(at(nightly.closes + hour), false, "the campaign has closed");
  const paused = new Map([[target.site, target.nextAt + hour]]);
  assert.equal(at(target.nextAt, paused), false);
  assert.equal(at(target.nextAt + hour, paused), true);
  assert.equal(isDue({ ...target, state: "done" }, nightly, { now: target.nextAt, offset, paused: new Map() }), false);
});

test("a visit that is made anyway takes a target along before its turn, but never outside of its window", () => {
  const target = { ...start(), nextAt: opens + 4 * hour };
  const at = (now: number, paused = new Map<number, number>()) =>
    mayTakeAlong(target, nightly, { now, offset, paused });
  assert.equal(at(opens + hour), true);
  assert.equal(at(opens + 5 * hour), false);
  assert.equal(at(opens + hour, new Map([[target.site, opens + day]])), false);
});

test("whatever fails, attempts lie within windows, and each target ends", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 60, maxLength: 60 }),
      fc.constantFrom("01:30-05:30", "23:00-01:00, 12:00-12:10", "00:00-23:59"),
      fc.integer({ min: 0, max: 59 }),
      (bytes, windows, successAt) => {
        const campaign = { ...nightly, windows: parseQuiet(windows) };
        const [first] = targetsOf(campaign, [meter(1)]);
        let target = first as Target;
        for (const [n, byte] of bytes.entries()) {
          if (!isOpen(target.state)) break;
          assert.ok(mayRead(campaign.windows, target.nextAt, offset) && target.nextAt < campaign.closes);
          const context = { now: target.nextAt, offset, entropy: () => Uint8Array.of(byte) };
          target = afterAttempt(target, campaign, n === successAt ? { event: "read", reason: null } : failed, context);
        }
        assert.ok(!isOpen(target.state) && target.attempts <= campaign.retry.attempts);
      },
    ),
    { numRuns: 100 },
  );
});

test("each thing that is wrong with a campaign is one sentence", () => {
  assert.deepEqual(campaignProblems(nightly), []);
  const wrong = {
    ...nightly,
    ...{ reads: [], closes: opens, priority: 12, spread: -1 },
    windows: [{ from: 5, to: 5 }],
    retry: { first: 0, longest: 0, attempts: 0 },
  };
  assert.equal(campaignProblems(wrong).length, 6);
  assert.match(campaignProblems({ ...nightly, reads: ["soup" as "clock"] }).join(), /nothing else/);
  assert.match(campaignProblems({ ...nightly, closes: Number.NaN }).join(), /close after it opens/);
});
