import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import { installationOf } from "../backfill/installation.ts";
import { pointTotal } from "../devices/point-total.ts";
import { emptyGuard, type GuardState, guard, limitsForFuse } from "../guard/guard.ts";
import type { Device } from "../model/device.ts";
import type { PointEvent } from "../model/point-event.ts";
import type { MeterIdentity } from "../model/point-model.ts";
import type { RegisterState } from "../model/register-state.ts";
import { identity, reading } from "../testing/fake-meter.ts";
import { PointFacts } from "./point-facts.ts";
import { dayIn } from "./point-facts-day.ts";
import { type FactsMemory, readFactsMemo } from "./point-facts-memory.ts";

const [second, minute, hour] = [1_000, 60_000, 3_600_000];
const t0 = Date.UTC(2026, 5, 1, 12);
const nothing: FactsMemory = { device: null, last: null, day: null, rival: null };
const serial = (number: string): MeterIdentity => ({ ...identity, serial: number });

/** A point whose readings pass the guard, and what would be stored. */
class Point {
  readonly devices = new Map<number, Device>();
  readonly events = new Map<string, PointEvent>();
  readonly registers: RegisterState[] = [];
  readonly shown: LiveReading[] = [];
  writes = 0;
  memo: string | null = null;
  time: number;
  facts: PointFacts;
  #guard: GuardState = emptyGuard;

  constructor(time = t0, zone = "Europe/Copenhagen") {
    this.time = time;
    this.zone = zone;
    this.facts = this.#make(nothing);
  }
  readonly zone: string;

  #make(memory: FactsMemory): PointFacts {
    return new PointFacts({ point: "home", dayOf: dayIn(this.zone), ...memory });
  }

  read(values: Partial<LiveReading>, who: MeterIdentity | null = identity, after = 10 * second): void {
    this.time += after;
    const { state, reading: shown, events } = guard(this.#guard, reading(this.time, values), limitsForFuse(25));
    this.#guard = state;
    this.shown.push(shown);
    const batch = this.facts.take({ reading: shown, identity: who, events });
    if (Object.values(batch).some((part) => part !== undefined)) this.writes++;
    for (const device of batch.devices ?? []) this.devices.set(device.from, device);
    for (const event of batch.events ?? []) this.events.set(event.id, event);
    for (const memo of batch.memos ?? []) this.memo = memo.text;
    this.registers.push(...(batch.registers ?? []));
  }

  /** Readings of a meter whose import register goes up by 1 Wh each time. */
  run(count: number, from: number, who: MeterIdentity | null = identity, after = 10 * second): void {
    for (let n = 0; n < count; n++) this.read({ energy_import_wh: from + n, energy_export_wh: 7 }, who, after);
  }

  restart(): void {
    const values = this.#guard.registers;
    this.facts = this.#make({
      device: [...this.devices.values()].find(({ to }) => to === null) ?? null,
      last: { time: this.#guard.time ?? this.time, values },
      ...readFactsMemo(this.memo ?? undefined),
    });
  }

  get chain(): readonly (readonly [string | null, number | undefined, number | undefined])[] {
    return [...this.devices.values()].map(({ serial: who, start, end }) => [
      who,
      start.energy_import_wh,
      end?.energy_import_wh,
    ]);
  }
  get kinds(): readonly string[] {
    return [...this.events.values()].map(({ kind }) => kind);
  }
  total(value: number): number | null {
    return pointTotal([...this.devices.values()], "energy_import_wh", value);
  }
}

describe("the first meter of a point", () => {
  test("is noted with its registers once a second reading confirms them", () => {
    const point = new Point();
    point.run(1, 5_000);
    assert.equal(point.writes, 0);
    point.run(1, 5_001);
    assert.deepEqual(
      [...point.devices.values()],
      [
        {
          ...{ point: "home", from: t0 + 10 * second, to: null, serial: "1234", manufacturer: "NES", model: "83331" },
          ...{
            firmware: "3.70.12",
            profile: "meter:3.70",
            start: { energy_import_wh: 5_000, energy_export_wh: 7 },
            end: null,
          },
        },
      ],
    );
    assert.deepEqual(
      point.registers.map(({ register, value, reason, tier, proof }) => [register, value, reason, tier, proof?.table]),
      [
        ["energy_import_wh", 5_000, "first", 0, "BT23"],
        ["energy_export_wh", 7, "first", 0, "BT23"],
      ],
    );
    point.run(1_000, 5_002);
    assert.equal(point.writes, 1, "and then there is nothing to store until midnight");
  });

  test("is not noted from a reading in doubt, or one that the next contradicts", () => {
    const point = new Point();
    point.read({ energy_import_wh: 900_000, power_w: 99_000 });
    point.read({ energy_import_wh: 5_000, power_w: 400 });
    point.run(2, 5_001);
    assert.equal(point.chain.length, 1);
    assert.ok((point.chain[0]?.[1] ?? 0) < 6_000);
  });

  test("may get new firmware, and may not say what it is at first", () => {
    const point = new Point();
    point.run(3, 5_000, null);
    point.run(3, 5_003);
    point.run(3, 5_006, { ...identity, firmware: "3.80.1" });
    assert.deepEqual(
      [...point.devices.values()].map(({ serial: who, firmware }) => [who, firmware]),
      [["1234", "3.80.1"]],
    );
    assert.deepEqual(point.kinds, []);
  });
});

describe("the registers of each day", () => {
  const dailies = (zone: string, from: number, hours: number) => {
    const point = new Point(from, zone);
    point.run(hours * 12, 5_000, identity, 5 * minute);
    return point.registers
      .filter(({ reason, register }) => reason === "daily" && register === "energy_import_wh")
      .map(({ time }) => new Date(time).toISOString());
  };

  test("are noted at local midnight, also when clocks change", () => {
    assert.deepEqual(dailies("Europe/Copenhagen", Date.UTC(2026, 2, 28, 12), 50), [
      "2026-03-28T23:00:00.000Z",
      "2026-03-29T22:00:00.000Z",
    ]);
    assert.deepEqual(dailies("Asia/Kathmandu", Date.UTC(2026, 2, 28, 12), 24), ["2026-03-28T18:15:00.000Z"]);
  });

  test("are noted later if the meter was silent at midnight, and once", () => {
    const point = new Point(Date.UTC(2026, 5, 1, 20));
    point.run(2, 5_000);
    point.run(1, 5_100, identity, 9 * hour);
    point.run(3, 5_101);
    point.restart();
    point.run(3, 5_104);
    const noted = point.registers.filter(({ reason }) => reason === "daily");
    assert.deepEqual(
      noted.map(({ register, value }) => [register, value]),
      [
        ["energy_import_wh", 5_100],
        ["energy_export_wh", 7],
      ],
    );
  });
});

describe("an exchange", () => {
  test("ends one device and begins the next, and the total of the point goes on", () => {
    const point = new Point();
    point.run(100, 5_000);
    point.run(200, 30, serial("5678"));
    assert.deepEqual(point.chain, [
      ["1234", 5_000, 5_099],
      ["5678", 31, undefined],
    ]);
    const [old, next] = [...point.devices.values()];
    assert.equal(old?.to, (next?.from ?? 0) - 1);
    assert.deepEqual(point.kinds, ["meter-exchange"]);
    assert.equal([...point.events.keys()][0], `meter-exchange:${next?.from}`);
    assert.deepEqual(
      point.registers
        .filter(({ reason, register }) => reason === "exchange" && register === "energy_import_wh")
        .map(({ value, serial: who }) => [value, who]),
      [
        [5_099, "1234"],
        [31, "5678"],
      ],
    );
    assert.equal(point.total(229), 5_099 + (229 - 31));
  });

  test("is noticed by its serial number alone if the new registers are higher", () => {
    const point = new Point();
    point.run(100, 5_000);
    point.run(200, 5_150, serial("5678"));
    assert.deepEqual(point.chain, [
      ["1234", 5_000, 5_099],
      ["5678", 5_150, undefined],
    ]);
    assert.deepEqual(point.kinds, ["meter-exchange"]);
  });

  test("that is noted while the machine has no time yet comes after the old meter all the same", () => {
    const point = new Point();
    point.run(100, 5_000);
    point.time = 0;
    point.run(200, 30, serial("5678"));
    assert.deepEqual(point.chain, [
      ["1234", 5_000, 5_099],
      ["5678", 31, undefined],
    ]);
    assert.equal(point.total(229), 5_099 + (229 - 31));
    const devices = [...point.devices.values()].sort((a, b) => a.from - b.from);
    assert.deepEqual(
      devices.map(({ serial: number, to }) => [number, to === null]),
      [
        ["1234", false],
        ["5678", true],
      ],
    );
    assert.ok(devices.every(({ from, to }) => to === null || from <= to));
    const installed = installationOf(serial("5678"), devices, { now: t0 + hour, instead: null });
    assert.equal(installed?.serial, "5678");
  });

  test("is noticed by a fall alone if the meter does not say who it is", () => {
    const point = new Point();
    point.run(10, 5_000, null);
    point.run(10, 30, null);
    assert.deepEqual(point.chain, [
      [null, 5_000, 5_009],
      [null, 31, undefined],
    ]);
  });

  test("that a restart interrupts is the same", () => {
    const point = new Point();
    point.run(100, 5_000);
    point.run(20, 30, serial("5678"));
    assert.deepEqual(point.kinds, [], "not yet");
    point.restart();
    point.run(100, 50, serial("5678"));
    assert.deepEqual(point.chain, [
      ["1234", 5_000, 5_099],
      ["5678", 31, undefined],
    ]);
  });

  test("during a stop is noticed afterwards", () => {
    const point = new Point();
    point.run(100, 5_000);
    point.restart();
    point.run(100, 30, serial("5678"), 20 * second);
    assert.deepEqual(point.chain, [
      ["1234", 5_000, 5_099],
      ["5678", 31, undefined],
    ]);
  });
});

describe("no exchange", () => {
  test("two meters that take turns on one bridge are one story", () => {
    const point = new Point();
    point.run(100, 50_000_000);
    let [a, b] = [50_000_100, 30];
    for (let turn = 0; turn < 6; turn++) {
      point.run(12, b, serial("5678"));
      point.run(12, a);
      [a, b] = [a + 12, b + 12];
    }
    assert.deepEqual(point.chain, [["1234", 50_000_000, undefined]]);
    assert.deepEqual(point.kinds, ["serial-unsteady"]);
    const [event] = [...point.events.values()];
    assert.deepEqual(JSON.parse(event?.detail ?? ""), { serials: ["1234", "5678"], times: 6 });
    assert.ok((event?.until ?? 0) - (event?.time ?? 0) > 6 * minute);
  });

  test("one misread serial number is one event", () => {
    const point = new Point();
    point.run(100, 5_000);
    point.run(2, 5_100, serial("12?4"));
    point.run(200, 5_102);
    assert.equal(point.chain.length, 1);
    assert.deepEqual(point.kinds, ["serial-unsteady"]);
  });

  test("a full register goes on in the total", () => {
    const point = new Point();
    point.run(10, 999_999_990);
    point.run(10, 0);
    assert.deepEqual(point.kinds, ["register-rollover"]);
    assert.equal(point.chain.length, 1);
    assert.equal(point.total(9), 1_000_000_009);
  });

  test("a meter that lost its last hour goes on in the total", () => {
    const point = new Point();
    point.run(10, 50_000);
    point.run(10, 49_000);
    assert.deepEqual(point.kinds, ["register-fall"]);
    assert.equal(point.chain.length, 1);
    assert.equal(point.total(49_009), 50_009 + 8);
  });
});

test("what the guard noticed gets ids that are the same whenever the readings are", () => {
  const ids = () => {
    const point = new Point();
    point.run(10, 5_000);
    point.run(10, 1_005_000);
    for (let n = 0; n < 12; n++)
      point.read({ voltage_l1_v: 230, power_w: 500, energy_import_wh: 1_005_010 + 20 * n }, identity, minute);
    point.read({ voltage_l1_v: 231, power_w: 501, energy_import_wh: 1_005_260 }, identity, minute);
    return [...point.events.values()].map(({ id, until }) => [id.replace(/:\d+$/, ""), until !== null]);
  };
  assert.deepEqual(ids(), ids());
  assert.deepEqual(ids(), [
    ["register-leap", false],
    ["frozen", true],
  ]);
});

test("a damaged memo is as good as none", () => {
  for (const text of [
    undefined,
    "",
    "{",
    "7",
    '{"day":7,"rival":{"serial":"x"}}',
    '{"rival":{"serial":"x","since":1,"before":{},"first":null}}',
  ])
    assert.deepEqual(readFactsMemo(text), { day: null, rival: null });
});
