import assert from "node:assert/strict";
import { test } from "node:test";
import type { Attempt, ReadKind } from "@meterport/engine/model/visit";
import { VirtualClock } from "../../../../../test/support/virtual-clock.ts";
import { FleetVisits } from "./fleet-visits.ts";
import type { Outcome } from "./upstream-requests.ts";

const minute = 60_000;

/** A gateway whose visits take a second, and whose journal a test moves. */
class World {
  readonly clock = new VirtualClock();
  readonly visited: string[] = [];
  readonly told: string[] = [];
  readonly errors: string[] = [];
  readonly points = new Set(["home", "shed"]);
  journal = { newest: 5, delivered: 5 };
  result: Attempt = { event: "read", reason: null };
  mistake: Error | undefined;
  isAway = false;
  hangs = false;
  atOnce = 0;
  #busy = 0;
  readonly visits = new FleetVisits({
    clock: this.clock,
    visit: (point, reads) => (this.points.has(point) ? this.#visit(point, reads) : undefined),
    journal: async () => this.journal,
    log: { error: (line) => void this.errors.push(line) },
  });

  async #visit(point: string, reads: readonly ReadKind[]): Promise<ReadonlyMap<ReadKind, Attempt>> {
    this.visited.push(`${point}: ${[...new Set(reads)].join(" ")}`);
    this.atOnce = Math.max(this.atOnce, ++this.#busy);
    if (this.hangs) await new Promise<never>(() => {});
    await new Promise<void>((resolve) => void this.clock.at(this.clock.now() + 1_000, resolve));
    this.#busy--;
    if (this.mistake !== undefined) throw this.mistake;
    return new Map(reads.map((kind) => [kind, this.result]));
  }

  want(id: string, { point = "home", reads = ["registers"], forMillis = 15 * minute } = {}): void {
    const now = Date.UTC(2030, 0, 1);
    this.visits.take({ point, wanted: [{ id, reads, valid_until: now + forMillis }], now });
  }

  async tell(): Promise<readonly string[]> {
    await this.visits.tell(async (outcomes: readonly Outcome[]) => {
      if (this.isAway) throw new Error("away");
      for (const { id, result, reason } of outcomes)
        this.told.push(`${id} ${result}${reason === null ? "" : `: ${reason}`}`);
    });
    return this.told.splice(0);
  }
}

test("what is asked for twice is read once, and told when the fleet has what was read", async () => {
  const world = new World();
  world.want("1.2.0", { reads: ["registers", "events"] });
  world.want("1.2.0");
  await world.clock.advance(500);
  world.want("1.2.0");
  world.journal = { newest: 9, delivered: 8 };
  await world.clock.advance(1_000);
  assert.deepEqual(
    [world.visited, await world.tell(), world.visits.counts],
    [["home: registers events"], [], { open: 0, untold: 1 }],
  );
  world.want("1.2.0");
  world.journal = { newest: 12, delivered: 9 };
  world.isAway = true;
  await assert.rejects(world.tell(), /away/);
  world.isAway = false;
  assert.deepEqual([await world.tell(), await world.tell(), world.visited.length], [["1.2.0 read"], [], 1]);
  world.want("1.2.0");
  assert.equal(world.visited.length, 2, "asked for again, it is wanted again");
});

test("of a meter that is read already nothing more is taken along until that is told", async () => {
  const world = new World();
  const now = Date.UTC(2030, 0, 1);
  const take = (...ids: readonly string[]) =>
    world.visits.take({
      point: "home",
      wanted: ids.map((id) => ({ id, reads: ["clock"], valid_until: now + 9_000 })),
      now,
    });
  take("1.1.0", "2.1.0");
  await world.clock.advance(2_000);
  take("1.1.0", "2.1.1");
  await world.clock.advance(2_000);
  assert.deepEqual([world.visited.length, await world.tell()], [1, ["1.1.0 read", "2.1.0 read"]]);
  take("2.1.1");
  await world.clock.advance(2_000);
  assert.deepEqual(await world.tell(), ["2.1.1 read"]);
});

test("what waits for one meter is read in one visit, and eight meters at a time", async () => {
  const world = new World();
  for (let n = 0; n < 20; n++) world.points.add(`flat-${n}`);
  world.want("1.1.0", { reads: ["clock"] });
  world.want("2.1.0", { reads: ["events"] });
  world.want("3.1.0", { reads: ["events", "profile"] });
  await world.clock.advance(5_000);
  assert.deepEqual(world.visited, ["home: clock", "home: events profile"]);
  for (let n = 0; n < 20; n++) world.want(`1.${n + 9}.0`, { point: `flat-${n}` });
  await world.clock.advance(10_000);
  assert.deepEqual([world.atOnce, world.visited.length, (await world.tell()).length], [8, 22, 23]);
});

test("what is no longer valid when its turn comes is not read, by the time that was left when it was asked for", async () => {
  const world = new World();
  world.want("1.1.0");
  world.want("2.1.0", { forMillis: 900 });
  world.want("3.1.0", { forMillis: 0 });
  world.want("4.1.0", { forMillis: 5_000 });
  await world.clock.advance(10_000);
  assert.deepEqual([world.visited.length, await world.tell()], [2, ["1.1.0 read", "4.1.0 read"]]);
  assert.deepEqual(world.visits.counts, { open: 0, untold: 0 });
});

test("each way to fail is told at once, with a sentence", async () => {
  const world = new World();
  world.journal = { newest: 9, delivered: 0 };
  world.want("1.1.0", { point: "elsewhere" });
  world.want("2.2.0", { reads: ["registers", "tomorrow"] });
  world.result = { event: "failed", reason: "x".repeat(9_000) };
  world.want("3.3.0", { point: "shed" });
  await world.clock.advance(2_000);
  const [one, two, three] = await world.tell();
  assert.equal(one, "1.1.0 failed: the gateway that brings this point does not read it");
  assert.match(two ?? "", /^2.2.0 failed: x+$/);
  assert.equal(three?.length, "3.3.0 failed: ".length + 500);
  world.result = { event: "read", reason: null };
  world.want("2.2.1", { reads: ["registers", "tomorrow"] });
  world.mistake = new TypeError("undefined is not a function");
  world.want("3.3.1", { point: "shed" });
  await world.clock.advance(2_000);
  assert.deepEqual(await world.tell(), [
    "2.2.1 failed: it ended unexpectedly: see the log of the gateway",
    "3.3.1 failed: it ended unexpectedly: see the log of the gateway",
  ]);
  world.mistake = undefined;
  world.want("2.2.2", { reads: ["registers", "tomorrow"] });
  await world.clock.advance(2_000);
  assert.deepEqual(await world.tell(), ["2.2.2 failed: this gateway cannot read tomorrow: it needs a newer version"]);
  assert.equal(world.errors.length, 2);
});

test("a read that never ends is told as failed after an hour, and keeps nobody waiting", async () => {
  const world = new World();
  world.hangs = true;
  for (let n = 0; n < 8; n++) {
    world.points.add(`flat-${n}`);
    world.want(`1.${n}.0`, { point: `flat-${n}` });
  }
  await world.clock.advance(1_000);
  world.hangs = false;
  world.want("2.1.0", { forMillis: 7_200_000 });
  await world.clock.advance(3_590_000);
  assert.deepEqual([await world.tell(), world.visited.length], [[], 8]);
  await world.clock.advance(20_000);
  const told = await world.tell();
  assert.deepEqual(
    [told.length, told[0], told.at(-1)],
    [9, "1.0.0 failed: the read did not end within an hour", "2.1.0 read"],
  );
});

test("what the fleet does not have within five minutes has failed, and requests are bounded", async () => {
  const world = new World();
  world.journal = { newest: 9, delivered: 8 };
  world.want("1.1.0");
  await world.clock.advance(302_000);
  assert.deepEqual(await world.tell(), ["1.1.0 failed: it was read, but not booked in time"]);
  for (let n = 0; n < 3_000; n++) world.want(`7.${n}.0`, { point: "shed" });
  assert.equal(world.visits.counts.open, 2_000);
});
