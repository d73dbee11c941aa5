import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encode, parseProfile, reaches } from "@meterport/protocol/layout/index";
import { liveKeys } from "@meterport/protocol/meaning/readings";
import { presentValueOrder, summationOrder } from "@meterport/protocol/meaning/source-order";
import { defaultDimensions } from "@meterport/protocol/tables/defaults";
import { BT15, BT20, BT21, BT22, BT23, BT27, BT28, ET11, ET54, ET55 } from "@meterport/protocol/tables/index";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { connectTo, type EndpointLine, endpointLine, oneTable } from "../testing/endpoint-line.test-kit.ts";
import { openLive } from "./live.ts";

/** Value of source `id` on this meter: different for each, so that a mix-up shows. */
const standIn = (id: number): number => 1000 + 7 * id;
const int32s = (ids: readonly number[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(4 * ids.length));
  for (const [i, id] of ids.entries()) view.setInt32(4 * i, standIn(id), true);
  return new Uint8Array(view.buffer);
};

const contents = (
  profileName: string,
  change: { present?: readonly number[]; summations?: readonly number[] } = {},
): [number, Uint8Array][] => {
  const profile = parseProfile(profileName);
  const present = change.present ?? presentValueOrder(profile);
  const summations = change.summations ?? summationOrder(profile, false);
  const defaults = defaultDimensions(profile);
  const env = { ...defaults, BT21: { ...defaults.BT21, presentValues: present.length, summations: summations.length } };
  return [
    oneTable(ET11, env.ET11, env),
    oneTable(BT20, env.BT20, env),
    oneTable(BT21, env.BT21, env),
    oneTable(
      BT22,
      {
        summationSources: summations,
        demandSelect: [],
        minMaxFlags: new Uint8Array(),
        coincidentSelect: [],
        coincidentDemand: [],
      },
      env,
    ),
    oneTable(BT27, { presentDemandSources: [], presentValueSources: present }, env),
    [BT23.number, new Uint8Array([...Array(5)].flatMap(() => [...int32s(summations)]))],
    [BT28.number, int32s(present)],
    [BT15.number, encode(BT15, { multiplier: 0, offset: 0, ratiosApplied: false, ctRatio: 1, vtRatio: 1 }, env)],
    [ET54.number, withByte(82, 0, reaches(profile, { meter: [3, 70] }) ? 0x40 : 0)],
    [ET55.number, withByte(214, energyUnitAt, 10)],
  ];
};
// A + 39 with A = 134 + 4 * (tiers - 1) on 3.70 with 8 tiers: the test of ET55 proves the place; here only a byte is put there.
const energyUnitAt = 127 + 1 + 18 + 4 * 7 + 39;
const withByte = (size: number, at: number, value: number): Uint8Array => {
  const bytes = new Uint8Array(size);
  bytes[at] = value;
  return bytes;
};

const openOn = async (clock: VirtualClock, line: EndpointLine, profile: string) => {
  const meter = await clock.run(connectTo(line, clock, { profile: parseProfile(profile) }));
  return clock.run(openLive(meter));
};

describe("LiveReader", () => {
  test("takes two reads and at most 230 bytes in both directions for all live keys", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, contents("meter:3.70"));
    const live = await openOn(clock, line, "meter:3.70");
    const before = line.bytes();
    const reading = await clock.run(live.read());
    assert.ok(line.bytes() - before <= 230, `${line.bytes() - before} bytes`);
    assert.deepEqual(line.asked.slice(-2), [
      { table: 28, offset: 0, count: 128 },
      { table: 23, offset: 0, count: 16 },
    ]);
    assert.deepEqual(Object.keys(reading), ["time", ...liveKeys, "quality"]);
    assert.equal(reading.quality, "good");
    assert.equal(reading.time, new Date(clock.wall()).toISOString());
    assert.equal(reading.power_w, standIn(8) - standIn(9));
    assert.equal(reading.power_l2_w, standIn(186) - standIn(189));
    assert.equal(reading.voltage_l3_v, standIn(17) / 1000);
    assert.equal(reading.energy_export_wh, standIn(1) * 10);
  });

  test("power alone takes one read of 8 bytes: 43 bytes in both directions", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, contents("meter:3.70"));
    const live = (await openOn(clock, line, "meter:3.70")).only(["power_w"]);
    const before = line.bytes();
    const reading = await clock.run(live.read());
    assert.equal(line.bytes() - before, 43);
    assert.equal(reading.power_w, -7);
    assert.equal(reading.voltage_l1_v, null);
  });

  test("finds each value by its source id, in any order of the lists", async () => {
    const clock = new VirtualClock();
    const present = [...presentValueOrder(parseProfile("meter:3.70"))].reverse();
    const line = endpointLine(clock, contents("meter:3.70", { present, summations: [3, 2, 28, 1, 0] }));
    const live = await openOn(clock, line, "meter:3.70");
    const reading = await clock.run(live.read());
    assert.equal(reading.power_import_w, standIn(8));
    assert.equal(reading.current_l1_a, standIn(12) / 1000);
    assert.equal(reading.energy_import_wh, standIn(0) * 10);
    assert.equal(reading.reactive_energy_export_varh, standIn(3) * 10);
  });

  test("finds sources again that move between two readings", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, contents("meter:3.70"));
    const live = await openOn(clock, line, "meter:3.70");
    await clock.run(live.read());
    for (const [table, bytes] of contents("meter:3.70", {
      present: [...presentValueOrder(parseProfile("meter:3.70"))].reverse(),
    }))
      line.memory.set(table, bytes);
    line.endpoint.bumpSequence();
    assert.equal((await clock.run(live.read())).power_import_w, standIn(8));
  });

  test("gives null and a good reading for firmware without power per phase", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, contents("meter:3.10"));
    const live = await openOn(clock, line, "meter:3.10");
    const reading = await clock.run(live.read());
    assert.deepEqual([reading.power_l1_w, reading.quality], [null, "good"]);
    assert.equal(reading.energy_import_wh, standIn(0), "the register unit is 1 if the firmware has no other");
  });

  test("gives null and a good reading for a meter without present values", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, contents("meter:3.70", { present: [] }));
    const reading = await clock.run((await openOn(clock, line, "meter:3.70")).read());
    assert.deepEqual([reading.power_w, reading.energy_import_wh, reading.quality], [null, standIn(0) * 10, "good"]);
  });

  test("two readers on one port do not block each other", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, contents("meter:3.70"));
    const live = await openOn(clock, line, "meter:3.70");
    for (let i = 0; i < 10; i++) {
      // Requests of another client between our own.
      line.endpoint.bumpSequence(10);
      const before = line.asked.length;
      assert.equal((await clock.run(live.read())).quality, "good");
      assert.equal(line.asked.length - before, 2);
    }
  });

  test("a refused read leaves its keys null and is reported; the others have values", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, contents("meter:3.70"));
    line.memory.set(BT22.number, { refuse: 3 });
    const live = await openOn(clock, line, "meter:3.70");
    const first = await clock.run(live.read());
    assert.deepEqual([first.energy_import_wh, first.power_w, first.quality], [null, -7, "partial"]);
    line.memory.set(BT28.number, { refuse: 4 });
    const second = await clock.run(live.read());
    assert.deepEqual([second.power_w, second.quality], [null, "partial"]);
  });

  test("an unreadable energy unit makes energies unknown, a missing table makes it 1", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, contents("meter:3.70"));
    line.memory.set(ET55.number, { refuse: 3 });
    assert.deepEqual((await clock.run((await openOn(clock, line, "meter:3.70")).read())).energy_import_wh, null);
    const other = endpointLine(clock, contents("meter:3.70"));
    other.memory.delete(ET55.number);
    assert.equal((await clock.run((await openOn(clock, other, "meter:3.70")).read())).energy_import_wh, standIn(0));
  });
});
