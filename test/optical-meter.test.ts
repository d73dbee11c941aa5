/** A meter through its optical port: the same tables, values and commands as through its MEP port. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, type Meter, openLive, rc4 } from "@meterport/client";
import { optical } from "@meterport/client/session/optical";
import { ProcedureError, ResponseError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { EP17 } from "@meterport/protocol/procedures/ep17-remove-device";
import {
  BT01,
  BT03,
  BT04,
  BT08,
  BT20,
  BT21,
  BT23,
  BT28,
  BT64,
  ET03,
  ET04,
  ET11,
  ET13,
  ET51,
  ET54,
} from "@meterport/protocol/tables/index";
import { memoryLine, modelledLine, serve, VirtualMeter } from "@meterport/simulator";
import { systemClock } from "@meterport/transports/clock";
import { listenTcp } from "@meterport/transports/network/tcp";
import { meterport } from "./support/spawned-cli.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

/** MK, PK and RK. */
const opticalKeys = {
  unique: new Secret(new Uint8Array(20).fill(0x4d)),
  provisioning: new Secret(new Uint8Array(20).fill(0x50)),
  readOnly: new Secret(new Uint8Array(20).fill(0x52)),
};
const mepKeys = { basic: new Uint8Array(16).fill(1), advanced: new Uint8Array(16).fill(2) };
const virtual = (clock: { readonly now: () => number; readonly wall: () => number }): VirtualMeter =>
  new VirtualMeter({
    profile: parseProfile("meter:3.70"),
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
    epoch: clock.now(),
    keys: { basic: new Secret(mepKeys.basic), advanced: new Secret(mepKeys.advanced) },
    opticalKeys,
  });

type Condition = Omit<Parameters<typeof modelledLine>[0], "meter" | "clock">;

const throughOptical = async (clock: VirtualClock, condition: Condition | undefined, key = opticalKeys.unique) => {
  const device = virtual(clock);
  const front = device.optical;
  const line =
    condition === undefined ? memoryLine({ meter: front, clock }) : modelledLine({ meter: front, clock, ...condition });
  const security = optical({ key });
  return { device, front, line, meter: await clock.run(connect(line, { security, clock, writable: true })) };
};

describe("a meter through its optical port", () => {
  test("has the values that it has through its MEP port", async () => {
    const values = async (open: (clock: VirtualClock) => Promise<Meter>): Promise<unknown> => {
      const clock = new VirtualClock();
      const meter = await open(clock);
      const read: unknown[] = [meter.profile, meter.identity];
      for (const table of [BT01, ET03, BT21, BT23, BT28, ET11, ET13, ET54])
        read.push(await clock.run(meter.readPath(table, [])));
      // Requests over the optical port do not move the number of the MEP port.
      read.push({ ...(await clock.run(meter.read(ET04))), mepSequenceNumber: 0 });
      read.push(await clock.run(meter.readPath(BT64, ["blocks", 0])));
      const live = await clock.run(openLive(meter));
      read.push({ ...(await clock.run(live.read())), time: 0 });
      return read;
    };
    const mep = await values(async (clock) => {
      const security = rc4({ key: new Secret(mepKeys.basic), entropy: (length) => new Uint8Array(length) });
      return clock.run(connect(memoryLine({ meter: virtual(clock), clock }), { security, clock }));
    });
    const seen = await values(async (clock) => (await throughOptical(clock, undefined)).meter);
    assert.deepEqual(seen, mep);
  });

  test("shows what only the optical port has", async () => {
    const clock = new VirtualClock();
    const { meter } = await throughOptical(clock, undefined);
    for (const table of [BT03, BT04, BT20]) assert.ok(await clock.run(meter.readPath(table, [])), table.id);
    assert.equal(await clock.run(meter.read(BT03, ["invalidPassword"])), false);
  });

  test("refuses a wrong password, and records the attempt", async () => {
    const clock = new VirtualClock();
    const device = virtual(clock);
    const line = memoryLine({ meter: device.optical, clock });
    const security = optical({ key: new Secret(new Uint8Array(20).fill(9)) });
    await assert.rejects(clock.run(connect(line, { security, clock })), { code: "wrong-key" });
    const again = memoryLine({ meter: device.optical, clock });
    const meter = await clock.run(connect(again, { security: optical({ key: opticalKeys.unique }), clock }));
    assert.equal(await clock.run(meter.read(BT03, ["invalidPassword"])), true);
  });

  test("is written with MK, not with RK", async () => {
    const clock = new VirtualClock();
    const { meter } = await throughOptical(clock, undefined);
    const { sent } = await clock.run(meter.write(ET51, ["clients", 0, "healthTimeout"], 90));
    assert.ok(sent);
    assert.equal(await clock.run(meter.read(ET51, ["clients", 0, "healthTimeout"])), 90);

    const other = new VirtualClock();
    const { meter: reader } = await throughOptical(other, undefined, opticalKeys.readOnly);
    const write = reader.write(ET51, ["clients", 0, "healthTimeout"], 90);
    await assert.rejects(other.run(write), (error) => error instanceof ResponseError && error.code === "no-permission");
  });

  test("calls procedures, whose results it reads from BT08", async () => {
    const clock = new VirtualClock();
    const { meter } = await throughOptical(clock, undefined);
    // No such device: this answer proves that the meter received the call and that its result was found.
    for (let i = 0; i < 3; i++)
      await assert.rejects(
        clock.run(meter.call(EP17, { action: 0, deviceHandle: 9 })),
        (error) => error instanceof ProcedureError,
      );
    const { sequence } = await clock.run(meter.read(BT08));
    assert.equal(sequence, 12);
  });

  test("continues after a restart of the meter, and after minutes without requests", async () => {
    const clock = new VirtualClock();
    const { meter, front } = await throughOptical(clock, undefined);
    const before = await clock.run(meter.read(BT28));
    front.reboot();
    assert.deepEqual(await clock.run(meter.read(BT28)), before);
    await clock.advance(300_000);
    assert.ok(!front.active, "the port is left to others");
    assert.deepEqual(await clock.run(meter.read(BT28)), before);
  });

  test("is read in long messages on the slowest line that links can name", async () => {
    const clock = new VirtualClock();
    const device = virtual(clock);
    const line = modelledLine({ meter: device.optical, clock, baud: 300 });
    // As a serial port reports it.
    const security = optical({ key: opticalKeys.unique, fastest: 0, timing: { byteTime: 10_000 / 300 } });
    const meter = await clock.run(connect(line, { security, clock }));
    const other = new VirtualClock();
    const { meter: fast } = await throughOptical(other, undefined);
    const block = ["blocks", 0];
    assert.deepEqual(await clock.run(meter.readPath(BT64, block)), await other.run(fast.readPath(BT64, block)));
  });

  /** The time to read a few hundred values at any offered speed; `bend` is what the line does with a change. */
  const timed = async (
    fastest: number,
    bend: (change: (baud: number) => Promise<void>) => (baud: number) => Promise<void> = (change) => change,
  ) => {
    const clock = new VirtualClock();
    const device = virtual(clock);
    const line = modelledLine({ meter: device.optical, clock });
    const rates: number[] = [];
    const change = bend(async (baud) => {
      rates.push(baud);
      line.setBaud(baud);
    });
    let slow = 0;
    const onSlow = () => {
      slow++;
    };
    const security = optical({ key: opticalKeys.unique, fastest, onSlow });
    const open = () => connect({ ...line, speed: { baudRate: 9600, change } }, { security, clock });
    const meter = await clock.run(open());
    const began = clock.now();
    const block = await clock.run(meter.readPath(BT64, ["blocks", 0]));
    const took = clock.now() - began;
    await clock.run(meter.close());
    // Bytes still on the line arrive before the next check.
    await clock.advance(1_000);
    return { clock, block, took, rates, slow: () => slow, active: () => device.optical.active, security, device };
  };

  test("is read faster if the line's speed can be changed, and the speed is restored", async () => {
    const plain = await timed(0);
    assert.deepEqual(plain.rates, []);
    for (const [fastest, gain] of [
      [19_200, 1.6],
      [57_600, 3],
    ] as const) {
      const fast = await timed(fastest);
      assert.deepEqual(fast.block, plain.block);
      assert.deepEqual([fast.rates[0], fast.slow(), fast.active()], [fastest, 0, false]);
      assert.ok(plain.took > gain * fast.took, `${plain.took} ms at 9600, ${fast.took} ms at ${fastest} baud`);
    }
  });

  test("is read at the old speed through a head that cannot follow, and no other speed is tried again", async () => {
    // A bridge that confirms and does nothing.
    const { block, rates, slow, clock, security, device } = await timed(19_200, () => async () => {});
    assert.deepEqual(block, (await timed(0)).block);
    assert.deepEqual([rates, slow()], [[], 1]);
    const asked: number[] = [];
    const change = async (baud: number): Promise<void> => void asked.push(baud);
    const line = modelledLine({ meter: device.optical, clock });
    const meter = await clock.run(connect({ ...line, speed: { baudRate: 9600, change } }, { security, clock }));
    assert.ok(await clock.run(meter.read(BT28)));
    assert.deepEqual([asked, slow()], [[], 1]);
  });

  const conditions: Readonly<Record<string, Condition>> = {
    "an optical head that echoes": { echo: 1 },
    "a slow bridge": { latency: 50, jitter: 40 },
    "lost and bent bytes": { loss: 0.02, noise: 0.02 },
  };
  for (const [name, condition] of Object.entries(conditions)) {
    test(`is read through ${name}`, async () => {
      for (const seed of [1, 2, 3]) {
        const clock = new VirtualClock();
        const { meter, front } = await throughOptical(clock, { baud: 9600, seed, ...condition });
        const truth = await clock.run((await throughOptical(clock, undefined)).meter.read(BT28));
        for (let i = 0; i < 5; i++) {
          assert.deepEqual(await clock.run(meter.read(BT28)), truth, `seed ${seed}`);
        }
        await clock.run(meter.close());
        assert.ok(!front.active, `seed ${seed}: it says goodbye`);
      }
    });
  }
});

test("commands over optical+tcp", async () => {
  const front = virtual(systemClock).optical;
  const listener = await listenTcp({ host: "127.0.0.1", port: 0, maxConnections: 1 }, (transport) => {
    serve(transport, systemClock, front);
  });
  const link = ["--link", `optical+${listener.url}`];
  const key = ["--key", "M".repeat(20)];
  try {
    const read = await meterport(["read", ...link, ...key, "BT21.presentValues", "--json"]);
    assert.deepEqual([read.code, read.out.trim()], [0, '{"BT21.presentValues":55}'], read.err);
    assert.ok(!front.active, "it says goodbye");
    const live = await meterport(["live", ...link, ...key, "--json", "--count", "2", "--interval", "50ms"]);
    assert.equal(live.code, 0, live.err);
    assert.deepEqual(
      live.out
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { power_w: number }).power_w),
      [432, 432],
    );
    const open = await meterport(["read", ...link, "BT01.model", "ET11"]);
    assert.match(open.err, /without a key/);
    assert.equal(open.code, 1);
    const wrong = await meterport(["read", ...link, "--key", "9".repeat(20), "BT21", "--json"]);
    assert.equal(wrong.code, 1);
    assert.match(wrong.out, /"code": ?"wrong-key"/);
    assert.ok(!`${wrong.out}${wrong.err}`.includes("9".repeat(20)));
  } finally {
    await listener.close();
  }
});
