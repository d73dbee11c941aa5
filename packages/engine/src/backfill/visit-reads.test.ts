import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkError, ResponseError } from "@meterport/protocol/errors";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { staleAnswer } from "../guard/measured.ts";
import type { LiveAnswer } from "../model/point-model.ts";
import type { ReadKind } from "../model/visit.ts";
import type { MeterSource } from "../ports/meter-source.ts";
import type { Store, StoreBatch } from "../ports/store.ts";
import type { ProfileProgress } from "./profile-job.ts";
import { readAll, readOne, together, type VisitedPoint } from "./visit-reads.ts";

/** A point whose jobs end as a test says. */
class FakePoint implements VisitedPoint {
  readonly ran: string[] = [];
  failure: Error | undefined;
  serial: string | null = "7001";
  live: LiveAnswer;
  /** What the load profile says after each run of its job; the last one stays. */
  states: ProfileProgress["state"][] = ["complete"];

  constructor(clock: VirtualClock) {
    this.live = { ...staleAnswer("hall", null), quality: "good", time: new Date(clock.wall()).toISOString() };
  }

  get source(): VisitedPoint["source"] {
    const identity = () => (this.serial === null ? null : { serial: this.serial });
    return { identity, ask: () => this.runJob("ask") } as unknown as MeterSource;
  }

  readonly view = { live: () => this.live };

  readonly profile = (): ProfileProgress => {
    const state = (this.states.length > 1 ? this.states.shift() : this.states[0]) ?? "unknown";
    return { state, settled: null, open: 0, keptFor: null };
  };

  readonly runJob = async (name: string): Promise<void> => {
    this.ran.push(name);
    if (this.failure !== undefined) throw this.failure;
  };
}

const setUp = () => {
  const clock = new VirtualClock();
  const written: StoreBatch[] = [];
  const store = { write: async (batch: StoreBatch) => void written.push(batch) } as unknown as Store;
  const point = new FakePoint(clock);
  const context = { id: "hall", point, store, clock };
  const read = (kind: ReadKind) => readOne(kind, context);
  return { clock, written, context, point, read };
};

test("registers are those of the newest reading, with its time and the meter's serial number", async () => {
  const { clock, written, point, read } = setUp();
  const time = clock.wall() - 5_000;
  point.live = {
    ...point.live,
    ...{ time: new Date(time).toISOString(), energy_import_wh: 12_345, energy_export_wh: 0 },
  };
  assert.deepEqual(await read("registers"), { event: "read", reason: null });
  const own = { point: "hall", tier: 0, time, reason: "manual", serial: "7001" };
  assert.deepEqual(written, [
    {
      registers: [
        { ...own, register: "energy_import_wh", value: 12_345 },
        { ...own, register: "energy_export_wh", value: 0 },
      ],
    },
  ]);
});

test("registers of a meter without values now have failed, and of one that counts nothing there are none", async () => {
  const { written, point, read } = setUp();
  assert.deepEqual(await read("registers"), { event: "nothing", reason: "the meter has no registers of energy" });
  point.live = { ...point.live, quality: "stale", energy_import_wh: 1 };
  assert.deepEqual(await read("registers"), { event: "failed", reason: "the meter gives no values now" });
  point.live = { ...point.live, quality: "good", time: null };
  assert.equal((await read("registers")).event, "failed");
  assert.deepEqual(written, []);
});

test("a load profile is read piece by piece until it is whole, or as far as it goes", async () => {
  const { point, read } = setUp();
  point.states = ["filling", "filling", "complete"];
  assert.equal((await read("profile")).event, "read");
  assert.deepEqual(point.ran, ["load profile", "load profile", "load profile"]);
  for (const [state, event, reason] of [
    ["none", "nothing", /keeps no load profile/],
    ["unused", "nothing", /keeps no load profile/],
    ["refused", "refused", /key may not read/],
    ["waiting", "failed", /is not read now: waiting/],
    ["filling", "failed", /has no end/],
  ] as const) {
    point.states = [state];
    const attempt = await read("profile");
    assert.equal(attempt.event, event, state);
    assert.match(attempt.reason ?? "", reason);
  }
});

test("what a meter or its link does ends the read with a reason, and our own mistakes are thrown", async () => {
  const { point, read } = setUp();
  const cases = [
    [new ResponseError("no-such-table", 4, "read BT76", "the meter has no such table"), "nothing"],
    [new ResponseError("no-permission", 3, "read BT76", "the key may not"), "refused"],
    [new LinkError("no-answer", "read BT76", "no answer"), "failed"],
  ] as const;
  for (const [failure, event] of cases) {
    point.failure = failure;
    for (const kind of ["events", "clock", "billing", "quality"] as const)
      assert.deepEqual(await read(kind), { event, reason: failure.message }, kind);
  }
  point.failure = new TypeError("ours");
  await assert.rejects(read("events"), TypeError);
});

test("what is read is stored by the meter's own jobs; identity is known or not", async () => {
  const { written, point, read } = setUp();
  for (const kind of ["events", "clock", "billing", "identity", "quality"] as const)
    assert.equal((await read(kind)).event, "read", kind);
  assert.deepEqual(point.ran, ["event log", "outage log", "read the meter's clock", "self reads", "ask"]);
  assert.equal(written[0]?.events?.[0]?.kind, "power-quality");
  point.serial = null;
  assert.equal((await read("identity")).event, "failed");
});

test("what several want is read once, in one order", async () => {
  const { point, context } = setUp();
  const results = await readAll(["billing", "clock", "events", "clock"], context);
  assert.deepEqual(point.ran, ["event log", "outage log", "read the meter's clock", "self reads"]);
  assert.deepEqual([...results.keys()], ["events", "clock", "billing"]);
});

test("a campaign that wanted several things has what came of the worst of them", () => {
  const of = (...events: ("read" | "nothing" | "refused" | "failed")[]) =>
    together(events.map((event) => ({ event, reason: event }))).event;
  assert.equal(of("read", "nothing"), "nothing");
  assert.equal(of("refused", "read", "nothing"), "refused");
  assert.equal(of("refused", "failed", "read"), "failed");
  assert.deepEqual(together([]), { event: "read", reason: null });
});
