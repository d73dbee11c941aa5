import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toHex } from "@meterport/protocol/bytes";
import type { VirtualMeterOptions } from "@meterport/simulator";
import { runCli, type World, withMeter } from "../../testing/run-cli.ts";

const link = ["--link", "tcp://meter:1"];
const advanced = ["--key", `hex:${"02".repeat(16)}`];
const keys = (options: Partial<VirtualMeterOptions> = {}) => {
  const world = withMeter(options);
  const sent: string[] = [];
  world.meter.use(({ request }) => {
    if (request.kind === "write" || request.kind === "write-at") sent.push(`${request.kind} ${request.table}`);
    return undefined;
  });
  return { ...world, sent };
};
const write = ({ sent: _, ...world }: World & { readonly sent?: readonly string[] }, ...args: string[]) =>
  runCli(["write", ...link, ...args], world);
const health = "ET51.clients.0.healthTimeout";

describe("write", () => {
  test("shows before and after, writes what differs, reads it back", async () => {
    const world = keys();
    const { code, out, err } = await write(world, `${health}=30`, "ET51.clients.0.onDemandTimeout=40", "--yes");
    assert.equal(code, 0, err);
    assert.match(err, /^ET51\.clients\.0\.healthTimeout {4}60 {2}-> {2}30$/m);
    assert.equal(out, "written, and read back\n");
    assert.deepEqual(world.sent, ["write-at 2099"]);
    assert.deepEqual(world.meter.memory.read(2099, 1, 3), Uint8Array.of(30, 0, 40));
    const again = await write(world, `${health}=30`, "--yes");
    assert.deepEqual([again.code, again.out, world.sent.length], [0, "the meter has these values already\n", 1]);
  });

  test("shows the bytes in a dry run and sends none", async () => {
    const world = keys();
    const { code, out } = await write(world, "ET51.1=258", "--dry-run");
    assert.equal(code, 0);
    assert.match(out, /^would send 4f 08 33 00 00 01 00 02 02 01 {2}\(ET51, bytes 1 to 2;/m);
    const json = await write(world, "ET51.1=258", "--dry-run", "--json");
    assert.deepEqual(JSON.parse(json.out), {
      changes: [{ field: health, before: 60, after: 258 }],
      requests: [{ table: "ET51", offset: 1, data: "0201", bytes: "4f083300000100020201" }],
      sent: false,
    });
    assert.deepEqual(world.sent, []);
  });

  test("sends nothing without confirmation", async () => {
    const world = keys();
    const alone = await write(world, `${health}=30`);
    assert.equal(alone.code, 2);
    assert.match(alone.err, /no terminal to confirm this, so nothing was sent/);
    assert.equal((await write({ ...world, answer: false }, `${health}=30`)).code, 2);
    assert.deepEqual(world.sent, []);
    assert.equal((await write({ ...world, answer: true }, `${health}=30`)).code, 0);
    assert.deepEqual(world.sent, ["write-at 2099"]);
  });

  test("takes values by type: flags, names, sums of names, dates, bytes, JSON", async () => {
    const world = keys();
    const { code, err } = await write(
      world,
      "--yes",
      "ET50.30.2=on",
      "ET50.clients.0.iconDisplayControl.0=kWh+minus",
      "ET50.clients.0.dataForDisplay.0=-12345",
      "ET50.clients.0.houseIcon=flash",
      `ET50.clients.0.identification=${"41".repeat(30)}`,
    );
    assert.equal(code, 0, err);
    const { memory } = world.meter;
    assert.equal(memory.read(2098, 30, 1)?.[0], 4);
    assert.deepEqual(memory.read(2098, 31, 2), Uint8Array.of(0x20, 0x01));
    assert.deepEqual(memory.read(2098, 43, 4), Uint8Array.of(0xc7, 0xcf, 0xff, 0xff));
    assert.equal(memory.read(2098, 67, 1)?.[0], 2);
    assert.deepEqual(memory.read(2098, 0, 2), Uint8Array.of(0x41, 0x41));
    const dated = await write(world, ...advanced, "--yes", "BT54.nonRecurringDates.0.date=2027-05-01");
    assert.equal(dated.code, 0, dated.err);
    const json = await write(world, "--yes", "--dry-run", "ET50.clients.0.dataForDisplay=[1,2,3,4,5,6]");
    assert.equal(json.code, 0, json.err);
  });

  test("reports a wrong value with its place, and sends nothing", async () => {
    const world = keys();
    const wrong = async (expected: RegExp, ...args: string[]): Promise<void> => {
      const { code, err } = await write(world, "--yes", ...args);
      assert.equal(code, 2, err);
      assert.match(err, expected);
    };
    await wrong(/ET51\.clients\.0\.healthTimeout: 99999 is not a whole number from 0 to 65535/, `${health}=99999`);
    await wrong(/healthTimeout: "soon" is not a valid value; it takes a whole number of s/, `${health}=soon`);
    await wrong(/et59Response: "maybe" is not a valid value; it takes true or false/, "ET50.30.1=maybe");
    await wrong(/"ET51" is not an assignment such as/, "ET51");
    await wrong(/did you mean healthTimeout/, "ET51.clients.0.healthTimeou=1");
    await wrong(/the meter controls it; nothing was sent/, "BT23.total.summations.0=5");
    await wrong(/ET51\.clients\.0\.healthTimeout|given twice/, `${health}=1`, `${health}=2`);
    assert.deepEqual(world.sent, []);
    const refused = await write(world, "--yes", "ET13.devices.4.billingDay=7");
    assert.equal(refused.code, 1);
    assert.match(refused.err, /the key does not permit it/);
  });

  test("writes several tables as one transaction", async () => {
    const world = keys();
    const { code, err } = await write(world, "--yes", "--transaction", `${health}=31`, "ET50.30.2=true");
    assert.equal(code, 0, err);
    assert.deepEqual(new Set(world.sent), new Set(["write-at 2100", "write-at 2099", "write-at 2098"]));
    assert.deepEqual(world.meter.memory.read(2099, 1, 1), Uint8Array.of(31));
  });

  test("shows the bytes for ET52 in a dry run of a transaction", async () => {
    const world = keys();
    const executed: string[] = [];
    world.meter.use(({ request }) => {
      if (request.kind === "write-at" && request.table === 2100) executed.push(toHex(request.data));
      return undefined;
    });
    // The second is longer than one message.
    const switches = JSON.stringify(
      Array.from({ length: 200 }, () => ({ tier: 3, minute: 59, hour: 23, schedule: 9 })),
    );
    const sets = [
      [`${health}=31`, "ET50.30.2=true"],
      [`${health}=32`, `BT54.tierSwitches=${switches}`],
    ];
    for (const [i, fields] of sets.entries()) {
      const change = (...how: string[]) => write(world, ...advanced, "--transaction", ...how, ...fields);
      executed.length = 0;
      const text = await change("--dry-run");
      assert.equal(text.code, 0, text.err);
      const shown = [...text.out.matchAll(/^would send ([0-9a-f ]+) {2}\(ET52, /gm)].map(([, hex = ""]) => hex);
      const { transaction, sent } = JSON.parse((await change("--dry-run", "--json")).out);
      assert.deepEqual([transaction.length, sent, executed], [i + 1, false, []]);
      const hex = (name: string): string[] => transaction.map((part: Record<string, string>) => part[name]);
      assert.deepEqual(
        shown.map((bytes) => bytes.replaceAll(" ", "")),
        hex("bytes"),
      );
      assert.equal((await change("--yes")).code, 0);
      assert.deepEqual(executed, hex("data"), "sends exactly what was shown");
    }
  });

  test("does not overwrite what changed between showing and sending", async () => {
    for (const [shownBy, how] of [
      [1, []],
      [2, ["--transaction"]],
    ] as const) {
      const world = keys();
      let reads = 0;
      world.meter.use(({ request, memory }) => {
        // A neighbour of the bit to be written, after its byte was shown.
        if (request.kind === "read-at" && request.table === 2098 && request.offset === 30 && ++reads > shownBy)
          memory.patch(2098, 30, Uint8Array.of(0x80));
        return undefined;
      });
      const { code, err } = await write({ ...world, answer: true }, ...how, "ET50.30.2=true");
      assert.deepEqual([code, world.sent], [2, []], err);
      assert.match(err, /the meter has changed since this was shown, so nothing was sent; look again/);
    }
  });

  test("old firmware: the wear budget holds over runs of the command, with and without --profile", async () => {
    const world = { ...keys({ profile: { family: "meter", firmware: [3, 30] } }), state: new Map<string, unknown>() };
    for (const value of [1, 2, 3]) assert.equal((await write(world, `${health}=${value}`, "--yes")).code, 0);
    assert.equal((await write(world, `${health}=4`, "--yes", "--profile", "meter:3.30")).code, 0);
    const fifth = await write(world, `${health}=5`, "--yes");
    assert.equal(fifth.code, 2);
    assert.match(fifth.err, /4 writes an hour and 100 a day spare the meter's memory/);
    assert.equal(world.sent.length, 4);
    assert.deepEqual([...world.state.keys()], ["wear-NES-83331-3I-68411894"]);
    // Earlier versions stored it by the serial number alone.
    const former = new Map([["wear-68411894", world.state.get("wear-NES-83331-3I-68411894")]]);
    assert.equal((await write({ ...world, state: former }, `${health}=5`, "--yes")).code, 2);
    const another = new Map([["wear-XYZ-83331-3I-68411894", world.state.get("wear-NES-83331-3I-68411894")]]);
    assert.equal(
      (await write({ ...world, state: another }, `${health}=5`, "--yes")).code,
      0,
      "another manufacturer's meter",
    );
  });
});
