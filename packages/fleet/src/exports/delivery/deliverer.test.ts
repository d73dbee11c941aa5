import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { VirtualClock } from "../../../../../test/support/virtual-clock.ts";
import { Deliverer, type DelivererParts } from "./deliverer.ts";
import { created, folderFor, staged } from "./delivery.test-kit.ts";
import { Spool } from "./spool.ts";
import { DeliveryError, FileRefused, type Target } from "./target.ts";

const hour = 3_600_000;
const day = 24 * hour;

/** A target that is away for a while, and counts. */
class AwayTarget implements Target {
  readonly name = "sftp://mdm.example/in";
  isAway = true;
  attempts = 0;
  readonly got: string[] = [];

  async deliver({ files }: Parameters<Target["deliver"]>[0]): Promise<void> {
    this.attempts++;
    if (this.isAway) throw new DeliveryError("no route to host");
    this.got.push(files.at(-1)?.name ?? "");
  }
}

const setUp = (folder: string, target: Target, onAttempt?: DelivererParts["onAttempt"]) => {
  const clock = new VirtualClock({ wall: created });
  const spool = new Spool(folder);
  const lines: string[] = [];
  const deliverer = new Deliverer({
    spool,
    target,
    clock,
    chance: () => 0,
    log: (line) => lines.push(line),
    onAttempt,
  });
  const stop = new AbortController();
  const ended = deliverer.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await ended;
  };
  return { clock, spool, lines, deliverer, end };
};

const nameOf = (n: number): string => `day-${n}.csv`;

describe("delivery", () => {
  test("a target that is gone for a week gets each file afterwards, once and in order", async (t) => {
    const target = new AwayTarget();
    const { clock, spool, lines, deliverer, end } = setUp(folderFor(t), target);
    for (let n = 0; n < 7; n++) {
      spool.add(staged(nameOf(n)));
      deliverer.added();
      await clock.advance(day);
    }
    const { waiting, failures, failingSince, problem, oldest } = deliverer.status();
    assert.deepEqual(
      { waiting, failingSince, problem, oldest },
      { waiting: 7, failingSince: created, problem: "no route to host", oldest: created },
    );
    // Six waits below an hour, then one attempt an hour; files that are added do not hurry it.
    assert.ok(failures > 165 && failures < 175, `${failures} failures`);
    assert.equal(target.attempts, failures);
    assert.ok(lines.length < 12, `${lines.length} lines are logged for a week`);
    target.isAway = false;
    deliverer.retryNow();
    await clock.advance(0);
    assert.deepEqual(target.got, [0, 1, 2, 3, 4, 5, 6].map(nameOf));
    assert.equal(deliverer.status().waiting, 0);
    assert.match(lines.at(-1) ?? "", /takes files again, after \d+ failures/);
    spool.add(staged(nameOf(7)));
    deliverer.added();
    await clock.advance(0);
    assert.equal(target.got.at(-1), nameOf(7), "a file is delivered at once while the target works");
    await end();
  });

  test("what waits is delivered by the next process", async (t) => {
    const folder = folderFor(t);
    const target = new AwayTarget();
    const first = setUp(folder, target);
    for (const n of [0, 1]) first.spool.add(staged(nameOf(n)));
    await first.clock.advance(hour);
    await first.end();
    target.isAway = false;
    const second = setUp(folder, target);
    await second.clock.advance(0);
    assert.deepEqual(target.got, [0, 1].map(nameOf));
    await second.end();
  });

  /** Does not want the file of day 0. */
  const strict = (target: AwayTarget, error: Error): Target => ({
    name: "strict",
    deliver: async (parcel) => {
      if (parcel.files.at(-1)?.name === nameOf(0)) throw error;
      target.isAway = false;
      await target.deliver(parcel);
    },
  });

  test("a file that the target refuses three times is set aside, and those behind it go on", async (t) => {
    const target = new AwayTarget();
    const told: (readonly [failures: number, problem: string | null, refusal: string | null])[] = [];
    const refusing = strict(target, new FileRefused("strict answered 422: no such point"));
    const { clock, spool, lines, deliverer, end } = setUp(
      folderFor(t),
      refusing,
      async ({ failures, problem }, refusal) => {
        told.push([failures, problem, refusal]);
      },
    );
    for (const n of [0, 1]) spool.add(staged(nameOf(n)));
    deliverer.added();
    await clock.advance(179_000);
    assert.deepEqual(target.got, [], "it might have been a mistake of a moment");
    await clock.advance(1_000);
    assert.deepEqual(target.got, [nameOf(1)]);
    assert.deepEqual(spool.waiting(), []);
    const reason = "strict answered 422: no such point";
    assert.deepEqual(told, [
      [1, reason, null],
      [2, reason, null],
      [0, reason, reason],
      [0, null, null],
    ]);
    assert.match(lines.at(-1) ?? "", /^strict refuses day-0\.csv, and those behind it go on: strict answered 422/);
    await end();
  });

  test("failures of other kinds do not count as refusals", async (t) => {
    const target = new AwayTarget();
    let tries = 0;
    const starting: Target = {
      name: "starting",
      deliver: async (parcel) => {
        if (++tries <= 5) throw new DeliveryError("no route to host");
        if (tries <= 7) throw new FileRefused("starting answered 400: not yet");
        target.isAway = false;
        await target.deliver(parcel);
      },
    };
    const { clock, spool, deliverer, end } = setUp(folderFor(t), starting);
    spool.add(staged(nameOf(0)));
    deliverer.added();
    await clock.advance(day);
    assert.deepEqual(target.got, [nameOf(0)]);
    assert.equal(tries, 8);
    await end();
  });

  test("a file holds up the others while the target may be the reason, unless somebody sets it aside", async (t) => {
    const target = new AwayTarget();
    const { clock, spool, deliverer, end } = setUp(folderFor(t), strict(target, new DeliveryError("answered 503")));
    for (const n of [0, 1]) spool.add(staged(nameOf(n)));
    deliverer.added();
    await clock.advance(day);
    assert.deepEqual(target.got, []);
    assert.match(deliverer.setAside() ?? "", /aside\/0000000001-day-0\.csv$/);
    await clock.advance(0);
    assert.deepEqual(target.got, [nameOf(1)]);
    assert.equal(deliverer.setAside(), undefined);
    await end();
  });

  test("stopping ends an attempt that hangs, and its file stays", async (t) => {
    const hanging: Target = {
      name: "hanging",
      deliver: (_parcel, _attempt, signal) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("ended")))),
    };
    const { clock, spool, lines, deliverer, end } = setUp(folderFor(t), hanging);
    spool.add(staged(nameOf(0)));
    deliverer.added();
    await clock.advance(0);
    await end();
    assert.equal(spool.waiting().length, 1);
    assert.deepEqual(lines, []);
  });
});
