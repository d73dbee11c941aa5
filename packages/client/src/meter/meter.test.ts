import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex } from "@meterport/protocol/bytes";
import { parseProfile } from "@meterport/protocol/layout/index";
import { defaultDimensions } from "@meterport/protocol/tables/defaults";
import { firmwareOf } from "@meterport/protocol/tables/firmware";
import { BT01, BT21, BT22, BT23, BT27, ET11, ET13, ET70 } from "@meterport/protocol/tables/index";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { connectTo, endpointLine, oneTable } from "../testing/endpoint-line.test-kit.ts";
import { orThrow } from "./outcome.ts";

const profile = parseProfile("meter:3.70");
const env = defaultDimensions(profile);
const bt01 = fromHex("4E 45 53 20 38 33 33 33 31 2D 33 49 10 00 38 CC 00 00 00 00 12 34 56 78") as Uint8Array;
const et13 = new Uint8Array(5 * 66);
et13[4 * 66 + 8] = 0b1001;

const contents = (): [number, Uint8Array][] => [
  [BT01.number, bt01],
  oneTable(ET11, env.ET11, env),
  oneTable(BT21, env.BT21, env),
  [ET13.number, et13],
  [BT23.number, new Uint8Array(220).map((_, i) => i)],
];

describe("Meter", () => {
  test("finds out from BT01 what it talks to", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, contents());
    const meter = await clock.run(connectTo(line, clock));
    assert.deepEqual(meter.profile, { family: "meter", firmware: [3, 70] });
    assert.deepEqual(meter.identity, {
      manufacturer: "NES",
      model: "83331-3I",
      firmware: "3.70.12",
      serial: "12345678",
      utilitySerial: undefined,
    });
  });

  test("reads a table's dimensions once, then the table, then only the bytes of a part", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, contents());
    const meter = await clock.run(connectTo(line, clock, { profile }));
    const whole = await clock.run(meter.read(ET13));
    assert.equal(whole.devices[4]?.mbusChange, true);
    assert.equal(await clock.run(meter.read(ET13, ["devices", 4, "scheduledRead"])), true);
    assert.equal(await clock.run(meter.read(ET13, ["devices", 3, "billingDay"])), 0);
    assert.deepEqual(line.asked, [
      { table: 0x080b, offset: undefined, count: 32 },
      { table: 0x080d, offset: undefined, count: 330 },
      { table: 0x080d, offset: 272, count: 1 },
      { table: 0x080d, offset: 198, count: 1 },
    ]);
  });

  test("reads data longer than a message in pieces", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, contents());
    line.memory.set(...oneTable(BT21, { ...env.BT21, summations: 19, tiers: 8, presentValues: 84 }, env));
    line.memory.set(
      BT23.number,
      new Uint8Array(9 * 19 * 4).map((_, i) => i >> 2),
    );
    const meter = await clock.run(connectTo(line, clock, { profile }));
    const value = await clock.run(meter.read(BT23));
    assert.equal(value.tiers.length, 8);
    assert.equal(value.tiers[7]?.summations[18], 0xaaaaaaaa | 0);
    assert.deepEqual(line.asked.slice(1), [
      { table: 23, offset: 0, count: 464 },
      { table: 23, offset: 464, count: 220 },
    ]);
  });

  test("a batch joins neighbours into one read, and a refusal fails only its own part", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, contents());
    line.memory.set(BT22.number, { refuse: 3 });
    const meter = await clock.run(connectTo(line, clock, { profile }));
    const [first, third, refused, absent, missing] = await clock.run(
      meter.batch((want) => [
        want.read(BT23, ["total", "summations", 0]),
        want.read(BT23, ["total", "summations", 2]),
        want.read(BT22, ["summationSources"]),
        want.read(BT27),
        want.read(ET70, ["commChannelIndex"]),
      ]),
    );
    assert.equal(orThrow(first), 0x03020100);
    assert.equal(orThrow(third), 0x0b0a0908);
    assert.ok(!refused.ok && refused.error.code === "no-permission");
    assert.equal(refused.error.message.includes("read BT22: the key does not permit it"), true);
    assert.ok(!absent.ok && absent.error.code === "no-such-table");
    assert.ok(!missing.ok && missing.error.message === "ET70 does not exist on meter:3.70");
    assert.deepEqual(
      line.asked.filter(({ table }) => table === 23),
      [{ table: 23, offset: 0, count: 12 }],
    );
  });

  test("a table shorter than declared is an error, not a value", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, contents());
    line.memory.set(BT01.number, bt01.subarray(0, 20));
    const meter = await clock.run(connectTo(line, clock, { profile }));
    await assert.rejects(clock.run(meter.read(BT01)), { name: "LayoutError", code: "truncated", path: "serialNumber" });
  });

  test("a read that reveals changed dimensions is not decoded under the old ones", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, contents());
    const meter = await clock.run(connectTo(line, clock, { profile }));
    assert.equal((await clock.run(meter.read(BT23))).tiers.length, 4);
    line.memory.set(...oneTable(BT21, { ...env.BT21, tiers: 2 }, env));
    line.memory.set(BT23.number, new Uint8Array(132));
    line.endpoint.bumpSequence();
    assert.equal((await clock.run(meter.read(BT23))).tiers.length, 2);
  });

  test("if BT01 is refused, the number of present values reveals the firmware", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, [oneTable(BT21, env.BT21, env)]);
    const meter = await clock.run(connectTo(line, clock));
    assert.deepEqual(meter.profile, profile);
    assert.equal(meter.identity?.firmware, undefined);
  });

  test("firmware is a big-endian pair", () => {
    assert.deepEqual(firmwareOf(0x30, 0x18), { version: [3, 0], build: 24 });
    assert.deepEqual(firmwareOf(0x31, 0x55), { version: [3, 10], build: 21 });
  });
});

describe("Session", () => {
  test("ends waiting requests when the plug is pulled, and refuses new ones", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, contents());
    const meter = await clock.run(connectTo(line, clock, { profile }));
    const events: string[] = [];
    meter.session.listen((event) => events.push(event.type));
    const reading = meter.read(ET13);
    line.pull(new Error("the adapter is gone"));
    await assert.rejects(clock.run(reading), {
      name: "LinkError",
      code: "closed",
      message: "read ET11: the adapter is gone",
    });
    await assert.rejects(clock.run(meter.read(BT21)), { name: "LinkError", code: "closed" });
    assert.ok(events.includes("closed"));
    assert.equal(clock.pending, 0, "no timer may outlive the session");
  });

  test("a signal ends a request before it is sent and while it is pending", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, []);
    const meter = await clock.run(connectTo(line, clock, { profile }));
    const before = AbortSignal.abort();
    await assert.rejects(clock.run(meter.read(ET11, { signal: before })), { name: "LinkError", code: "aborted" });
    const controller = new AbortController();
    const reading = meter.read(ET11, { signal: controller.signal });
    controller.abort();
    await assert.rejects(clock.run(reading), { name: "LinkError", code: "aborted" });
  });
});
