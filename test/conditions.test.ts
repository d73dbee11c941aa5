/** What a meter says of its own state, over the real protocol in virtual time: events that begin, end and survive a restart. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { conditionsJob } from "@meterport/engine/conditions/conditions-job";
import type { PointEvent } from "@meterport/engine/model/point-event";
import type { AnyTable } from "@meterport/protocol/layout/table";
import { BT03, ET14, ET29, ET47 } from "@meterport/protocol/tables/index";
import { RecordedHome } from "./support/recorded-home.ts";

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 2, 10, 12);
const zone = "Europe/Copenhagen";
const kinds: ReadonlySet<string> = new Set(["alarm", "tier", "calendar", "override", "control"]);

/** A daemon that only looks at conditions, when it is told to. */
class Looking {
  readonly home = new RecordedHome({ start, seed: 7, zone, interval: 15 * minute, firstReach: 2 * hour });
  readonly log: string[] = [];
  #job: ReturnType<typeof conditionsJob> | undefined;

  async start(): Promise<void> {
    this.home.startDaemon();
    await this.home.settle();
  }

  /** As after a restart: what it knows is what is stored. */
  forget(): void {
    this.#job = undefined;
  }

  async look(): Promise<void> {
    const { store, clock, daemon } = this.home;
    const log = { info: (text: string) => void this.log.push(text) };
    this.#job ??= conditionsJob({ point: "home", zone, source: daemon.source, store, clock, log });
    await clock.run(this.#job.run());
  }

  async events(kind?: string): Promise<readonly PointEvent[]> {
    const all = await this.home.store.events("home", { limit: 1_000 });
    return all.filter((event) => (kind === undefined ? kinds.has(event.kind) : event.kind === kind));
  }

  setBit(table: AnyTable, byte: number, bit: number, on: boolean): void {
    const { memory } = this.home.meter;
    const now = memory.read(table.number, byte, 1)?.[0] ?? assert.fail(`no ${table.id}`);
    memory.patch(table.number, byte, Uint8Array.of(on ? now | (1 << bit) : now & ~(1 << bit)));
  }

  async end(): Promise<void> {
    this.forget();
    await this.home.remove();
  }
}

const detail = (event: PointEvent | undefined): Record<string, unknown> => JSON.parse(event?.detail ?? "{}");
/** BT03.2.0 (optical guide 1.1, p. 48). */
const lowBattery = [BT03, 2, 0] as const;

describe("the state of a meter", () => {
  const world = new Looking();
  const { home } = world;
  after(() => world.end());

  test("begins with the first look: the tariff, its calendar and the outputs that the meter has", async () => {
    await world.start();
    // ET29.0: bit 5 disconnect, bit 6 relay 1 (MEP guide 1.1, p. 106).
    world.setBit(ET29, 0, 5, true);
    world.setBit(ET29, 0, 6, true);
    await world.look();
    const [tier] = await world.events("tier");
    assert.deepEqual([tier?.time, tier?.until], [home.clock.wall(), null]);
    // 13:00 local time is day.
    assert.deepEqual(detail(tier), { tier: 0, by: "calendar", season: detail(tier).season, after: null });
    assert.equal((await world.events("calendar")).length, 1);
    const outputs = (await world.events("control"))
      .map((event) => detail(event))
      .map(({ output, state }) => `${output} ${state}`);
    assert.deepEqual(outputs.sort(), ["disconnect closed", "relay1 closed"]);
    assert.deepEqual(await world.events("override"), []);
  });

  test("an alarm is one event with its name, first and last seen, and its end", async () => {
    const known = (await world.events("alarm")).length;
    world.setBit(...lowBattery, true);
    await home.clock.advance(5 * minute);
    const began = home.clock.wall();
    await world.look();
    for (let i = 0; i < 3; i++) {
      await home.clock.advance(5 * minute);
      await world.look();
    }
    const seen = home.clock.wall();
    world.setBit(...lowBattery, false);
    await home.clock.advance(5 * minute);
    await world.look();
    const alarms = await world.events("alarm");
    assert.equal(alarms.length, known + 1);
    const alarm = alarms.find((event) => detail(event).key === "lowBattery");
    assert.deepEqual([alarm?.time, alarm?.until, alarm?.origin], [began, home.clock.wall(), "alarm"]);
    assert.deepEqual(detail(alarm), {
      ...{ key: "lowBattery", name: "Low battery", slot: null, handle: null },
      last_seen: new Date(seen).toISOString(),
    });
    assert.deepEqual(world.log.slice(-2), [
      "the meter reports: Low battery",
      "the meter no longer reports: Low battery",
    ]);
  });

  test("an override and a relay are events that end when the meter says so", async () => {
    // ET47 (p. 128): tier 2 until a time; BT03.4.3.
    home.meter.memory.patch(ET47.number, 0, Uint8Array.of(2, 3, 0, 0, 0, 0, 26, 1, 2, 6, 0, 0, 9, 0, 0, 0));
    world.setBit(BT03, 4, 3, true);
    await home.clock.advance(5 * minute);
    await world.look();
    const [override] = await world.events("override");
    assert.deepEqual([detail(override).tier, detail(override).ends, override?.until], [2, "at a time", null]);
    const relay = (await world.events("control")).filter((event) => detail(event).output === "relay1");
    const at = home.clock.wall();
    assert.deepEqual(relay.map((event) => [detail(event).state, event.time === at, event.until === at]).sort(), [
      ["closed", false, true],
      ["open", true, false],
    ]);
    home.meter.memory.patch(ET47.number, 0, Uint8Array.of(255));
    world.setBit(BT03, 4, 3, false);
    await home.clock.advance(5 * minute);
    await world.look();
    assert.equal((await world.events("override"))[0]?.until, home.clock.wall());
  });

  test("a restart begins and ends nothing", async () => {
    const before = await world.events();
    world.forget();
    await world.look();
    await home.clock.advance(5 * minute);
    await world.look();
    const later = await world.events();
    assert.deepEqual(
      later.map(({ id, until }) => [id, until]),
      before.map(({ id, until }) => [id, until]),
    );
  });

  test("what the meter refuses neither begins nor ends anything", async () => {
    const before = await world.events();
    const { memory } = home.meter;
    const [alarms, status] = [memory.get(BT03.number), memory.get(ET14.number)] as [Uint8Array, Uint8Array];
    memory.delete(BT03.number);
    memory.delete(ET14.number);
    await world.look();
    memory.set(BT03.number, alarms);
    memory.set(ET14.number, status);
    await world.look();
    assert.deepEqual(await world.events(), before);
  });

  test("each switch of the tariff is the end of one event and the beginning of the next", async () => {
    for (let i = 0; i < 24 * 4; i++) {
      await home.clock.advance(15 * minute);
      await world.look();
    }
    const tiers = [...(await world.events("tier"))].sort((a, b) => a.time - b.time);
    assert.deepEqual(
      tiers.map((event) => detail(event).tier),
      [0, 1, 0],
    );
    for (const [i, { until }] of tiers.entries()) assert.equal(until, tiers[i + 1]?.time ?? null);
    // 22:00 and 06:00 local time, an hour before UTC; the switch came within the quarter before it was seen.
    const [, night] = tiers;
    const off = (night?.time ?? 0) - Date.UTC(2026, 2, 10, 21);
    assert.ok(off >= 0 && off < 16 * minute, `${off}`);
    assert.ok(Date.parse(`${detail(night).after}`) <= Date.UTC(2026, 2, 10, 21));
  });

  test("a look while nothing changes writes nothing, but for the times of the last look once an hour", async () => {
    const { store } = home;
    const { write } = store;
    let writes = 0;
    const counted = {
      ...deps(home),
      store: Object.assign(Object.create(store), {
        write: (...all: Parameters<typeof write>) => {
          writes++;
          return write.apply(store, all);
        },
      }),
    };
    const job = conditionsJob(counted);
    for (let i = 0; i < 24; i++) {
      await home.clock.run(job.run());
      await home.clock.advance(5 * minute);
    }
    assert.equal(writes, 2);
  });
});

const deps = ({ daemon, store, clock }: RecordedHome) => ({ point: "home", zone, source: daemon.source, store, clock });

test("at another meter everything that the first one said ends when it was seen last, and begins again", async () => {
  const world = new Looking();
  await world.start();
  world.setBit(...lowBattery, true);
  await world.look();
  const seen = world.home.clock.wall();
  await world.home.unplug();
  world.home.install(8);
  await world.home.clock.advance(hour);
  world.home.plugIn();
  await world.home.clock.advance(10 * minute);
  await world.look();
  const ended = (await world.events()).filter(({ until }) => until !== null);
  assert.ok(ended.some((event) => detail(event).key === "lowBattery"));
  for (const { until } of ended) assert.equal(until, seen);
  assert.equal((await world.events("tier")).filter(({ until }) => until === null).length, 1);
  await world.end();
});
