/** What `auto` uses on ports that speak RC4, TLS or both, and that it is never downgraded. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, rc4 } from "@meterport/client";
import { auto, type Finding, type FoundSecurity, findingText, securityOf } from "@meterport/client/security/auto";
import { Secret } from "@meterport/protocol/mep/security/key";
import { BT21, ET70 } from "@meterport/protocol/tables/index";
import { memoryLine } from "@meterport/simulator";
import { keys, setting } from "./support/gen4-setting.ts";

describe("security auto", () => {
  test("uses RC4 on old firmware, without trying TLS", async () => {
    const { to, automatic, found, remembered } = setting({ firmware: "meter:3.70" });
    const meter = await to(1, automatic());
    assert.equal(meter.session.seal?.name, "rc4 authentication");
    assert.deepEqual(found, [{ tried: "rc4", outcome: "works", detail: "the port answers, firmware 3.70" }]);
    assert.equal(remembered(), "rc4");
  });

  test("uses TLS on firmware 4 if the port has it, required or optional, and finds the key's name", async () => {
    for (const setup of ["optional", "required"] as const)
      for (const level of ["basic", "advanced"] as const) {
        const { to, automatic, remembered } = setting({ tls: [setup] });
        const meter = await to(1, automatic(keys[level]));
        assert.deepEqual([meter.session.seal?.name, meter.level, remembered()], ["tls", level, "tls"]);
      }
  });

  test("does not fall back if a handshake fails on a port with TLS", async () => {
    const { clock, device, entropy } = setting({ tls: ["optional"] });
    const line = memoryLine({ meter: device, clock });
    // An attacker in between lets RC4 pass and alters each of our Finished messages.
    const bend = (bytes: Uint8Array): Uint8Array =>
      bytes[2] === 0x59 ? Uint8Array.from(bytes, (byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte)) : bytes;
    const between = { ...line, write: (bytes: Uint8Array) => line.write(bend(bytes)) };
    await assert.rejects(clock.run(connect(between, { security: auto({ key: keys.basic, entropy }), clock })), {
      code: "wrong-key",
    });
  });

  test("uses RC4 on firmware 4 if the port has no TLS", async () => {
    const { clock, to, automatic, found } = setting({ tls: ["off"] });
    const meter = await to(1, automatic());
    assert.equal((await clock.run(meter.read(BT21))).presentValues, 84);
    assert.equal(meter.session.seal?.name, "rc4 authentication");
    assert.deepEqual(
      found.map(({ tried, outcome }) => [tried, outcome]),
      [
        ["rc4", "works"],
        ["tls", "refused"],
        ["rc4", "chosen"],
      ],
    );
    assert.match(findingText(found[2] as Finding), /^goes on with RC4: .*ask the utility to switch TLS on$/);
  });

  test("tries TLS first if the profile has it, so that the key's weak digest does not cross the line", async () => {
    const { clock, device, automatic, found, remembered } = setting({ tls: ["optional"] });
    const line = memoryLine({ meter: device, clock });
    const codes: number[] = [];
    const heard = {
      ...line,
      write: (bytes: Uint8Array) => {
        codes.push(bytes[2] ?? 0);
        return line.write(bytes);
      },
    };
    await clock.run(connect(heard, { security: automatic(), clock, profile: device.profile }));
    assert.deepEqual(codes.slice(0, 3), [0x58, 0x59, 0x80]);
    assert.ok(codes.every((code) => code >= 0x58));
    assert.equal(remembered(), "tls");
    assert.deepEqual(
      found.map(({ outcome }) => outcome),
      ["works", "chosen"],
    );
    const off = setting({ tls: ["off"] });
    const { profile } = off.device;
    const plain = await off.to(1, off.automatic(), { profile });
    assert.equal(plain.session.seal?.name, "rc4 authentication");
    assert.equal(off.found.at(-1)?.outcome, "chosen");
    assert.equal(await off.clock.run(plain.read(ET70, ["commChannelIndex"])), 1);
    const stranger = setting({ tls: ["optional"] });
    const wrong = stranger.automatic(new Secret(new Uint8Array(16).fill(9)));
    await assert.rejects(stranger.to(1, wrong, { profile }), { code: "wrong-key" });
    assert.ok(stranger.found.every(({ tried }) => tried === "tls"));
  });

  test("remembers --security tls too, and does not claim to have seen it", async () => {
    const memory = { found: undefined as FoundSecurity | undefined };
    const kept = { get: () => memory.found, set: (found: FoundSecurity) => (memory.found = found) };
    const first = setting();
    const options = { key: keys.basic, entropy: first.entropy, memory: kept };
    const off = setting({ tls: ["off"] });
    await assert.rejects(off.to(1, securityOf("tls", options)), {
      code: "no-tls",
      message: /^read BT01: the port does not speak TLS \(it answers a handshake with 0x0b\) after 3 attempts$/,
    });
    assert.equal(memory.found, undefined);
    const meter = await first.to(1, securityOf("tls", { ...options, level: "basic" }));
    assert.deepEqual([meter.session.seal?.name, meter.level, memory.found], ["tls", "basic", "tls"]);
    await assert.rejects(setting({ tls: ["off"] }).to(1, securityOf("auto", options)), { code: "no-tls" });
  });

  test("never falls back from TLS: a port without it any more gives an error that says what to do", async () => {
    const { to, automatic, clock, device, entropy } = setting();
    await clock.run((await to(1, automatic())).close());
    const off = setting({ tls: ["off"] });
    const remembered = auto({ key: keys.basic, entropy, memory: { get: () => "tls", set: () => {} } });
    await assert.rejects(off.to(1, remembered), {
      name: "LinkError",
      code: "no-tls",
      message:
        /^read BT01: the port does not speak TLS .*; it spoke TLS before, so going back to RC4 must be requested explicitly/,
    });
    const explicit = await off.to(1, rc4({ key: keys.basic, entropy }));
    assert.equal(await off.clock.run(explicit.read(ET70, ["commChannelIndex"])), 1);
    assert.equal(device.portCount, 2);
    const line = memoryLine({ meter: off.device, clock: off.clock });
    const mute = { ...line, write: async () => {} };
    await assert.rejects(off.clock.run(connect(mute, { security: remembered, clock: off.clock })), {
      code: "no-answer",
      message: /nothing but TLS was tried, because this link spoke it before$/,
    });
  });

  test("reports a silent known port at once, and tries TLS on a silent unknown one", async () => {
    const silent = async (known: FoundSecurity | undefined): Promise<number> => {
      const { clock, device, entropy } = setting({ firmware: "meter:3.70" });
      const line = memoryLine({ meter: device, clock });
      const security = auto({ key: keys.basic, entropy, memory: { get: () => known, set: () => {} } });
      const began = clock.now();
      const mute = { ...line, write: async () => {} };
      await assert.rejects(clock.run(connect(mute, { security, clock })), { code: "no-answer" });
      return clock.now() - began;
    };
    assert.ok((await silent("rc4")) < 2_000);
    const unknown = await silent(undefined);
    assert.ok(unknown > 3_000 && unknown < 6_000, `${unknown} ms`);
  });

  test("gives one sentence for a wrong key, with RC4 and with TLS", async () => {
    const stranger = new Secret(new Uint8Array(16).fill(9));
    const required = setting({ tls: ["required"] });
    await assert.rejects(required.to(1, required.automatic(stranger)), {
      code: "wrong-key",
      message: "read BT01: the meter refuses the key, as the basic one (MBK) and as the advanced one (MAK)",
    });
    const old = setting({ firmware: "meter:3.70" });
    await assert.rejects(old.to(1, old.automatic(stranger)), {
      code: "wrong-key",
      message: /knows no key that fits the digest/,
    });
  });
});
