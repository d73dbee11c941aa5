import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseProfile } from "@meterport/protocol/layout/index";
import { defaultDimensions } from "@meterport/protocol/tables/defaults";
import { transaction, transactionType } from "@meterport/protocol/tables/extended/transaction";
import { BT01, BT21, BT23, BT27, ET03, ET11, ET13, ET53 } from "@meterport/protocol/tables/index";
import { VirtualClock } from "../../../../../test/support/virtual-clock.ts";
import { connectTo, endpointLine, oneTable } from "../../testing/endpoint-line.test-kit.ts";

const profile = parseProfile("meter:3.70");
const env = defaultDimensions(profile);
/** Firmware 3.70.12, and nothing else. */
const firmware370 = Uint8Array.from({ length: 24 }, (_, i) => [0x38, 0xcc][i - 14] ?? 0);
const contents = (): [number, Uint8Array][] => [
  oneTable(ET11, env.ET11, env),
  oneTable(BT21, env.BT21, env),
  [ET13.number, new Uint8Array(5 * 66)],
  [BT23.number, new Uint8Array(220)],
];
const open = async (tables = contents()) => {
  const clock = new VirtualClock();
  const line = endpointLine(clock, tables);
  return { clock, line, meter: await clock.run(connectTo(line, clock, { profile })) };
};
const tables = (line: { readonly asked: readonly { readonly table: number }[] }): number[] =>
  line.asked.map(({ table }) => table);

describe("dimensions", () => {
  test("are read once for several callers, and one that gives up does not affect the others", async () => {
    const { clock, line, meter } = await open();
    const controller = new AbortController();
    const first = meter.read(ET13, { signal: controller.signal });
    const second = meter.read(ET13);
    controller.abort();
    await assert.rejects(clock.run(first), { name: "LinkError", code: "aborted" });
    assert.equal((await clock.run(second)).devices.length, 5);
    assert.deepEqual(tables(line), [ET11.number, ET13.number]);
  });

  test("a caller that gives up waiting for them is rejected at once", async () => {
    const { clock, line, meter } = await open([]);
    line.memory.clear();
    const controller = new AbortController();
    const other = meter.read(ET13).catch(() => undefined);
    const began = clock.now();
    const read = meter.read(ET13, { signal: controller.signal });
    controller.abort();
    await assert.rejects(clock.run(read), { code: "aborted", message: "read ET11: aborted while it was on its way" });
    assert.equal(clock.now(), began);
    await clock.run(other);
  });

  test("a refused one gives an error that names the request and the table it needs", async () => {
    const { clock, meter } = await open([]);
    await assert.rejects(clock.run(meter.read(ET13)), {
      name: "ResponseError",
      code: "no-such-table",
      message: /^ET13 needs what was refused: read ET11: .* \(response 0x05\)$/,
    });
  });

  test("stay when another client moves the number, and are read again when it jumps", async () => {
    const { clock, line, meter } = await open();
    await clock.run(meter.read(ET13));
    line.endpoint.bumpSequence(12);
    await clock.run(meter.read(ET13));
    assert.deepEqual(tables(line), [ET11.number, ET13.number, ET13.number]);
    line.endpoint.bumpSequence(25);
    await clock.run(meter.read(ET13));
    assert.deepEqual(tables(line).slice(3), [ET13.number, ET11.number, ET13.number]);
    assert.equal(meter.session.counters.resyncs, 3);
  });

  test("that do not fit are named", async () => {
    const { clock, meter } = await open([[BT21.number, new Uint8Array(9)]]);
    await assert.rejects(clock.run(meter.read(BT23)), {
      name: "LayoutError",
      path: "BT21.presentValues",
      message: "BT21.presentValues at byte 9: needs 1 bytes, 0 are left",
    });
  });

  test("that are impossible are refused before a request is sent", async () => {
    const wild = new Uint8Array(10).fill(255);
    const { clock, line, meter } = await open([
      [BT21.number, wild],
      [BT01.number, firmware370],
    ]);
    await assert.rejects(clock.run(meter.read(BT23)), { name: "LayoutError", code: "shape" });
    await assert.rejects(clock.run(meter.read(BT23, ["tiers", 254, "summations", 0])), { name: "LayoutError" });
    assert.deepEqual(tables(line), [BT21.number]);
  });
});

describe("tables of unusual length", () => {
  test("one whose contents determine its length is read to its end", async () => {
    const messages = Array.from({ length: 6 }, (_, i) => Uint8Array.of(0, 0, 200, ...new Uint8Array(200).fill(i)));
    const value = transaction({ type: transactionType.responses, number: 7, messages });
    const { clock, line, meter } = await open([oneTable(ET53, value, env)]);
    assert.deepEqual(await clock.run(meter.read(ET53)), value);
    assert.deepEqual(line.asked, [
      { table: ET53.number, offset: undefined, count: 465 },
      { table: ET53.number, offset: 465, count: 465 },
      { table: ET53.number, offset: 930, count: 465 },
    ]);
  });

  test("one that ends before its contents say is an error", async () => {
    const value = transaction({ number: 7, messages: [new Uint8Array(30)] });
    const [number, bytes] = oneTable(ET53, value, env);
    const { clock, line, meter } = await open([[number, bytes.subarray(0, 20)]]);
    await assert.rejects(clock.run(meter.read(ET53)), { name: "LayoutError", code: "truncated" });
    assert.equal(line.asked.length, 1);
  });

  test("a list without entries is empty, and is not read", async () => {
    const none = { ...env, BT21: { ...env.BT21, presentValues: 0, presentDemands: 0 } };
    const { clock, line, meter } = await open([oneTable(BT21, none.BT21, none)]);
    assert.deepEqual(await clock.run(meter.read(BT27, ["presentValueSources"])), []);
    assert.deepEqual(await clock.run(meter.read(BT27)), { presentDemandSources: [], presentValueSources: [] });
    assert.deepEqual(tables(line), [BT21.number]);
  });

  test("an identity that is too short leaves its fields unknown", async () => {
    const clock = new VirtualClock();
    const line = endpointLine(clock, [oneTable(BT21, env.BT21, env), [BT01.number, new Uint8Array(3).fill(65)]]);
    // Unlike most meters, this one does not pad a partial read.
    line.memory.set(ET03.number, { short: new Uint8Array(10) });
    const meter = await clock.run(connectTo(line, clock));
    assert.deepEqual([meter.profile, meter.identity?.utilitySerial], [profile, undefined]);
  });
});
