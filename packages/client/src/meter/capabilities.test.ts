/** What a meter has according to its BT00: that of a real meter, and some that say less. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex } from "@meterport/protocol/bytes";
import { decode, encode, parseProfile } from "@meterport/protocol/layout/index";
import { capturedBt00, capturedSets } from "@meterport/protocol/tables/basic/bt00.vectors";
import { defaultDimensions } from "@meterport/protocol/tables/defaults";
import { BT00, BT03, BT21, ET81 } from "@meterport/protocol/tables/index";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { type Contents, connectTo, endpointLine, oneTable } from "../testing/endpoint-line.test-kit.ts";
import { capabilitiesOf, mayHave } from "./capabilities.ts";

const profile = parseProfile("meter:3.70");
const env = defaultDimensions(profile);
const captured = fromHex(capturedBt00.data) ?? assert.fail();
const value = decode(BT00, captured, {});
const real = capabilitiesOf(value) ?? assert.fail();

const open = async (bt00: Contents | undefined) => {
  const clock = new VirtualClock();
  const line = endpointLine(clock, [oneTable(BT21, env.BT21, env), [BT03.number, new Uint8Array(13)]]);
  if (bt00 !== undefined) line.memory.set(BT00.number, bt00);
  const meter = await clock.run(connectTo(line, clock, { profile }));
  const asked = () => line.asked.map(({ table }) => table);
  return { clock, line, meter, asked };
};

describe("capabilities of a real meter", () => {
  test("are the tables and procedures of its sets", () => {
    const { basicTablesUsed, extendedTablesUsed, basicProceduresUsed, extendedProceduresUsed } = capturedSets;
    assert.deepEqual(
      real.tables.map(({ number }) => number),
      [...basicTablesUsed, ...extendedTablesUsed.map((n) => 2048 + n)],
    );
    assert.deepEqual(
      real.procedures.map(({ number }) => number),
      [...basicProceduresUsed, ...extendedProceduresUsed.map((n) => 2048 + n)],
    );
  });

  test("say which of them are not documented", () => {
    const unknown = real.tables.filter(({ known }) => !known).map(({ id }) => id);
    for (const id of "BT02 BT10 BT12 BT40 BT42 BT43 BT44 BT72 BT73 ET08 ET18 ET33 ET35 ET37 ET78".split(" "))
      assert.ok((unknown as string[]).includes(id), id);
    assert.ok(!unknown.includes("BT23") && !unknown.includes("ET13"));
    assert.deepEqual(
      real.procedures.filter(({ known }) => known).map(({ id }) => id),
      ["BP04", "BP05", "BP10", "BP12", "BP13", "BP14", "BP15", "EP16", "EP17", "EP19"],
    );
  });

  test("say which tables can be written with some key, and that ET89 is missing although marked as writable", () => {
    const writable = real.tables.filter((table) => table.writable).map(({ id }) => id);
    assert.equal(writable.length, 13 + 47 - 1);
    assert.ok(writable.includes("ET13") && writable.includes("BT23"));
    assert.equal(real.tables.find(({ id }) => id === "BT28")?.writable, false);
    assert.deepEqual([capturedSets.extendedTablesWritable.includes(89), real.has("ET89")], [true, false]);
  });

  test("distinguish a table from the procedure of the same number", () => {
    assert.deepEqual([real.has("ET61"), real.has("EP61")], [true, false]);
    assert.deepEqual([real.has("ET38"), real.has("EP38")], [true, false]);
    assert.deepEqual([real.has("BT14"), real.has("BP14")], [false, true]);
  });

  test("say nothing about pending tables, and that a number beyond the sets is not there", () => {
    assert.deepEqual([real.has("BT4150"), real.has("ET124"), real.has("BT79")], [undefined, false, false]);
  });
});

describe("a BT00 that says less", () => {
  test("gives no capabilities if its sets are missing, or name no table", () => {
    assert.equal(capabilitiesOf(decode(BT00, captured.subarray(0, 19), {})), undefined);
    const silent = Uint8Array.of(...captured.subarray(0, 19), ...new Uint8Array(60));
    assert.equal(capabilitiesOf(decode(BT00, silent, {})), undefined);
  });

  test("leaves open what is beyond its end", () => {
    // Two bytes of the set of extended tables.
    const cut = capabilitiesOf(decode(BT00, captured.subarray(0, 31), {})) ?? assert.fail();
    assert.deepEqual([cut.has("BT02"), cut.has("BT09")], [true, false]);
    assert.deepEqual([cut.has("ET13"), cut.has("ET16"), cut.has("EP17")], [true, undefined, undefined]);
    assert.deepEqual(cut.procedures, []);
    assert.equal(cut.tables.find(({ id }) => id === "ET13")?.writable, null);
  });

  test("has BT00 even if its own set lacks it", () => {
    const without = { ...value, basicTablesUsed: capturedSets.basicTablesUsed.slice(1) };
    const found = capabilitiesOf(without) ?? assert.fail();
    assert.deepEqual([found.has("BT00"), found.tables[0]?.id, found.tables.length], [true, "BT00", 47 + 77]);
  });
});

describe("Meter.capabilities", () => {
  test("reads BT00 once, also for tables whose layout depends on it", async () => {
    const { clock, meter, asked } = await open(captured);
    assert.deepEqual((await clock.run(meter.capabilities()))?.tables, real.tables);
    await clock.run(meter.capabilities());
    await clock.run(meter.read(BT03));
    assert.deepEqual(asked(), [0, 3]);
  });

  test("reads it again when the meter's dimensions may have changed", async () => {
    const { clock, line, meter, asked } = await open(captured);
    await clock.run(meter.capabilities());
    line.memory.set(BT00.number, encode(BT00, { ...value, basicTablesUsed: [0, 3, 21] }, {}));
    line.endpoint.bumpSequence(25);
    await clock.run(meter.read(BT21));
    assert.equal((await clock.run(meter.capabilities()))?.has("BT23"), false);
    assert.equal(asked().filter((table) => table === BT00.number).length, 2);
  });

  test("is undefined if BT00 is refused, makes no sense or ends before its sets, and is not read again", async () => {
    for (const bt00 of [undefined, { refuse: 3 }, captured.subarray(0, 7), captured.subarray(0, 19)]) {
      const { clock, meter, asked } = await open(bt00);
      for (let i = 0; i < 3; i++) assert.equal(await clock.run(meter.capabilities()), undefined);
      assert.deepEqual(asked(), [0]);
    }
  });

  test("ends with its caller's signal, and is read again for the next", async () => {
    const { clock, meter } = await open(captured);
    const controller = new AbortController();
    const reading = meter.capabilities({ signal: controller.signal });
    controller.abort();
    await assert.rejects(clock.run(reading), { name: "LinkError", code: "aborted" });
    assert.ok(await clock.run(meter.capabilities()));
  });

  test("decides whether a table is read: not if it is missing, but if unknown", async () => {
    const lacking = encode(BT00, { ...value, extendedTablesUsed: [13] }, {});
    for (const [bt00, expected] of [
      [captured, true],
      [lacking, false],
      [undefined, true],
    ] as const) {
      const { clock, meter } = await open(bt00);
      assert.equal(await clock.run(mayHave(meter, ET81, {})), expected);
    }
  });
});
