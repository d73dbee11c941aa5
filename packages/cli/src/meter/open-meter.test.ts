import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PortTls } from "@meterport/protocol/mep/security/mep-tls/port-security";
import { type Ran, runCli, withMeter } from "../testing/run-cli.ts";

const firmware4 = { family: "meter", firmware: [4, 30] } as const;

/** Reads one field of a meter of firmware 4.30 with such a port, with the state of earlier commands. */
const read = (link: string, tls: PortTls, state: Map<string, unknown>, ...more: string[]): Promise<Ran> =>
  runCli(["read", "ET70.commChannelIndex", "--link", link, "--json", ...more], {
    ...withMeter({ profile: firmware4, tls: [tls] }),
    state,
  });

describe("--security auto", () => {
  test("a port that once spoke TLS cannot be downgraded later, however its link is spelled", async () => {
    for (const security of ["auto", "tls"]) {
      const state = new Map<string, unknown>();
      const first = await read("tcp://Bridge:4001", "optional", state, "--security", security);
      const kept = { security: "tls", level: "basic" };
      assert.deepEqual([first.code, [...state]], [0, [["security-bridge:4001", kept]]], first.err);
      assert.match(
        first.err,
        /goes on with TLS with the basic key \(MBK\): nothing weaker is accepted on this link any more/,
      );
      // Damaged, it still means TLS.
      state.set("security-bridge:4001", undefined);
      const later = await read("tcp://bridge:4001?delay=20ms", "off", state);
      assert.equal(later.code, 1);
      assert.match(later.out, /"code":"no-tls","message":"read BT01: .*going back to RC4 must be requested explicitly/);
      assert.equal((await read("tcp://bridge:4001", "off", state, "--security", "rc4")).code, 0);
    }
  });

  test("the key's level is remembered, so that the meter refuses it once, not with each command", async () => {
    const state = new Map<string, unknown>([["security-bridge:4001", "tls"]]);
    const tried = async (key: string): Promise<string[]> => {
      const { code, err } = await read("tcp://bridge:4001", "required", state, "--key", `hex:${key.repeat(16)}`);
      assert.equal(code, 0, err);
      return [...err.matchAll(/tried TLS with the \w+ key \((\w+)\)/g)].map(([, name = ""]) => name);
    };
    assert.deepEqual(await tried("02"), ["MBK", "MAK"]);
    assert.deepEqual(await tried("02"), ["MAK"]);
    assert.deepEqual(await tried("01"), ["MAK", "MBK"]);
    assert.deepEqual(await tried("01"), ["MBK"]);
  });

  test("warns of RC4 on a port that may speak TLS, with what to do", async () => {
    const state = new Map<string, unknown>();
    const { code, err } = await read("tcp://bridge:4001", "off", state);
    assert.deepEqual([code, state.size], [0, 0]);
    assert.match(err, /goes on with RC4: .*ask the utility to switch TLS on\n/);
  });

  test("--security tls on a port without TLS does not claim that it ever spoke it", async () => {
    const { code, err, out } = await read("tcp://bridge:4001", "off", new Map(), "--security", "tls");
    assert.equal(code, 1);
    assert.doesNotMatch(err + out, /before, so|spoke/);
  });

  test("a wrong key is one sentence and a remedy, without the key", async () => {
    const stranger = "09".repeat(16);
    const { code, err, out } = await read("tcp://bridge:4001", "required", new Map(), "--key", `hex:${stranger}`);
    assert.equal(code, 1);
    assert.match(out, /"wrong-key","message":"read BT01: the meter refuses the key, as the basic one \(MBK\) and as/);
    assert.doesNotMatch(err + out, /0909/);
  });
});

describe("--record", () => {
  test("closes the pipe if the file cannot be written, since an open one keeps the command from ending", async () => {
    for (const command of ["read", "live", "doctor"]) {
      const world = withMeter();
      const { openLink } = world;
      assert.ok(openLink);
      let closed = 0;
      const { code, out, err } = await runCli(
        [command, ...(command === "read" ? ["BT01"] : []), "--link", "tcp://meter:1", "--record", "full.ndjson"],
        {
          ...world,
          unwritable: "full.ndjson",
          openLink: async (...args) => {
            const transport = await openLink(...args);
            return {
              ...transport,
              close: async () => {
                closed++;
                await transport.close();
              },
            };
          },
        },
      );
      assert.deepEqual([code, out, closed], [2, "", 1], `${command}: ${err}`);
      assert.match(err, /full\.ndjson: cannot be written/);
    }
  });
});
