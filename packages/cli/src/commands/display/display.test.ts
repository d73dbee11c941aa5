import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { locate, parseProfile } from "@meterport/protocol/layout/index";
import { BT62 } from "@meterport/protocol/tables/index";
import { runCli, withMeter } from "../../testing/run-cli.ts";

const link = ["--link", "tcp://meter:1"];
/** MEP guide 1.1, pp. 131-132: sixteen places of firmware 3.70, each value after its icons. */
const icons = 31;
const et50 = 0x832;

describe("display", () => {
  test("changes a value with its icons, after showing the change", async () => {
    const world = withMeter({ profile: parseProfile("meter:3.70") });
    const { ET11 } = world.meter.dimensions;
    const values = icons + 2 * (ET11.mepDataSources ?? 0);
    const display = (...args: string[]) => runCli(["display", ...link, ...args], world);
    const dry = await display("--value", "1=-12345", "--icons", "KWH,minus", "--dry-run");
    assert.equal(dry.code, 0, dry.err);
    assert.match(dry.out, /^would send 4f 08 32 .* 20 01 /m);
    assert.equal((await display("--value", "1=-12345")).code, 2);
    assert.deepEqual(world.meter.memory.read(et50, values + 4, 4), new Uint8Array(4));
    const done = await display("--value", "1=-12345", "--icons", "kWh,minus", "--value", "0=7", "--yes");
    assert.equal(done.code, 0, done.err);
    assert.deepEqual(world.meter.memory.read(et50, values, 8), Uint8Array.of(7, 0, 0, 0, 0xc7, 0xcf, 0xff, 0xff));
    const shown = JSON.parse((await display("--json")).out);
    assert.deepEqual(shown[1], { place: 1, value: -12_345, icons: ["kWh", "minus"], otherIcons: 0 });
    assert.equal(shown.length, ET11.mepDataSources);
    assert.match((await display()).out, /^ {4}1 {2}-12345 {2}kWh, minus$/m);
    await display("--value", "1=0", "--icons", "none", "--yes");
    assert.deepEqual(world.meter.memory.read(et50, icons + 2, 2), Uint8Array.of(0, 0));
  });

  test("warns if the meter records what its clients show", async () => {
    const world = withMeter({ profile: parseProfile("meter:3.70") });
    const dry = ["display", ...link, "--value", "0=1", "--dry-run"];
    assert.doesNotMatch((await runCli(dry, world)).err, /records values/);
    // The first channel of the load profile becomes counter 1 of MEP device 1 (MEP guide 1.1, p. 211).
    const { offset } = locate(BT62, ["dataSets", 0, "channelSettings", 0, "intervalSource"], world.meter.dimensions);
    world.meter.memory.patch(BT62.number, offset, Uint8Array.of(73));
    assert.match((await runCli(dry, world)).err, /the meter records values of MEP clients \(source 73\)/);
  });

  test("reports wrong usage before sending anything", async () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [["--value", "12.34"], /is not a place and a whole number as in 0=12345/],
      [["--value", "0=99999999999"], /is not a place and a whole number/],
      [["--value", "0=2147483648"], /not a signed 32-bit integer/],
      [["--value", "99=1"], /there is no place 99; this meter has places 0 to \d+/],
      [["--value", "0=1", "--icons", "kwhh"], /"kwhh" is not an icon; did you mean "?kWh/],
      [["--icons", "kWh"], /add --value/],
    ];
    for (const [args, sentence] of wrong) {
      const { code, err } = await runCli(["display", ...link, ...args, "--yes"], withMeter());
      assert.equal(code, 2, args.join(" "));
      assert.match(err, sentence);
    }
  });
});
