/** Bridges: RFC 2217 and raw TCP by ser2net, a Unix socket by socat, each with a virtual meter at the other end. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { connect } from "@meterport/client";
import { optical } from "@meterport/client/session/optical";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Transport } from "@meterport/protocol/ports";
import { BT21 } from "@meterport/protocol/tables/index";
import { serve, VirtualMeter } from "@meterport/simulator";
import { systemClock } from "@meterport/transports/clock";
import type { EnableLine } from "@meterport/transports/enable-line";
import { openRfc2217 } from "@meterport/transports/network/rfc2217";
import { openLink } from "@meterport/transports/open";
import { openPty } from "@meterport/transports/serial/pty";
import { take, transportContract } from "@meterport/transports/testing/transport-contract";
import { freePort, startListening } from "./support/free-port.ts";
import { peer } from "./support/peers.ts";
import { meterport, simulate } from "./support/spawned-cli.ts";

const ser2net = peer("ser2net");
const socat = peer("socat");
const skip = ser2net.skip || socat.skip;
const host = "127.0.0.1";

let folder = "";
let count = 0;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "meterport-bridge-"));
});
after(() => rm(folder, { recursive: true, force: true }));

interface Bridge {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** ser2net between a port of the loopback and a device. */
const bridge = async (device: string, kind: "telnet(rfc2217)," | ""): Promise<Bridge> => {
  const port = await freePort();
  const config = join(folder, `ser2net${count++}.yaml`);
  const text = `%YAML 1.1\n---\nconnection: &meter\n  accepter: ${kind}tcp,${host},${port}\n  connector: serialdev,${device},9600n81,local\n  options:\n    kickolduser: true\n`;
  await writeFile(config, text);
  const stop = await startListening(ser2net.path, ["-n", "-u", "-c", config], port);
  return { port, stop };
};

const joined = async (enable?: EnableLine): Promise<readonly [Transport, Transport]> => {
  const path = join(folder, `line${count++}`);
  const pty = await openPty(path);
  const { port, stop } = await bridge(path, "telnet(rfc2217),");
  const client = await openRfc2217({ host, port, ...(enable === undefined ? {} : { enable }) });
  const close = async (): Promise<void> => {
    await pty.close();
    await stop();
  };
  return [client, { ...pty, close }];
};

transportContract({ name: "rfc2217 by ser2net", skip, open: () => joined(), tellsEnd: false });

// A pseudo-terminal has no lines, and ser2net confirms no SET-CONTROL for it.
test("an enable line that the bridge does not confirm is not an error", { skip, timeout: 20_000 }, async () => {
  const [client, line] = await joined({ rts: true, pulse: 20 });
  await client.write(Uint8Array.of(0x30, 0xff));
  assert.deepEqual([...(await take(line, 2))], [0x30, 0xff]);
  await client.close();
  await line.close();
});

describe("a virtual meter behind a bridge", { skip, timeout: 60_000 }, () => {
  test("is read through RFC 2217 at the requested speed, and through a Unix socket", async (t) => {
    const path = join(folder, "meter");
    const meter = await simulate(["--listen", `pty://${path}`, "--scenario", "quiet"]);
    // Whatever fails below: a process that is left running would keep the whole run from ending.
    t.after(() => meter.stop());
    const { port, stop } = await bridge(path, "telnet(rfc2217),");
    const live = (link: string) =>
      meterport(["live", "--link", link, "--key", "01".repeat(16), "--json", "--count", "1"]);
    try {
      const over = await live(`rfc2217://${host}:${port}?baud=19200&delay=50ms&gap=500ms`);
      assert.equal(over.code, 0, over.err);
      assert.equal((JSON.parse(over.out) as { power_w: number }).power_w, 432);
    } finally {
      await stop();
    }
    const socket = join(folder, "meter.sock");
    const child = spawn(socat.path, [`UNIX-LISTEN:${socket},fork`, `OPEN:${path},raw,echo=0`], { stdio: "ignore" });
    try {
      for (let attempt = 0; ; attempt++) {
        const unix = await live(`unix://${socket}`);
        // Until socat listens there is no such socket.
        if (unix.code !== 0 && attempt < 20 && /cannot open/.test(unix.err)) continue;
        assert.equal(unix.code, 0, unix.err);
        assert.equal((JSON.parse(unix.out) as { power_w: number }).power_w, 432);
        break;
      }
    } finally {
      child.kill("SIGKILL");
      await once(child, "close");
    }
  });

  test("is read faster through an optical head, whose speed the bridge is told to change there and back", async () => {
    const path = join(folder, "head");
    const pty = await openPty(path);
    const readOnly = new Secret(new Uint8Array(20).fill(0x52));
    const mep = { basic: new Secret(new Uint8Array(16).fill(1)), advanced: new Secret(new Uint8Array(16).fill(2)) };
    const meter = new VirtualMeter({
      profile: parseProfile("meter:3.70"),
      keys: mep,
      opticalKeys: { readOnly },
      scenario: "quiet",
      seed: 1,
      start: systemClock.wall(),
      epoch: systemClock.now(),
    });
    serve(pty, systemClock, meter.optical);
    const { port, stop } = await bridge(path, "telnet(rfc2217),");
    const speed = async (): Promise<number> =>
      Number((await promisify(execFile)("stty", ["-F", path, "speed"])).stdout);
    try {
      // A machine that is busy with other tests must not look like a meter that does not follow.
      const timing = { holdTime: 0, responseTimeout: 5_000 };
      const security = optical({ key: readOnly, fastest: 57_600, timing });
      const transport = await openLink(`rfc2217://${host}:${port}`);
      const reader = await connect(transport, { security, clock: systemClock });
      do assert.equal(await reader.read(BT21, ["presentValues"]), 55);
      while ((await speed()) !== 57_600);
      // Without further requests the session ends, and the line is as before.
      while ((await speed()) !== 9600) await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(await reader.read(BT21, ["presentValues"]), 55);
      await reader.close();
    } finally {
      await stop();
      await pty.close();
    }
  });

  test("a raw bridge is recognised as not RFC 2217, in time", async () => {
    const path = join(folder, `line${count++}`);
    const pty = await openPty(path);
    const { port, stop } = await bridge(path, "");
    try {
      await assert.rejects(openRfc2217({ host, port, negotiationTimeout: 300 }), {
        code: "not-open",
        message: /does not answer as an RFC 2217 bridge; if it passes bytes unchanged, use tcp:\/\//,
      });
    } finally {
      await pty.close();
      await stop();
    }
  });
});

test("an unreachable host gives one sentence that names the link", async () => {
  const port = await freePort();
  await assert.rejects(openLink(`rfc2217://${host}:${port}`), {
    code: "not-open",
    message: new RegExp(`^rfc2217://${host}:${port}: cannot open it`),
  });
  await assert.rejects(openLink(`unix://${join(folder, "none.sock")}`), { code: "not-open" });
});
