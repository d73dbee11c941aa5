import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runCli } from "../../testing/run-cli.ts";

interface Explained {
  readonly profile: string;
  readonly spans: readonly { readonly path: string; readonly start: number; readonly value: unknown }[];
  readonly unknown: readonly unknown[];
}
const explain = async (table: string, hex: string, ...args: string[]) => {
  const ran = await runCli(["explain", "-", "--table", table, "--json", ...args], { stdin: hex });
  assert.deepEqual([ran.code, ran.err], [0, ""]);
  const document = JSON.parse(ran.out) as Explained;
  return { ...document, at: new Map(document.spans.map(({ path, start, value }) => [path, [start, value]])) };
};

describe("explain, tables whose contents decide", () => {
  // A factory meter of firmware 3.70, put together from the guide's values.
  const et42 = `6600 29 07 0300 0000 0000 10 0C 0B 00 00 00 04 00 37 00 00 2C00 31070000 3C00 04 0F 13 00 6000 00 00 06 6400 02
    02E800 080D02 0A2300 000000 040D02 008F00 0A0C00 0000010002000300 01050C933A
    01 F8000000 1E00 02 3C 0A 00 1800 00 00 00000140 08 0800 00 3200 01 09`;

  test("have a name for every byte", async () => {
    const { unknown, at } = await explain("ET42", et42);
    assert.deepEqual(unknown, []);
    assert.deepEqual(at.get("dataSets.0.loadProfileExtendedSources.1"), [92, 0x4001]);
    assert.deepEqual(at.get("accumulatorRolloverDigit"), [101, 9]);
  });

  test("procedures are named with their parameters and results", async () => {
    const request = await explain("BT07", "11 08 07 00 F8 03");
    assert.deepEqual(request.at.get("parameters.deviceHandle"), [4, 0x03f8]);
    const response = await explain("BT08", "0A 00 07 00 1A 0B 17 01 3A 00 1A 0B 17 02 00 00");
    assert.deepEqual(response.unknown, []);
    assert.equal(response.at.get("data.after")?.[0], 10);
    // Only the name of EP16 is known: its bytes stay bytes.
    assert.ok((await explain("BT07", "10 08 07 01 02")).at.has("parameters"));
    // Bytes that do not fit the procedure also stay bytes.
    assert.ok((await explain("BT07", "11 08 07 00 F8 03 09")).at.has("parameters"));
  });
});

describe("explain, load profiles", () => {
  test("one block, and the whole data set, under factory dimensions", async () => {
    const block = await explain("BT64", "00".repeat(1841), "--profile", "meter:3.70");
    assert.deepEqual(block.at.get("blocks.0.intervals.95.values.3")?.[0], 1841 - 4);
    const whole = await explain("BT64", "00".repeat(60 * 1841), "--profile", "meter:3.70");
    assert.deepEqual(whole.unknown, []);
    assert.equal(whole.at.get("blocks.59.endTime")?.[0], 59 * 1841);
  });

  test("too many bytes for any table are refused", async () => {
    const { code, err } = await runCli(["explain", "-", "--table", "BT64"], { stdin: "00".repeat(262_145) });
    assert.equal(code, 2);
    assert.match(err, /262145 bytes are more than/);
  });
});
