import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import { key, runCli, withMeter } from "../../testing/run-cli.ts";

const link = ["--link", "tcp://meter:1"];
const read = (...args: string[]) => runCli(["read", ...link, ...args], withMeter());

describe("read --json", () => {
  test("prints one object, keyed by the requested names", async () => {
    const { code, out } = await read("--json", "BT21.presentValues", "BT28.presentValues.0", "et51");
    assert.equal(code, 0);
    const document = JSON.parse(out) as Record<string, unknown>;
    assert.deepEqual(Object.keys(document), ["BT21.presentValues", "BT28.presentValues.0", "et51"]);
    assert.equal(document["BT21.presentValues"], 55);
    assert.equal(document["BT28.presentValues.0"], 432);
    assert.equal((document.et51 as { clients: { healthTimeout: number }[] }).clients?.[0]?.healthTimeout, 60);
  });

  test("an item that the meter refuses fails alone: exit 1", async () => {
    const { code, out } = await read("--json", "BT21.tiers", "ET22");
    assert.equal(code, 1);
    const document = JSON.parse(out) as Record<string, { error?: { code: string; message: string } }>;
    assert.equal(document["BT21.tiers"], 4);
    assert.equal(document.ET22?.error?.code, "no-such-table");
    assert.match(document.ET22?.error?.message ?? "", /^read ET22: /);
  });

  test("the guide's notation finds a byte and a bit", async () => {
    const { code, out } = await read("--json", "ET50.30.0", "BT21.7");
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), { "ET50.30.0": false, "BT21.7": 4 });
  });

  test("reads part of a table whose contents decide its layout, also by the guide's offset", async () => {
    const { code, out } = await read(
      "--json",
      "ET42.logs.4.entrySize",
      "ET36.actualDimensions.5.currentEntries",
      "ET36.92",
    );
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), {
      "ET42.logs.4.entrySize": 525,
      "ET36.actualDimensions.5.currentEntries": 4,
      "ET36.92": 4,
    });
    const missing = await read("--json", "ET36.actualDimensions.7.entrySize");
    assert.equal(missing.code, 1);
    assert.match(missing.out, /there is no "7" here|no such part/);
  });

  test("reads a pending table by the name of the table it will replace", async () => {
    const { code, out } = await read("--json", "BT54 pending.descriptor.eventCode", "ET47-pending.contents.tariff");
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), { "BT54 pending.descriptor.eventCode": 0, "ET47-pending.contents.tariff": 0 });
  });

  test("accepts a profile if the meter has the same layouts, and refuses another", async () => {
    for (const profile of ["meter:3.70", "meter:3.71"]) {
      const { code, out } = await read("--json", "--profile", profile, "BT52");
      assert.equal(code, 0);
      assert.deepEqual((JSON.parse(out) as { BT52: { clock: { year: number } } }).BT52.clock.year, 26);
    }
    for (const profile of ["meter:2.10", "meter:4.30", "module:1.20"]) {
      const { code, out } = await read("--json", "--profile", profile, "BT23");
      assert.equal(code, 2);
      const message = `the profile ${profile} was given, but the meter says that it is meter:3.70 (BT01): omit the profile, or check that the link leads to the right meter`;
      assert.deepEqual(JSON.parse(out), { error: { code: "profile", message } });
    }
    const { code, err } = await read("--profile", "meter:9.9", "BT23");
    assert.equal(code, 2);
    assert.match(err, /profile "meter:9\.9": there is no such firmware; meter firmware begins with 2, 3 or 4/);
  });

  test("warns that values of an unidentified meter are only as certain as the profile", async () => {
    const world = withMeter();
    world.meter.use(({ request }) =>
      "table" in request && request.table === 1 ? { kind: "error", code: 3 } : undefined,
    );
    const given = await runCli(["read", ...link, "--profile", "meter:3.70", "BT21.tiers"], world);
    assert.equal(given.code, 0);
    assert.match(
      given.err,
      /does not identify itself, so it is read as meter:3\.70: on another firmware values may be wrong/,
    );
    const guessed = await runCli(["read", ...link, "BT21.tiers"], world);
    assert.equal(guessed.code, 0);
    assert.match(guessed.err, /does not identify itself and is read as meter:3\.70; give --profile if you know/);
  });

  test("prints a link that does not open as the one document", async () => {
    const { code, out, err } = await runCli(["read", ...link, "--json", "--key", key, "BT21"]);
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(out), { error: { code: "not-open", message: "tcp://meter:1: cannot open it" } });
    assert.equal(err, "meterport: the key was read as 32 hex digits\n");
  });
});

describe("read for people", () => {
  test("a long value moves no other one, and is wrapped on a terminal", async () => {
    const args = ["read", ...link, "ET50.clients.0"];
    const piped = await runCli(args, withMeter());
    assert.match(piped.out, /^ {2}clients\.0\.identification +(00 ){29}00$/m);
    assert.match(piped.out, /^ {2}clients\.0\.et59Response {2,10}(no|yes)$/m);
    const shown = await runCli(args, { ...withMeter(), terminal: true });
    assert.ok(shown.out.split("\n").every((line) => line.length <= 100));
  });

  test("a single value is one line", async () => {
    const { code, out, err } = await read("BT28.presentValues.4");
    assert.deepEqual([code, out], [0, "BT28.presentValues.4  1955  mA  RMS Current L1\n"]);
    assert.equal(err, "meterport: the key in METERPORT_KEY was read as 32 hex digits\n");
  });

  test("a table has a title and its fields in columns", async () => {
    const { out } = await read("BT53");
    assert.match(out, /^BT53 {2}Time Offset\n {2}\S+ +\S+/);
  });

  test("a refusal is a sentence with its remedy, and the others are printed", async () => {
    const { code, out, err } = await read("ET22", "BT21.tiers");
    assert.equal(code, 1);
    assert.equal(out, "BT21.tiers  4\n");
    assert.match(err, /meterport: read ET22: .*\n {2}This firmware may not have it/);
  });
});

describe("wrong usage is reported before anything is opened", () => {
  const cases: Record<string, readonly [readonly string[], RegExp]> = {
    "an unknown field": [["BT21.sumations"], /BT21 has no "sumations"; did you mean summations\?/],
    "a field of a field": [["BT21.tiers.1"], /BT21\.tiers has no parts/],
    "a name instead of an index": [["ET13.devices.first"], /ET13\.devices is a list/],
    "an unknown table": [["XT13"], /unknown table "XT13"; did you mean /],
    "a table that the guides do not name": [["ET700"], /the guides do not name table ET700/],
    "a procedure": [["EP17"], /EP17 is a procedure: use meterport call/],
    "a field of an undeclared table": [["ET22.1"], /fields of ET22 are not declared/],
    "a malformed profile": [["BT21", "--profile", "x"], /not of the form/],
    "a malformed key": [["BT21", "--key", "secret-but-short"], /./],
  };
  for (const [name, [args, message]] of Object.entries(cases))
    test(name, async () => {
      const wrongKey = args.includes("--key") ? ["--key", "secret"] : ["--key", key];
      const plain = args.filter((arg) => arg !== "--key" && arg !== "secret-but-short");
      const { code, out, err } = await runCli(["read", ...link, ...plain, ...wrongKey]);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, message);
      assert.ok(!err.includes('"secret"') && !err.includes("secret "), "a key is never echoed");
    });

  test("refuses an element that this meter does not have", async () => {
    const { code, err } = await read("ET13.devices.9.ta");
    assert.equal(code, 2);
    assert.match(err, /ET13\.devices\.9\.ta: this meter \(meter:3\.70\) has no such field/);
  });

  test("no key at all", async () => {
    const { code, err } = await runCli(["read", ...link, "BT21"]);
    assert.equal(code, 2);
    assert.match(err, /a key is needed: give --key KEY, --key @FILE, or set METERPORT_KEY/);
  });
});

describe("keys", () => {
  const forms: Record<string, readonly [Partial<{ args: string[]; env: Record<string, string> }>, RegExp]> = {
    "32 hex digits": [{ args: ["--key", "01".repeat(16)] }, /the key was read as 32 hex digits$/],
    "40 hex digits": [{ args: ["--key", "01".repeat(20)] }, /40 hex digits, of which only the first 16 bytes count$/],
    "from a file": [{ args: ["--key", "@key.txt"] }, /the key, from a file, was read as 32 hex digits$/],
    "from the environment": [{ env: { METERPORT_KEY: key } }, /the key in METERPORT_KEY was read as 32 hex digits$/],
    "from a file in the environment": [
      { env: { METERPORT_KEY: "@key.txt" } },
      /the key in METERPORT_KEY, from a file, was read as/,
    ],
  };
  for (const [name, [{ args = [], env = {} }, said]] of Object.entries(forms))
    test(name, async () => {
      const world = { ...withMeter(), env, files: { "key.txt": `${"01".repeat(16)}\n` } };
      const { code, err } = await runCli(["read", ...link, "--profile", "meter:3.70", ...args, "BT21.tiers"], world);
      assert.equal(code, 0);
      assert.match(err.trim(), said);
      assert.ok(!err.includes("0101"));
    });

  test("a wrong key ends with its own sentence", async () => {
    const { code, err } = await read("--key", "ascii:0123456789abcdef", "BT21");
    assert.equal(code, 1);
    assert.match(err, /knows no key that fits the digest.*\n {2}Check that the key is this meter's, and its form/);
  });

  test("a broken line ends with the sentence of the link", async () => {
    const world = {
      ...withMeter(),
      openLink: () => Promise.reject(new LinkError("no-answer", "read BT01", "no answer")),
    };
    const { code, err } = await runCli(["read", ...link, "BT21"], world);
    assert.equal(code, 1);
    assert.match(
      err,
      /meterport: read BT01: no answer\n {2}Check in this order: the utility has switched the MEP port on/,
    );
  });
});
