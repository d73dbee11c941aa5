import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Secret } from "@meterport/protocol/mep/security/key";
import { type LineCondition, memoryLine, modelledLine } from "@meterport/simulator";
import { eagerClock } from "../testing/eager-clock.ts";
import { quietMeter, type Ran, runCli, withMeter } from "../testing/run-cli.ts";

/** MK and RK. */
const opticalKeys = {
  unique: new Secret(new Uint8Array(20).fill(0x4d)),
  readOnly: new Secret(new Uint8Array(20).fill(0x52)),
};

/** Runs a command against the optical port of the quiet household. */
const run = async (args: readonly string[], answer?: boolean): Promise<Ran & { readonly links: readonly string[] }> => {
  const clock = eagerClock();
  const meter = quietMeter(clock, { opticalKeys }).optical;
  const links: string[] = [];
  const openLink = async (link: string) => {
    links.push(link);
    return memoryLine({ meter, clock });
  };
  const ran = await runCli(args, { clock, openLink, ...(answer === undefined ? {} : { answer }) });
  return { ...ran, links };
};
const link = ["--link", "optical:///dev/ttyUSB0?baud=19200"];
const key = ["--key", String.fromCharCode(...opticalKeys.unique.reveal())];

describe("optical links", () => {
  test("lead to the serial port with all 20 bytes of the key", async () => {
    const { code, out, err, links } = await run(["read", "BT21.presentValues", ...link, ...key, "--json"]);
    assert.deepEqual(
      [code, out, links],
      [0, '{"BT21.presentValues":55}\n', ["serial:///dev/ttyUSB0?baud=19200&lines=head"]],
      err,
    );
    assert.match(err, /the key was read as 20 ASCII characters\n/);
  });

  test("give the dump that the MEP port gives", async () => {
    const args = ["dump", "--json"];
    const seen = await run([...args, ...link, ...key]);
    const mep = await runCli([...args, "--link", "tcp://meter:1", "--key", `hex:${"02".repeat(16)}`], withMeter());
    assert.deepEqual([seen.code, mep.code], [0, 0], seen.err);
    type Dump = { readonly tables: Record<string, unknown>; readonly refused: readonly { readonly id: string }[] };
    const [left, right] = [seen, mep].map(({ out }) => JSON.parse(out) as Dump) as [Dump, Dump];
    assert.deepEqual(Object.keys(left.tables), Object.keys(right.tables));
    assert.deepEqual(
      left.refused.map(({ id }) => id),
      right.refused.map(({ id }) => id),
    );
    for (const id of ["BT00", "BT21", "BT23", "BT64", "ET36", "ET11", "ET55"])
      assert.deepEqual(left.tables[id], right.tables[id], id);
  });

  test("have no transactions, not even in a dry run", async () => {
    for (const how of ["--dry-run", "--yes"]) {
      const { code, err } = await run([
        "write",
        "ET51.clients.0.healthTimeout=90",
        "--transaction",
        how,
        ...link,
        ...key,
      ]);
      assert.equal(code, 2);
      assert.match(err, /ET52 belongs to the MEP port/);
    }
  });

  test("show in a dry run what would be sent to this port", async () => {
    const { code, out, err } = await run(["write", "ET51.clients.0.healthTimeout=90", "--dry-run", ...link, ...key]);
    assert.equal(code, 0, err);
    assert.match(out, /^would send 4f 08 33 .* 5a 00 {2}\(ET51, bytes 1 to 2; then a checksum\)$/m);
  });

  test("work for events, load profile and writes", async () => {
    for (const command of [["events"], ["profile", "--format", "csv"], ["alarms"]]) {
      const { code, out, err } = await run([...command, ...link, ...key]);
      assert.equal(code, 0, err);
      assert.ok(out.length > 0);
    }
    const { code, out, err } = await run([
      "write",
      "ET51.clients.0.healthTimeout=90",
      ...link,
      ...key,
      "--yes",
      "--json",
    ]);
    assert.equal(code, 0, err);
    assert.equal((JSON.parse(out) as { sent: boolean }).sent, true);
  });

  test("report what happens with a short key, and without one", async () => {
    const short = await run(["read", "BT21", ...link, "--key", "0123456789abcdef"]);
    assert.match(short.err, /takes 20 bytes: 4 zeros are appended to the key, which no guide describes/);
    assert.equal(short.code, 1);
    const none = await run(["read", "BT01.model", ...link, "--profile", "meter:3.70", "--json"]);
    assert.deepEqual([none.code, none.out], [0, '{"BT01.model":"83331-3I"}\n'], none.err);
    assert.match(none.err, /without a key the optical port shows BT00, BT01 and ET03 only/);
  });

  test("fail with remedies for a head, not for the wires and keys of the MEP port", async () => {
    const failing = (condition: LineCondition, ...args: readonly string[]) => {
      const clock = eagerClock();
      const meter = quietMeter(clock, { opticalKeys }).optical;
      return runCli(args, { clock, openLink: async () => modelledLine({ meter, clock, ...condition }) });
    };
    const head = /no answer[^\n]*\n {2}Place the head flat on the meter's window/;
    for (const command of ["read", "dump", "live"]) {
      const words = command === "read" ? ["BT21"] : command === "live" ? ["--count", "1"] : [];
      const silent = await failing({ stuck: "silent" }, command, ...words, ...link, ...key);
      assert.equal(silent.code, 1, command);
      assert.match(silent.err, head);
      assert.doesNotMatch(silent.err, /ENABLE|MEP port/);
    }
    const wrong = await failing({}, "read", "BT21", ...link, "--key", "9".repeat(20));
    assert.match(wrong.err, /this meter's MK, PK or RK[^\n]*wrong keys lock the port/);
    const readOnly = String.fromCharCode(...opticalKeys.readOnly.reveal());
    const refused = await failing({}, "read", "ET51", ...link, "--key", readOnly);
    assert.match(refused.err, /Another key \(MK, or PK\) may permit it/);
    const wire = await failing(
      { stuck: "silent" },
      "read",
      "BT21",
      "--link",
      "/dev/ttyUSB0",
      ...key.with(1, "1".repeat(16)),
    );
    assert.match(wire.err, /ENABLE has its voltage/);
  });

  test("refuse options of the MEP port, and what would put the key into a file", async () => {
    const security = await run(["read", "BT21", ...link, ...key, "--security", "rc4"]);
    assert.deepEqual([security.code, security.links], [2, []]);
    assert.match(security.err, /--security rc4 is for the MEP port/);
    const record = await run(["read", "BT21", ...link, ...key, "--record", "x.ndjson"]);
    assert.deepEqual([record.code, record.links], [2, []]);
    assert.match(record.err, /the key crosses it in the clear/);
    const transaction = await run([
      "write",
      "ET51.clients.0.healthTimeout=90",
      ...link,
      ...key,
      "--transaction",
      "--yes",
    ]);
    assert.equal(transaction.code, 2);
    assert.match(transaction.err, /ET52 belongs to the MEP port/);
    const simulate = await runCli(["simulate", "--listen", "optical:///dev/ttyUSB0"]);
    assert.equal(simulate.code, 2);
    assert.match(simulate.err, /leads to an optical port/);
  });
});
