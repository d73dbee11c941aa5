import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toHex } from "@meterport/protocol/bytes";
import { Secret } from "@meterport/protocol/mep/security/key";
import { ET13 } from "@meterport/protocol/tables/index";
import { memoryLine, type VirtualMeterOptions } from "@meterport/simulator";
import { eagerClock } from "../testing/eager-clock.ts";
import { quietMeter, type Ran, runCli, type World, withMeter } from "../testing/run-cli.ts";

const link = ["--link", "tcp://meter:1"];
const firmware4 = { family: "meter", firmware: [4, 30] } as const;
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** Lines of the trace without their times. */
const linesOf = ({ err }: Ran): string[] =>
  err
    .split("\n")
    .filter((line) => /^ *\d+\.\d{3} (->|<-|--) /.test(line))
    .map((line) =>
      line
        .trim()
        .replace(/^\S+ /, "")
        .replace(/\d+ ms/, "n ms")
        .replace(/number \d+/, "number n"),
    );

/** A world whose meter has easily recognised keys. */
const canaries = { basic: "Bcanary-Bcanary1", advanced: "Acanary-Acanary2", optical: "Ocanary-Ocanary-Ocan" };
const secretField = `${"5ec2e7".repeat(10)}5ec2`;
const withCanaries = (options: Partial<VirtualMeterOptions> = {}, optical = false): World => {
  const clock = eagerClock();
  const meter = quietMeter(clock, {
    keys: { basic: new Secret(bytesOf(canaries.basic)), advanced: new Secret(bytesOf(canaries.advanced)) },
    opticalKeys: { unique: new Secret(bytesOf(canaries.optical)) },
    ...options,
  });
  // Where a meter would reveal a device's key.
  meter.memory.patch(ET13.number, 30, bytesOf("Dcanary-Dcanary-Dcanary-Dcanary!"));
  return { clock, openLink: async () => memoryLine({ meter: optical ? meter.optical : meter, clock }) };
};

/** Whether a text holds five bytes in a row of a secret, as characters or in hex. */
const leaks = (text: string, secret: Uint8Array): boolean =>
  Array.from({ length: secret.length - 4 }, (_, at) => secret.subarray(at, at + 5)).some(
    (part) =>
      text.includes(String.fromCharCode(...part)) ||
      text.toLowerCase().includes(toHex(part)) ||
      text.toLowerCase().includes(toHex(part, " ")),
  );

describe("--trace", () => {
  test("prints each request and answer with name, place, length and digest; standard output is unchanged", async () => {
    const args = ["read", ...link, "BT21.tiers", "--profile", "meter:3.70", "--security", "rc4", "--json"];
    const plain = await runCli(args, withMeter());
    const traced = await runCli([...args, "--trace"], withMeter());
    assert.deepEqual([traced.code, traced.out], [0, plain.out]);
    assert.deepEqual(linesOf(plain), []);
    assert.deepEqual(linesOf(traced), [
      "-> read BT01 +24",
      "<- the meter expects sequence number n, which jumped; digest valid",
      "-> read BT01 +24, attempt 2",
      "<- read BT01 +24: ok, 24 bytes, digest valid, n ms, 2 attempts",
      "-> read ET03 @0 +30",
      "<- read ET03 @0 +30: ok, 30 bytes, digest valid, n ms",
      "-> read BT21 @7 +1",
      "<- read BT21 @7 +1: ok, 1 byte, digest valid, n ms",
      "-- the session has ended",
    ]);
  });

  test("may be anywhere on the command line, and takes two details", async () => {
    const args = ["--profile", "meter:3.70", "--security", "rc4", ...link];
    for (const words of [
      ["read", "--trace", "BT21.tiers", ...args],
      ["read", "BT21.tiers", ...args, "--trace"],
    ])
      assert.match((await runCli(words, withMeter())).err, /-> read BT21 @7 \+1\n/);
    const full = await runCli(["read", "--trace=full", "BT21.tiers", ...args], withMeter());
    assert.match(full.err, /<- read BT21 @7 \+1: ok, 1 byte, digest valid, \d+ ms {2}04\n/);
    const wrong = await runCli(["read", "--trace=everything", "BT21.tiers", ...args], withMeter());
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /'everything' is invalid.*frames, full/);
  });

  test("names the steps of a TLS handshake, and its contents", async () => {
    const args = ["read", ...link, "ET70.commChannelIndex", "--profile", "meter:4.30", "--security", "tls", "--trace"];
    const ran = await runCli(args, withMeter({ profile: firmware4, tls: ["required"] }));
    assert.equal(ran.code, 0, ran.err);
    const lines = linesOf(ran);
    assert.deepEqual(lines.slice(0, 6), [
      "-> TLS: ClientHello",
      "<- TLS: ServerHello, ServerHelloDone",
      "-> TLS: ClientKeyExchange, ChangeCipherSpec, Finished",
      "<- TLS: ChangeCipherSpec, Finished",
      "-> read BT01 @14 +2",
      "<- read BT01 @14 +2: ok, 2 bytes, inside TLS, n ms",
    ]);
    assert.ok(lines.includes("-> TLS: end of the session"));
  });

  test("shows that a key is wrong", async () => {
    const stranger = ["--key", `hex:${"09".repeat(16)}`];
    const wrong = await runCli(["read", "BT21", ...link, ...stranger, "--security", "rc4", "--trace"], withMeter());
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, /<- 9 bytes thrown away: the meter refuses the key/);
    assert.match(wrong.err, /-- read BT01 \+24: wrong-key, /);
  });

  test("works for every command that asks a meter", async () => {
    for (const command of ["live --count 1", "alarms", "dump", "profile", "events", "outages", "quality", "billing"]) {
      const ran = await runCli([...command.split(" "), ...link, "--trace", "--json"], withMeter());
      assert.ok(linesOf(ran).includes("-> read BT01 +24"), `${command}: ${ran.err.slice(0, 500)}`);
    }
    for (const command of ["calendar", "tariffs", "demands", "devices", "recurring", "display", "doctor"]) {
      const ran = await runCli([command, ...link, "--trace", "--json"], withMeter());
      assert.ok(
        linesOf(ran).some((line) => line.startsWith("-> read BT")),
        `${command}: ${ran.err.slice(0, 500)}`,
      );
    }
  });

  test("no key, password or secret field is in any trace", async () => {
    const write = ["write", `ET13.devices.0.securityKey=${secretField}`, "--yes"];
    const read = ["read", "ET13", "BT01", "ET50"];
    const post = ["call", "EP39", "--unverified", "--hex", `0c2001${"5ec2e7".repeat(10)}`, "--yes"];
    const advanced = ["--key", `ascii:${canaries.advanced}`];
    const settings: readonly (readonly [args: readonly string[], world: () => World])[] = [
      [[...advanced, "--security", "rc4"], withCanaries],
      [[...advanced, "--security", "rc4-encrypted"], withCanaries],
      [[...advanced], () => withCanaries({ profile: firmware4, tls: ["optional"] })],
      [[...advanced, "--security", "tls"], () => withCanaries({ profile: firmware4, tls: ["required"] })],
      [["--key", `ascii:${canaries.optical}`], () => withCanaries({}, true)],
      // The wrong key is sent, too.
      [["--key", `ascii:${canaries.basic}`], () => withCanaries({}, true)],
    ];
    for (const [args, world] of settings)
      for (const command of [write, read, post, ["doctor"]])
        for (const trace of ["--trace", "--trace=full"]) {
          const isOptical = world === settings.at(-1)?.[1] || world === settings.at(-2)?.[1];
          const to = ["--link", isOptical ? "optical+tcp://meter:1" : "tcp://meter:1"];
          const ran = await runCli([...command, ...to, ...args, trace], world());
          const lines = linesOf(ran).join("\n");
          assert.ok(lines.length > 100, `${command[0]} ${args.join(" ")}: ${ran.err}`);
          for (const secret of [
            ...Object.values(canaries).map(bytesOf),
            Uint8Array.of(0x5e, 0xc2, 0xe7, 0x5e, 0xc2, 0xe7),
          ])
            assert.ok(!leaks(lines, secret), `${command.join(" ")} ${args.join(" ")} ${trace}:\n${lines}`);
        }
  });
});
