import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { DueMeter, Settled } from "../jobs/visit-book.ts";
import { FakeGateway, FakePoint } from "./fake-gateway.test-kit.ts";
import { Visiting } from "./visiting.ts";

/** A process that holds shard 3, and a book with what is due there. */
class World {
  readonly clock = new VirtualClock();
  readonly gateway = new FakeGateway();
  readonly settled: Settled[] = [];
  readonly errors: string[] = [];
  due: DueMeter[] = [];
  isAway = false;
  readonly visiting: Visiting;

  constructor() {
    const log = { error: (line: string) => void this.errors.push(line) };
    this.visiting = new Visiting({
      run: async () => ({ rows: [], count: 0 }),
      gateway: this.gateway,
      shards: () => [3],
      clock: this.clock,
      log: log as never,
      book: {
        dueTargets: async (_run, shards, _now, limit) => {
          assert.deepEqual(shards, [3]);
          return this.due.slice(0, limit);
        },
        settle: async (_run, done) => {
          if (this.isAway) throw new Error("the database is away");
          this.settled.push(...done);
          this.due = this.due.filter(
            ({ campaign, meter }) => !done.some((one) => one.campaign === campaign && one.meter === meter),
          );
        },
      },
    });
  }

  /** A target of meter `m1` at the point `p1`; each has a site of its own unless it is named. */
  want(meter: number, more: Partial<DueMeter> = {}): FakePoint {
    const point = `p${meter}`;
    const wanted: DueMeter = {
      ...{ campaign: 1, meter, site: meter, priority: 5, attempts: 0, reads: ["events"], serial: `m${meter}`, point },
      until: Number.POSITIVE_INFINITY,
      ...more,
    };
    this.due.push(wanted);
    const known = this.gateway.points.get(point) ?? new FakePoint(point, this.clock);
    this.gateway.points.set(point, known);
    return known;
  }

  told(): readonly string[] {
    return this.settled.splice(0).map(({ campaign, meter, attempt }) => {
      return `${campaign}/${meter} ${attempt.event}${attempt.reason === null ? "" : `: ${attempt.reason}`}`;
    });
  }
}

test("what several campaigns want of a meter is read once, and told when the books have it", async () => {
  const world = new World();
  const point = world.want(1, { campaign: 1, reads: ["events"] });
  world.want(1, { campaign: 2, reads: ["clock", "events"], priority: 2 });
  world.gateway.journal = 40;
  world.gateway.booked = 39;
  await world.visiting.look();
  await world.clock.advance(10_000);
  assert.deepEqual(point.ran, ["event log", "outage log", "read the meter's clock"]);
  await world.visiting.look();
  assert.deepEqual([world.told(), world.visiting.counts], [[], { visits: 0, unbooked: 2 }]);
  assert.equal(point.ran.length, 3, "it is not begun again while it is not told");
  world.gateway.booked = 40;
  await world.visiting.look();
  assert.deepEqual(world.told(), ["1/1 read", "2/1 read"]);
  assert.deepEqual(world.visiting.counts, { visits: 0, unbooked: 0 });
});

test("what was read and is not booked within five minutes has failed, and is tried again", async () => {
  const world = new World();
  world.want(1);
  world.gateway.journal = 7;
  await world.visiting.look();
  await world.clock.advance(301_000);
  await world.visiting.look();
  assert.deepEqual(world.told(), []);
  await world.clock.advance(2_000);
  await world.visiting.look();
  assert.deepEqual(world.told(), ["1/1 failed: it was read, but not booked in time"]);
});

test("a failure is told at once, whatever waits to be booked", async () => {
  const world = new World();
  const point = world.want(1);
  point.failure = new LinkError("no-answer", "read ET01", "no answer after 3 attempts");
  world.gateway.journal = 7;
  await world.visiting.look();
  await world.clock.advance(2_000);
  await world.visiting.look();
  assert.deepEqual(world.told(), ["1/1 failed: read ET01: no answer after 3 attempts"]);
});

test("while the database is away nothing is lost, and nothing is told twice", async () => {
  const world = new World();
  world.want(1);
  await world.visiting.look();
  await world.clock.advance(5_000);
  world.isAway = true;
  await assert.rejects(world.visiting.look(), /away/);
  world.isAway = false;
  await world.visiting.look();
  await world.visiting.look();
  // What is told twice, since nobody knows if the database took it, names its attempt and so counts once.
  assert.equal(world.settled[0]?.attempts, 0);
  assert.deepEqual(world.told(), ["1/1 read"]);
});

test("a site has one visit at a time, and the process 64", async () => {
  const world = new World();
  const [one, other] = [world.want(1, { site: 9, priority: 3 }), world.want(2, { site: 9, priority: 8 })];
  await world.visiting.look();
  await world.clock.advance(500);
  assert.deepEqual([one.ran.length, other.ran.length], [0, 1], "the urgent one goes first");
  await world.clock.advance(10_000);
  assert.deepEqual([one.ran.length, other.ran.length], [2, 2]);

  const many = Array.from({ length: 70 }, (_, n) => world.want(100 + n));
  const begun = () => many.filter(({ ran }) => ran.length > 0).length;
  await world.visiting.look();
  await world.clock.advance(0);
  assert.deepEqual([begun(), world.visiting.counts.visits], [64, 70]);
  await world.clock.advance(2_500);
  assert.equal(begun(), 70);
});

test("what had to wait for its line until its window closed is not begun, and is due again later", async () => {
  const world = new World();
  const [first, second] = [world.want(1, { site: 9 }), world.want(2, { site: 9, until: world.clock.wall() + 1_500 })];
  world.want(2, { site: 9, campaign: 2, reads: ["clock"], until: world.clock.wall() + 60_000 });
  await world.visiting.look();
  await world.clock.advance(10_000);
  assert.deepEqual([first.ran.length, second.ran], [2, ["read the meter's clock"]]);
  await world.visiting.look();
  await world.clock.advance(10_000);
  assert.deepEqual([world.told(), second.ran.length], [["1/1 read", "2/2 read"], 1]);
});

test("a meter that is not read here is left to who reads it, and asked for again", async () => {
  const world = new World();
  world.want(1);
  const point = world.gateway.points.get("p1") as FakePoint;
  world.gateway.points.clear();
  world.want(2, { point: null });
  await world.visiting.look();
  await world.clock.advance(1_000);
  assert.deepEqual([world.told(), point.ran], [[], []]);
  world.gateway.points.set("p1", point);
  await world.visiting.look();
  await world.clock.advance(5_000);
  await world.visiting.look();
  assert.deepEqual(world.told(), ["1/1 read"]);
});

test("a visit that fails by our own mistake is logged and told, and its site goes on", async () => {
  const world = new World();
  const point = world.want(1, { site: 9 });
  point.failure = new TypeError("undefined is not a function");
  world.want(2, { site: 9 });
  await world.visiting.look();
  await world.clock.advance(10_000);
  assert.deepEqual(world.errors, ["unexpected: undefined is not a function"]);
  await world.visiting.look();
  assert.deepEqual(world.told(), ["1/1 failed: it ended unexpectedly: see the log of the process", "1/2 read"]);
});

test("at the end what is in progress is waited for and told, and nothing more begins", async () => {
  const world = new World();
  const [first, second] = [world.want(1, { site: 9 }), world.want(2, { site: 9 })];
  await world.visiting.look();
  await world.clock.advance(100);
  await world.clock.run(world.visiting.stop());
  assert.deepEqual(world.told(), ["1/1 read"]);
  assert.deepEqual([first.ran.length, second.ran.length], [2, 0]);
  await world.visiting.look();
  await world.clock.advance(10_000);
  assert.equal(second.ran.length, 0);
});
