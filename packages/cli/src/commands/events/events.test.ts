/** The output of `meterport events`: words for every event, in 80 columns, and the same as data. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BT71, BT74 } from "@meterport/protocol/tables/index";
import { runCli, type World, withMeter } from "../../testing/run-cli.ts";

const argv = ["events", "--link", "memory", "--zone", "America/Argentina/ComodRivadavia"];
const house = { scenario: "solar", demand: true, start: Date.UTC(2026, 3, 10, 10, 20, 33) } as const;
const documents = async (world: World): Promise<Record<string, unknown>[]> =>
  (await runCli([...argv, "--json"], world)).out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** A log of one entry with an argument of that many bytes, in a meter without an alternate log. */
const withEntry = (event: number, argument: readonly number[], sequence: number): World => {
  const world = withMeter({ profile: { family: "meter", firmware: [3, 30] } });
  const { memory } = world.meter;
  memory.patch(BT71.number, 3, Uint8Array.of(argument.length));
  memory.patch(BT71.number, 5, Uint8Array.of(1, 0));
  const le = (number: number, length: number) => Array.from({ length }, (_, i) => Math.floor(number / 256 ** i) & 255);
  const header = [4, 1, 0, 0, 0, ...le(sequence, 4), 0, 0];
  const entry = [26, 1, 2, 3, 4, 5, ...le(sequence & 0xffff, 2), 0xff, 0xff, ...le(event, 2), ...argument];
  memory.set(BT74.number, Uint8Array.from([...header, ...entry]));
  return world;
};

describe("meterport events", () => {
  for (const firmware of [
    [3, 30],
    [3, 70],
    [4, 30],
  ] as const)
    test(`has words for every event of a virtual meter ${firmware.join(".")}, with arguments`, async () => {
      const options = { ...house, profile: { family: "meter", firmware } } as const;
      const { out, err, code } = await runCli(argv, withMeter(options));
      assert.equal(code, 0, err);
      const lines = out.trimEnd().split("\n");
      for (const line of lines) assert.ok([...line].length <= 80, line);
      const events = await documents(withMeter(options));
      assert.ok(events.length > 50, `${events.length}`);
      const rows = lines.filter((line) => /^ *\d+ {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /.test(line));
      assert.equal(rows.length, events.length);
      for (const row of rows) assert.match(row, / (mfg )?\d+ {2}.*[A-Z][a-z-]+/);
      for (const { name, severity, source, decoded, argument } of events) {
        assert.equal(typeof name, "string");
        assert.ok(severity === "status" || severity === "alarm");
        assert.ok(source === "ANSI C12.19" || source === "head-end list");
        const { hex, text, number, parts } = decoded as { hex: string; text: string; number: number; parts: unknown[] };
        assert.equal(hex, argument);
        if (number !== 0) assert.ok(text !== "" && !/argument|unknown/.test(text), text);
        if (number !== 0) assert.ok(parts.length > 0);
      }
      const text = out.replace(/\s+/g, " ");
      assert.match(text, /Power up: power failure/);
      assert.match(text, /27 Tier switch: tariff T1/);
      assert.match(text, /Procedure called: BP10 Set Date and Time \(10\) \(by the network\)/);
      assert.match(text, /alarm Phase loss, below 61 % of the nominal voltage: L[123]/);
    });

  test("cuts no number, even if number and argument are long", async () => {
    const argument = Array.from({ length: 40 }, (_, i) => 255 - i);
    const { out, err, code } = await runCli(argv, withEntry(0x800 | 2047, argument, 4_294_967_295));
    assert.equal(code, 0, err);
    for (const line of out.trimEnd().split("\n")) assert.ok([...line].length <= 80, line);
    assert.match(out, /^4294967295 {2}.* mfg 2047 {2}/m);
    const words = out.replace(/\s+/g, " ");
    const bytes = argument.map((byte) => byte.toString(16)).join(" ");
    assert.ok(words.includes(`Not in a public list: argument ${bytes}`), words);
  });

  test("shows events without a name as raw values", async () => {
    const unknown = await runCli(argv, withEntry(45, [7, 0], 9));
    assert.match(unknown.out, / 45 {2,}Not in a public list: argument 7$/m);
    assert.deepEqual(
      (await documents(withEntry(0x800 | 45, [7, 0], 9))).map(
        ({ event, raw, manufacturer, name, severity, source }) => ({
          event,
          raw,
          manufacturer,
          name,
          severity,
          source,
        }),
      ),
      [{ event: 45, raw: 2093, manufacturer: true, name: null, severity: null, source: null }],
    );
    const short = await runCli(argv, withEntry(66, [], 9));
    assert.match(short.out, / 66 {2,}Load disconnect changed$/m);
  });
});
