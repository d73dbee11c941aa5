import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ET13, ET15 } from "@meterport/protocol/tables/index";
import { key, runCli, withMeter } from "../../testing/run-cli.ts";

const link = ["--link", "tcp://meter:1"];
/** The virtual meter's keys are 0x01 for the basic and 0x02 for the advanced level. */
const advanced = { METERPORT_KEY: key.replaceAll("01", "02") };

const open = (env: Readonly<Record<string, string>> = {}) => {
  const world = withMeter();
  const devices = (...args: string[]) =>
    runCli(["devices", ...link, ...args], { ...world, env: { ...world.env, ...env } });
  return { meter: world.meter, devices };
};

const serialOf = async ({ devices }: ReturnType<typeof open>): Promise<string> =>
  JSON.parse((await devices("--json")).out)[0].latest.telegram.serialNumber;

describe("devices", () => {
  test("tells the schedule in words and the age of the last read", async () => {
    const world = open();
    // Weekly, Monday 06:30 (MEP guide 1.1, pp. 86-88).
    world.meter.memory.patch(ET13.number, 0, Uint8Array.of(33, 6, 30, 2));
    const { out } = await world.devices();
    assert.match(out, /^ {2}read weekly on Monday at 06:30; for the load profile every 60 min$/m);
    assert.match(
      out,
      /^ {2}read 2\d{3}-\d\d-\d\d 00:00:00 by the meter's clock, (less than a minute|(\d+ h )?\d+ (min|h)) ago$/m,
    );
    const [gas] = JSON.parse((await world.devices("--json")).out);
    assert.deepEqual(gas.schedule.times, { kind: "weekly", weekday: 1, hour: 6, minute: 30 });
    assert.ok(gas.age_s >= 0 && gas.age_s < 86_400, String(gas.age_s));
  });

  test("finds a device by its serial number", async () => {
    const world = open();
    const serial = await serialOf(world);
    const found = JSON.parse((await world.devices("--find", serial, "--json")).out);
    assert.deepEqual([found.length, found[0].latest.telegram.serialNumber], [1, serial]);
    assert.match((await world.devices("--find", serial)).out, new RegExp(`serial number ${serial}`));
    const other = serial === "00000000" ? "00000001" : "00000000";
    const missing = await world.devices("--find", other);
    assert.equal(missing.code, 2);
    assert.match(missing.err, new RegExp(`no device has serial number ${other}; known: gas ${serial}`));
    assert.equal(JSON.parse((await world.devices("--medium", "Gas", "--json")).out)[0].slot, 0);
    const water = await world.devices("--medium", "water");
    assert.equal(water.code, 2);
    assert.match(water.err, new RegExp(`no device measures "water"; known: gas ${serial}`));
  });

  test("reads a device now, by its handle or its serial number", async () => {
    const world = open(advanced);
    const serial = await serialOf(world);
    const people = await world.devices("--read-now", "1");
    assert.equal(people.code, 0, people.err);
    assert.match(people.out, /^M-Bus device in slot 0, handle 1, read now\n {2}read .* ago\n {2}ELS, gas/);
    const now = JSON.parse((await world.devices("--read-now", "--find", serial, "--json")).out);
    assert.deepEqual([now.slot, now.handle, now.transaction, now.read.telegram.serialNumber], [0, 1, 0x0401, serial]);
  });

  test("reads nothing now with the basic key", async () => {
    const world = open();
    const before = world.meter.memory.get(ET15.number);
    const { code, err } = await world.devices("--read-now", "1");
    assert.notEqual(code, 0);
    assert.match(err, /call EP19: the key does not permit it/);
    assert.deepEqual(world.meter.memory.get(ET15.number), before);
  });

  test("reports wrong usage before it asks the meter", async () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [["--read-now"], /--read-now needs a device/],
      [["--read-now", "gas"], /--read-now "gas" is not a whole number/],
      [["--read-now", "1", "--find", "12345678"], /omit one/],
      [["--read-now", "1", "--medium", "gas"], /omit one/],
      [["--find", "1234"], /write its eight digits/],
    ];
    for (const [args, sentence] of wrong) {
      const { code, err } = await runCli(["devices", ...link, ...args], { env: { METERPORT_KEY: key } });
      assert.equal(code, 2, args.join(" "));
      assert.match(err, sentence);
    }
    const { code, err } = await open(advanced).devices("--read-now", "99");
    assert.deepEqual([code, err.includes("no device has handle 99; known: 1")], [2, true]);
  });
});
