/** Parts of tables whose layout depends on the table's own contents: which bytes are read, and the values. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encode } from "@meterport/protocol/layout/index";
import { BT4150, ET36, ET42, ET53, tablesById } from "@meterport/protocol/tables/index";
import type { VirtualMeter } from "@meterport/simulator";
import { openChanging } from "./support/changing-meter.ts";

/** "36 0+1": table and bytes of each read. */
const readsOf = (device: VirtualMeter): string[] => {
  const reads: string[] = [];
  device.use(({ request }) => {
    if (request.kind === "read-at") reads.push(`${request.table - 2048} ${request.offset}+${request.count}`);
    if (request.kind === "read") reads.push(`${request.table - 2048} whole`);
    return undefined;
  });
  return reads;
};

describe("a part of a table whose layout is in its contents", () => {
  test("of ET36: the count, then the part", async () => {
    const { clock, meter, device } = await openChanging("meter:4.30");
    const reads = readsOf(device);
    assert.equal(await clock.run(meter.read(ET36, ["actualDimensions", 4, "entrySize"])), 525);
    assert.deepEqual(reads, ["36 0+1", `36 ${1 + 4 * 17 + 2}+2`]);
    await assert.rejects(clock.run(meter.read(ET36, ["actualDimensions", 7, "entrySize"])), { name: "LayoutError" });
  });

  test("of ET42: as much of its head as gives the place of the part", async () => {
    const { clock, meter, device } = await openChanging("meter:4.30");
    const whole = await clock.run(meter.read(ET42));
    const reads = readsOf(device);
    assert.equal(await clock.run(meter.read(ET42, ["summations"])), whole.summations);
    assert.deepEqual(reads.splice(0), ["42 12+1"]);
    assert.deepEqual(await clock.run(meter.read(ET42, ["logs", 6])), whole.logs[6]);
    assert.deepEqual(reads.splice(0), ["42 0+41", `42 ${41 + 3 * 6}+3`]);
    // A part after lists of several lengths needs one more read: the count of data types.
    assert.equal(await clock.run(meter.read(ET42, ["requiredSectionLength"])), 8);
    const last = reads.splice(0);
    assert.deepEqual([last.length, last[0]], [3, "42 0+41"]);
    // Records that contain their own lengths can only be found in the whole table.
    assert.deepEqual(
      await clock.run(meter.read(ET42, ["dataSets", 0, "loadProfileExtendedSources", 1])),
      whole.dataSets?.[0]?.loadProfileExtendedSources[1],
    );
    assert.ok(reads.includes("42 whole"));
  });

  test("equals the same part of the whole table, at any place", async () => {
    const { clock, meter, device } = await openChanging("meter:4.30");
    for (const [id, env] of [
      ["ET36", {}],
      ["ET42", device.dimensions],
    ] as const) {
      const table = tablesById.get(id) ?? assert.fail(id);
      const value = (await clock.run(meter.readPath(table, []))) as Record<string, unknown>;
      for (const [name, part] of Object.entries(value))
        assert.deepEqual(await clock.run(meter.readPath(table, [name])), part, `${id}.${name}`);
      assert.deepEqual(encode(table, value, env), device.memory.get(table.number));
    }
  });

  test("in a batch with others; a missing one fails alone", async () => {
    const { clock, meter } = await openChanging("meter:3.70");
    const outcomes = await clock.run(
      meter.batch((want) => [
        want.read(ET36, ["actualDimensions", 0, "tableNumber"]),
        want.read(ET42, ["dataSets", 0, "blocks"]),
        want.read(ET53, ["records", 0, "message"]),
        want.read(ET36, ["unreadEntriesBitmap"]),
      ]),
    );
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.error.name)),
      [31, 30, "LayoutError", Uint8Array.of(0)],
    );
  });
});

describe("a pending table", () => {
  test("gives its descriptor with each piece: the count includes it, the offset does not (optical guide 1.1, p. 11)", async () => {
    const { clock, meter, device } = await openChanging("meter:3.70");
    const bytes = Uint8Array.from({ length: 814 }, (_, i) => (7 * i) % 251);
    device.memory.set(BT4150.number, bytes);
    const reads = readsOf(device);
    const id = await clock.run(meter.read(BT4150, ["contents", "calendarId"]));
    assert.equal(id, new DataView(bytes.buffer).getUint32(810, true));
    // BT50, which gives its layout, and bytes 804 to 807 of BT54.
    assert.deepEqual(reads.splice(0), [`${50 - 2048} whole`, `${4150 - 2048} 804+10`]);
    assert.equal(
      (await clock.run(meter.read(BT4150, ["descriptor", "eventStorage"])))[4],
      bytes[5],
      "the descriptor itself",
    );
    assert.deepEqual(reads.splice(0), [`${4150 - 2048} 0+6`]);
    assert.deepEqual(encode(BT4150, await clock.run(meter.read(BT4150)), device.dimensions), bytes);
    assert.ok(reads.length === 2 && reads.every((read) => !read.endsWith("whole")), reads.join(", "));
  });
});
