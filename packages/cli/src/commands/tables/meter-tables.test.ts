import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex } from "@meterport/protocol/bytes";
import { capturedBt00 } from "@meterport/protocol/tables/basic/bt00.vectors";
import { BT00 } from "@meterport/protocol/tables/index";
import { runCli, withMeter } from "../../testing/run-cli.ts";

interface OnMeter {
  readonly id: string;
  readonly number: number;
  readonly title: string | null;
  readonly size: number | null;
  readonly fields: readonly unknown[];
  readonly present: boolean | null;
  readonly known: boolean;
  readonly writable: boolean | null;
}

/** A virtual meter that reports what a real one reports. */
const realBt00 = (length = 79) => {
  const world = withMeter();
  world.meter.memory.set(BT00.number, (fromHex(capturedBt00.data) ?? assert.fail()).subarray(0, length));
  return world;
};
const list = (args: readonly string[], world = realBt00(), columns = 80) =>
  runCli(["tables", "--link", "/dev/meter", ...args], { ...world, columns });
const documents = async (...args: string[]): Promise<readonly OnMeter[]> => {
  const { code, out } = await list([...args, "--json"]);
  assert.equal(code, 0);
  return JSON.parse(out) as OnMeter[];
};

describe("tables --link", () => {
  test("lists what the meter has, declared or not, in 80 columns", async () => {
    const { code, out } = await list([]);
    assert.equal(code, 0);
    const lines = out.split("\n");
    assert.equal(lines[0], "ID    Number  Known  Writable  Title");
    assert.ok(lines.includes("BT00  0x0000  yes    no        General Configuration"));
    assert.ok(lines.includes("BT02  0x0002  no     yes       not in the guides"));
    assert.ok(lines.includes("EP17  0x0811  yes              Remove MEP Device"));
    assert.ok(!out.includes("\nET89 ") && out.includes("\nET61 ") && !out.includes("\nEP61 "));
    assert.match(out, /\nmeter:3\.70 has 124 tables, \d+ of them with a known layout,\nand 65 procedures, 10 of them /);
    for (const line of lines) assert.ok(line.length <= 80, line);
  });

  test("as JSON, has the keys of the list without a meter, and what this meter reports", async () => {
    const found = await documents();
    assert.equal(found.length, 124 + 65);
    const [first] = found;
    assert.deepEqual(Object.keys(first ?? {}), [
      "id",
      "number",
      "title",
      "documented",
      "access",
      "size",
      "fields",
      "present",
      "known",
      "writable",
    ]);
    const of = (id: string) => found.find((entry) => entry.id === id) ?? assert.fail(id);
    assert.deepEqual(
      [of("ET13").present, of("ET13").known, of("ET13").writable, of("ET13").size],
      [true, true, true, 330],
    );
    assert.deepEqual(
      [of("ET08").title, of("ET08").known, of("ET08").writable, of("ET08").fields],
      [null, false, false, []],
    );
    assert.deepEqual([of("EP17").known, of("EP17").writable], [true, null]);
    assert.ok(found.every(({ present }) => present === true));
  });

  test("of single ones, reports whether the meter has them, tables apart from procedures", async () => {
    const found = await documents("ET61", "EP61", "ET89", "BT54 pending", "ET124");
    assert.deepEqual(
      found.map(({ id, present }) => [id, present]),
      [
        ["ET61", true],
        ["EP61", false],
        ["ET89", false],
        ["BT4150", null],
        ["ET124", false],
      ],
    );
    const { out } = await list(["ET61", "BT02", "BT28", "BT4150", "EP62"]);
    assert.match(
      out,
      /^ET61 Time-Based Relay Control Calendar\n[\s\S]*\nthis meter has this, and some key may write it\n/,
    );
    assert.match(out, /\nBT02\n0x0002, not in the guides\nthis meter has this, and some key may write it\n/);
    assert.match(out, /\nthis meter has this, and no key may write it\n/);
    assert.match(out, /\nthe meter does not report whether it has this\n/);
    assert.match(out, /\nthis meter does not have this\n$/);
  });

  test("reports that BT00 ends before its sets, or is refused", async () => {
    const locked = withMeter({ locked: [BT00.number] });
    for (const world of [realBt00(19), locked]) {
      const { code, out, err } = await list(["--json"], world);
      assert.deepEqual([code, out], [1, ""]);
      assert.match(
        err,
        /this meter does not report which tables it has: .*; meterport tables --profile meter:3\.70 lists/,
      );
    }
  });

  test("refuses an unknown name before asking anything", async () => {
    const { code, err } = await runCli(["tables", "--link", "/dev/meter", "XX1"]);
    assert.equal(code, 2);
    assert.match(err, /"XX1" is not the name of a table or procedure, as in ET13/);
  });
});
