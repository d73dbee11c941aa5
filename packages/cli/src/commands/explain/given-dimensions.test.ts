import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runCli } from "../../testing/run-cli.ts";

interface Explained {
  readonly unknown: readonly unknown[];
  readonly spans: readonly { readonly path: string; readonly start: number }[];
}
const explain = (table: string, bytes: number, args: readonly string[], files: Record<string, string> = {}) =>
  runCli(["explain", "-", "--table", table, "--json", ...args], { stdin: "00".repeat(bytes), files });
const spansOf = async (table: string, bytes: number, args: readonly string[], files: Record<string, string> = {}) => {
  const { code, out, err } = await explain(table, bytes, args, files);
  assert.deepEqual([code, err], [0, ""]);
  const document = JSON.parse(out) as Explained;
  assert.deepEqual(document.unknown, []);
  return document.spans;
};
const gen3 = ["--profile", "meter:3.70"];

describe("explain with the dimensions of a meter", () => {
  test("as JSON: eight tiers, also in copies of the registers", async () => {
    const args = [...gen3, "--dims", '{"BT21":{"tiers":8}}'];
    const spans = await spansOf("BT23", 9 * 44, args);
    assert.equal(spans.at(-1)?.path, "tiers.7.summations.10");
    // The entries of ET31 grow with the registers.
    assert.equal(
      (await spansOf("ET31", 6 + 12 * (6 + 9 * 44), args)).at(-1)?.path,
      "oneTimeReadEntries.11.registerData.tiers.7.summations.10",
    );
  });

  test("as bytes, repeated", async () => {
    const et11 = "05 42 24 05 06 05 02 80 03 F9 06 19 10 16 03 04 11 11 0A 0A 41 78 02 0A 0A 10 50 0A 05 01 01 03";
    const spans = await spansOf("ET50", 31 + 6 * 2 + 4, [
      ...gen3,
      "--with",
      `ET11=${et11}`,
      "--with",
      "bt50=03182C1917C8002803",
    ]);
    assert.ok(spans.some(({ path, start }) => path === "clients.0.houseIcon" && start === 43));
  });

  test("as a file, and as a dump, which knows its device", async () => {
    const files = {
      "dims.json": '{"BT61":{"dataSets":[{"blocks":1,"intervals":2,"channels":1,"maximumIntervalTime":15}]}}',
      "dump.json": JSON.stringify({
        meter: { profile: "meter:4.30" },
        tables: {
          BT00: { pendingTables: 3, basicTablesUsed: [0, 1], basicTablesWritable: [], setsEnd: 30 },
          BT21: { tiers: 1, filler7: 0 },
          BT01: { model: "x" },
          ET11: { reserved35: "0A" },
        },
      }),
    };
    const block = await spansOf("BT64", 5 + 1 + 2 * 5, [...gen3, "--dims", "dims.json"], files);
    assert.equal(block.at(-1)?.path, "blocks.0.intervals.1.values.0");
    assert.equal((await spansOf("BT23", 2 * 76, ["--dims", "dump.json"], files)).length, 2 * 19);
  });

  const wrong: Record<string, readonly [readonly string[], RegExp]> = {
    "no JSON": [[...gen3, "--dims", "{"], /--dims is not a JSON object such as/],
    "a file without a JSON object": [[...gen3, "--dims", "list.json"], /--dims list\.json is not a JSON object/],
    "a table without dimensions": [
      [...gen3, "--dims", '{"BT23":{}}'],
      /"BT23" holds no dimensions; (did you mean|dimensions are in)/,
    ],
    "a table that is not an object": [
      [...gen3, "--dims", '{"BT21":7}'],
      /BT21 is not an object with the table's fields/,
    ],
    "an unknown field": [[...gen3, "--dims", '{"BT21":{"tier":8}}'], /BT21 has no "tier"; did you mean tiers\?/],
    "a field of another type": [[...gen3, "--dims", '{"BT21":{"tiers":"8"}}'], /BT21\.tiers is a number, not "8"/],
    "bytes without a table": [[...gen3, "--with", "0542"], /--with "0542" is not of the form/],
    "malformed bytes": [[...gen3, "--with", "ET11=xy"], /is not of the form ET11=/],
    "too few bytes": [[...gen3, "--with", "BT21=03"], /--with BT21: .*needs 1 bytes, 0 are left/],
    "no device": [["--dims", '{"BT21":{"tiers":8}}'], /add --profile/],
  };
  for (const [name, [args, message]] of Object.entries(wrong))
    test(`${name} is wrong usage`, async () => {
      const { code, out } = await explain("BT23", 10, args, { "list.json": "[]" });
      const { error } = JSON.parse(out) as { readonly error: { readonly code: string; readonly message: string } };
      assert.deepEqual([code, error.code], [2, "dimensions"]);
      assert.match(error.message, message);
    });

  test("rejects impossible dimensions quickly", { timeout: 10_000 }, async () => {
    for (const value of [-1, 1.5, 1e300, 65535]) {
      const { code } = await explain("BT23", 100, [
        ...gen3,
        "--dims",
        JSON.stringify({ BT21: { tiers: value, summations: value } }),
      ]);
      assert.equal(code, 1, `${value}`);
    }
  });
});
