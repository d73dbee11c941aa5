/** The one line of an older meter, with a supervised MEP client and an optical client on it at the same time. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, rc4 } from "@meterport/client";
import { optical } from "@meterport/client/session/optical";
import { type Connected, Supervisor } from "@meterport/client/supervision/supervisor";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { BT21, BT23, BT52 } from "@meterport/protocol/tables/index";
import { type MeterOutput, type MeterPort, memoryLine, VirtualMeter } from "@meterport/simulator";
import { systemClock } from "@meterport/transports/clock";
import { openTcp } from "@meterport/transports/network/tcp";
import { simulate } from "./support/spawned-cli.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

const mepKey = new Secret(new Uint8Array(16).fill(2));
const opticalKey = new Secret(new Uint8Array(20).fill(0x52));
const entropy = (length: number): Uint8Array => new Uint8Array(length);

/** The two ends of a line: both may send, and each hears its own port, or everything as behind a serial server. */
const plugsOf = (port: MeterPort, hears: "its own" | "everything") => {
  const said: number[] = [];
  const waiting = { mep: [] as MeterOutput[], optical: [] as MeterOutput[] };
  const wakes = new Set<() => void>();
  let plugged = false;
  let now = 0;
  const plug = (name: keyof typeof waiting): MeterPort => ({
    plugIn: (timing) => {
      if (!plugged) port.plugIn(timing);
      plugged = true;
    },
    reboot: () => port.reboot(),
    watch: (wake) => {
      wakes.add(wake);
      const end = port.watch(wake);
      return () => {
        wakes.delete(wake);
        end();
      };
    },
    wakeAt: () => (waiting[name].length > 0 ? now : port.wakeAt()),
    handle: (input, at) => {
      now = at;
      const out = port.handle(input, at);
      for (const output of out) {
        if (output.type !== "transmit") continue;
        const first = output.bytes[0] ?? 0;
        said.push(first);
        // MEP frames begin with the high byte of a length, bytes of the optical port with a start or an acknowledgement.
        if (hears === "everything" || first === 0) waiting.mep.push(output);
        if (hears === "everything" || first !== 0) waiting.optical.push(output);
      }
      const mine = waiting[name].splice(0);
      if (waiting.mep.length + waiting.optical.length > 0) for (const wake of [...wakes]) wake();
      return mine;
    },
  });
  return { said, mep: plug("mep"), optical: plug("optical") };
};

const cases = [
  ["its own", ["up", "silent", "paused", "up"], "silent until it is sure"],
  ["everything", ["up", "paused", "up"], "it is sure at once, and never takes the packets for noise"],
] as const;

describe("the line that an older meter's ports share", () => {
  for (const [hears, expected, why] of cases)
    test(`pauses a supervised MEP client that hears ${hears} while the optical port is read, and gives it back`, async () => {
      const clock = new VirtualClock();
      const device = new VirtualMeter({
        profile: parseProfile("meter:3.70"),
        scenario: "quiet",
        seed: 1,
        start: clock.wall(),
        epoch: clock.now(),
        keys: { basic: mepKey, advanced: mepKey },
        opticalKeys: { readOnly: opticalKey },
      });
      const { said, ...plugs } = plugsOf(device.sharedPort(), hears);
      const link = new Supervisor<Connected>({
        name: "line",
        open: async () => memoryLine({ meter: plugs.mep, clock }),
        connect: async (transport, signal) => ({
          meter: await connect(transport, { security: rc4({ key: mepKey, entropy }), clock, signal }),
        }),
        clock,
        entropy,
        baud: 9600,
        near: true,
      });
      const states: string[] = [];
      link.listen(({ state }) => states.push(state));
      const ask = () => link.run(({ meter }, signal) => meter.read(BT52, { signal }), { label: "ask", limit: 5_000 });
      link.start();
      await clock.run(link.first());
      assert.ok(await clock.run(ask()));
      const before = await clock.run(link.run(({ meter }) => meter.read(BT21), { label: "before", limit: 5_000 }));

      const line = memoryLine({ meter: plugs.optical, clock });
      const client = await clock.run(connect(line, { security: optical({ key: opticalKey }), clock }));
      const refused = said.indexOf(0x15);
      assert.deepEqual(
        said.slice(refused, refused + 2),
        [0x15, 0x06],
        "the first packet is lost, its repetition is not",
      );
      assert.deepEqual(await clock.run(client.read(BT21)), before);
      const asking = ask().then(
        () => "answered",
        () => "not answered",
      );
      // Somebody reads through the optical port for half a minute.
      for (let i = 0; i < 30; i++) {
        assert.ok(await clock.run(client.read(BT23)));
        await clock.advance(1_000);
      }
      assert.equal(await clock.run(asking), "not answered");
      assert.ok(!said.slice(refused).includes(0), "MEP is silent");
      assert.equal(link.status.state, "paused", `${states}`);
      assert.equal(link.status.cause?.code, "optical-session");

      await clock.run(client.close());
      const began = clock.now();
      while (states.at(-1) !== "up") {
        assert.ok(clock.now() - began < 3_000, `${states}`);
        await clock.advance(100);
      }
      assert.ok(await clock.run(ask()));
      assert.deepEqual(states, expected, why);
      await clock.run(link.close());
    });
});

describe("simulate --optical shared", () => {
  test("treats every connection as a client on the same line: another one disturbs neither session", async () => {
    const digits = (byte: string, count: number): string => `hex:${byte.repeat(count)}`;
    const keys = [
      "--basic-key",
      digits("02", 16),
      "--advanced-key",
      digits("02", 16),
      "--read-only-key",
      digits("52", 20),
    ];
    const line = ["--listen", "tcp://127.0.0.1:0", "--optical", "shared", "--scenario", "quiet"];
    const { url, stop } = await simulate([...line, ...keys]);
    const port = Number(new URL(url).port);
    const open = () => openTcp({ host: "127.0.0.1", port });
    const byMep = async () => connect(await open(), { security: rc4({ key: mepKey, entropy }), clock: systemClock });
    const byHead = async () => connect(await open(), { security: optical({ key: opticalKey }), clock: systemClock });
    try {
      const mep = await byMep();
      const before = await mep.read(BT21);
      const head = await byHead();
      assert.deepEqual(await head.read(BT21), before);
      // A new client finds the line in use, and learns why if it hears enough of the session.
      const late = byMep();
      const refused = assert.rejects(late, { name: "LinkError" });
      const paused = assert.rejects(mep.read(BT52), { code: "optical-session" });
      for (let i = 0; i < 20; i++) assert.ok(await head.read(BT23));
      await Promise.all([refused, paused]);
      assert.deepEqual(await head.read(BT21), before, "the session has gone on");
      await head.close();
      assert.ok(await mep.read(BT52));
      const another = await byMep();
      assert.deepEqual(await another.read(BT21), before);
      assert.ok(await mep.read(BT52), "nor does another client of the same kind");
      await another.close();
      await mep.close();
    } finally {
      await stop();
    }
  });
});
