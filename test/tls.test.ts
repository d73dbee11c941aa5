/** TLS and two ports: clients and a virtual meter with firmware 4.30 in virtual time; sessions are lost, moved and taken over. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, openLive, orThrow, rc4 } from "@meterport/client";
import { securityOf } from "@meterport/client/security/auto";
import { encodeRequest } from "@meterport/protocol/mep/frame/apdu";
import { EP17, EP61 } from "@meterport/protocol/procedures/index";
import {
  BT01,
  BT07,
  BT21,
  BT23,
  BT28,
  ET04,
  ET14,
  ET50,
  ET51,
  ET52,
  ET54,
  ET70,
} from "@meterport/protocol/tables/index";
import { modelledLine } from "@meterport/simulator";
import { keys, setting } from "./support/gen4-setting.ts";

describe("TLS between client and meter", () => {
  test("reads, writes, calls and runs transactions as without it", async () => {
    const { clock, device, to, inTls } = setting({ tls: ["required", "required"] });
    const meter = await to(1, inTls("advanced"), { writable: true });
    assert.deepEqual([meter.port, meter.level, meter.profile.firmware], [1, "advanced", [4, 30]]);
    assert.deepEqual(device.port(1).session, { clientId: 100, level: "advanced" });
    assert.equal((await clock.run(meter.read(BT21))).presentValues, 84);
    assert.equal((await clock.run(meter.read(BT28))).presentValues.length, 84);
    await clock.run(meter.write(ET51, ["clients", 0, "healthTimeout"], 30));
    assert.deepEqual(device.memory.read(2099, 1, 2), Uint8Array.of(30, 0));
    assert.deepEqual(await clock.run(meter.call(EP61, { lock: 0 })), {});
    const [level, version] = await clock.run(
      meter.transaction((t) => [t.read(BT21, ["tiers"]), t.read(ET04, ["idtVersion"])]),
    );
    assert.deepEqual([orThrow(level), orThrow(version)], [4, 1]);
    await clock.run(meter.close());
    await clock.advance(1000);
    assert.equal(device.port(1).session, undefined, "the port is free for others again");
  });

  test("ends a session before the same port continues with other security, which it would refuse", async () => {
    const { clock, device, to, inTls, entropy } = setting();
    const meter = await to(1, inTls("basic"));
    meter.session.use(rc4({ key: keys.basic, entropy }).seal);
    assert.equal(await clock.run(meter.read(ET70, ["commChannelIndex"])), 1);
    assert.equal(device.port(1).session, undefined);
  });

  test("reads 19 summations in 8 tiers, 684 bytes, in pieces; BT28 has 336", async () => {
    const { clock, device, to, inTls } = setting({ tls: ["required"] });
    device.memory.patch(21, 7, Uint8Array.of(8));
    const meter = await to(1, inTls("basic"));
    const asked: string[] = [];
    device.use(({ request }) => {
      if (request.kind === "read" || request.kind === "read-at") asked.push(`${request.table} ${request.count}`);
      return undefined;
    });
    const { total, tiers } = await clock.run(meter.read(BT23));
    assert.deepEqual([total.summations.length, tiers.length, tiers[7]?.summations.length], [19, 8, 19]);
    const pieces = asked.filter((line) => line.startsWith("23 ")).map((line) => Number(line.slice(3)));
    assert.deepEqual([pieces.length, pieces.reduce((sum, length) => sum + length, 0)], [2, 684]);
    assert.ok(pieces.every((length) => length <= 443));
    await clock.run(meter.read(BT28));
    assert.ok(asked.includes("28 336"), asked.join());
    assert.equal(total.summations[0], device.valuesAt(device.time).get(0));
  });

  test("loses nothing if a session is lost in the middle or the meter restarts", async () => {
    const { clock, device, to, inTls } = setting({ tls: ["required"] });
    const meter = await to(1, inTls("basic"));
    const before = await clock.run(meter.read(BT01));
    let asked = 0;
    device.use(() => {
      if (++asked === 3) device.reboot();
      return undefined;
    });
    for (let i = 0; i < 6; i++) assert.deepEqual(await clock.run(meter.read(BT01)), before);
    device.port(1).dropSession();
    assert.deepEqual(await clock.run(meter.read(BT01)), before);
  });

  test("notices changed dimensions within 30 s, although no sequence number jumps", async () => {
    const { clock, device, to, inTls } = setting();
    const meter = await to(1, inTls("basic"));
    await clock.run(meter.read(BT28));
    const generation = meter.generation;
    device.bumpDimensions();
    await clock.advance(31_000);
    await clock.run(meter.read(BT28));
    assert.ok(meter.generation > generation);
    const settled = meter.generation;
    await clock.advance(31_000);
    await clock.run(meter.read(BT28));
    assert.equal(meter.generation, settled);
  });

  test("reads again if the meter restarts with other dimensions during a read", async () => {
    const { clock, device, to, inTls } = setting({ tls: ["required"] });
    const meter = await to(1, inTls("basic"));
    assert.equal((await clock.run(meter.read(BT23))).tiers.length, 4);
    let changed = false;
    device.use(({ request }) => {
      const reads = request.kind === "read" || request.kind === "read-at";
      if (changed || !reads || request.table !== BT23.number) return undefined;
      changed = true;
      device.memory.patch(BT21.number, 7, Uint8Array.of(8));
      device.bumpDimensions();
      device.reboot();
      return undefined;
    });
    // The first request was laid out for four tiers.
    assert.equal((await clock.run(meter.read(BT23))).tiers.length, 8);
    assert.ok(changed);
  });

  test("lays out a change and a transaction by the present dimensions, not by those of half a minute ago", async () => {
    const { clock, device, to, inTls } = setting();
    const meter = await to(1, inTls("advanced"), { writable: true });
    const tariff = ["total", "summations", 18] as const;
    await clock.run(meter.read(BT23, tariff));
    for (const change of [
      async () => void (await meter.transaction((t) => [t.read(BT23, tariff)])),
      async () => void (await meter.write(ET51, ["clients", 0, "healthTimeout"], 31)),
    ]) {
      const { generation } = meter;
      device.bumpDimensions();
      await clock.run(change());
      assert.ok(meter.generation > generation);
    }
  });

  test("a live reading costs at most 1.6 times the bytes of RC4 authentication, once the session is open", async () => {
    const bytesOf = async (security: "rc4" | "tls"): Promise<number> => {
      const { clock, device, entropy } = setting();
      const line = modelledLine({ meter: device, clock, baud: 9600 });
      const named = securityOf(security, { key: keys.basic, entropy, level: "basic" });
      const meter = await clock.run(connect(line, { security: named, clock }));
      const live = await clock.run(openLive(meter));
      await clock.run(live.read());
      const { sentBytes, receivedBytes } = meter.session.counters;
      for (let i = 0; i < 5; i++) await clock.run(live.read());
      const after = meter.session.counters;
      return (after.sentBytes + after.receivedBytes - sentBytes - receivedBytes) / 5;
    };
    const [plain, inside] = [await bytesOf("rc4"), await bytesOf("tls")];
    assert.ok(inside > plain && inside <= 1.6 * plain, `${inside} bytes against ${plain}`);
  });
});

describe("two ports at once", () => {
  test("each has its own session, sequence and number; each client sees the other's changes", async () => {
    const { clock, to, inTls, entropy } = setting({ tls: ["optional", "required"] });
    const one = await to(1, rc4({ key: keys.advanced, entropy, level: "advanced" }), { writable: true });
    const two = await to(2, inTls("basic"), { writable: true });
    assert.deepEqual([one.port, two.port], [1, 2]);
    for (let i = 0; i < 20; i++) {
      const [a, b] = await clock.run(Promise.all([one.read(BT28), two.read(ET70, ["commChannelIndex"])]));
      assert.deepEqual([a.presentValues.length, b], [84, 2]);
    }
    await clock.run(one.write(ET50, ["clients", 0, "mbusAlerts"], true));
    await clock.run(two.write(ET50, ["clients", 1, "deltaDataAlerts"], true));
    const { clients } = await clock.run(two.read(ET50));
    assert.deepEqual(
      clients.map(({ mbusAlerts, deltaDataAlerts }) => [mbusAlerts, deltaDataAlerts]),
      [
        [true, false],
        [false, true],
      ],
    );
    assert.deepEqual([one.session.counters.failures, two.session.counters.failures], [0, 0]);
  });

  test("calls do not mix up their answers; the transaction lock holds for 10 s", async () => {
    const { clock, to, entropy, inTls } = setting();
    const one = await to(1, rc4({ key: keys.advanced, entropy }), { writable: true });
    const two = await to(2, inTls("advanced"), { writable: true });
    await clock.run(one.call(EP61, { lock: 1 }));
    assert.deepEqual(await clock.run(two.read(ET54, ["mepTxLocked"])), 1);
    assert.deepEqual(await clock.run(two.read(ET54, ["mepTxLockChannel"])), 1);
    const write = encodeRequest({ kind: "write-at", table: ET52.number, offset: 0, data: new Uint8Array(7) });
    const refused = await clock.run(two.session.request(write, { label: "write ET52" }));
    assert.deepEqual(refused, Uint8Array.of(4), "the tables are the other client's");
    await assert.rejects(clock.run(two.call(EP61, { lock: 1 })), {
      code: "own-result",
      message: "call EP61: the other MEP client has locked the tables (result 3)",
    });
    await clock.advance(10_000);
    assert.deepEqual(await clock.run(two.call(EP61, { lock: 1 })), {});
    assert.deepEqual(await clock.run(two.read(ET54, ["mepTxLockChannel"])), 2);
    await assert.rejects(clock.run(one.call(EP61, { lock: 1 })), { result: 3 });
  });

  test("transactions of both clients at the same time do not mix", async () => {
    const { clock, to, entropy, inTls } = setting();
    const one = await to(1, rc4({ key: keys.advanced, entropy }), { writable: true });
    const two = await to(2, inTls("advanced"), { writable: true });
    for (let i = 0; i < 3; i++) {
      const [a, b] = await clock.run(
        Promise.all([
          one.transaction((t) => [t.read(BT21), t.read(ET04, ["idtVersion"])]),
          two.transaction((t) => [t.read(ET51), t.read(BT01)]),
        ]),
      );
      assert.deepEqual([orThrow(a[0]).presentValues, orThrow(a[1])], [84, 1]);
      assert.deepEqual([orThrow(b[0]).clients.length, orThrow(b[1]).manufacturer.trim()], [2, "NES"]);
      assert.equal(await clock.run(one.read(ET54, ["mepTxLocked"])), 0, "both have unlocked");
    }
  });

  test("does not trust answers that come after the lock has expired", async () => {
    const { clock, to, inTls } = setting();
    const one = await to(1, inTls("advanced"), { writable: true });
    let held = 0;
    const write = encodeRequest({ kind: "write-at", table: ET52.number, offset: 0, data: new Uint8Array(1) });
    const line = one.session.request.bind(one.session);
    // Each time the line holds the first write up for longer than the lock lasts.
    one.session.request = async (apdu, options) => {
      if (apdu[0] === write[0] && apdu[1] === write[1] && apdu[2] === write[2] && held++ < 2)
        await new Promise<void>((resolve) => clock.at(clock.now() + 10_500, resolve));
      return line(apdu, options);
    };
    await assert.rejects(clock.run(one.transaction((t) => [t.read(BT21, ["tiers"])])), {
      code: "reply-lost",
      message: /^run a transaction: it took longer than the 10 s for which the meter locks its tables/,
    });
    const [tiers] = await clock.run(one.transaction((t) => [t.read(BT21, ["tiers"])]));
    assert.deepEqual([orThrow(tiers), held], [4, 3]);
  });

  test("each client that registers gets a handle from its own range, and loses it by EP17", async () => {
    const { clock, to, entropy, inTls } = setting();
    const one = await to(1, rc4({ key: keys.basic, entropy }), { writable: true });
    const two = await to(2, inTls("basic"), { writable: true });
    await clock.run(one.write(ET50, ["clients", 0, "mepDeviceRegistered"], true));
    await clock.run(two.write(ET50, ["clients", 1, "mepDeviceRegistered"], true));
    const entries = async () =>
      (await clock.run(two.read(ET14))).devices
        .slice(4)
        .map(({ deviceHandle, deviceStatus }) => [deviceHandle, deviceStatus]);
    assert.deepEqual(await entries(), [
      [1000, 3],
      [2000, 3],
    ]);
    await clock.run(two.call(EP17, { action: 0, deviceHandle: 2000 }));
    assert.deepEqual(await entries(), [
      [1000, 3],
      [0, 0],
    ]);
    await clock.run(two.write(ET50, ["clients", 1, "mepDeviceRegistered"], true));
    assert.deepEqual((await entries())[1], [2001, 3]);
  });

  test("sends alerts on the port that they are for", async () => {
    const { clock, device, to, entropy, inTls } = setting();
    const one = await to(1, rc4({ key: keys.basic, entropy }));
    const two = await to(2, inTls("basic"));
    device.port(2).alert(true);
    await clock.advance(5_000);
    assert.deepEqual([one.session.counters.alerts, two.session.counters.alerts > 2], [0, true]);
  });

  test("a meter in backwards compatible mode serves one client, which has nothing to lock", async () => {
    const { clock, device, to, entropy } = setting({ compatible: true });
    assert.throws(() => device.port(2), { code: "port" });
    const called: number[] = [];
    device.use(({ request }) => {
      if (request.kind === "write" && request.table === BT07.number)
        called.push((request.data[0] ?? 0) + 256 * (request.data[1] ?? 0));
      return undefined;
    });
    const meter = await to(1, rc4({ key: keys.advanced, entropy }), { writable: true });
    assert.deepEqual([meter.several, meter.place], [false, { index: 0, slot: 4 }]);
    const [tiers] = await clock.run(meter.transaction((t) => [t.read(BT21, ["tiers"])]));
    assert.deepEqual([orThrow(tiers), called], [4, []]);
    assert.equal((await clock.run(meter.read(ET50))).clients.length, 1);
    // The flag of ET54 decides, not the number of clients in ET11.
    const plain = setting();
    const [, flags = 0] = plain.device.memory.read(ET54.number, 0, 2) ?? [];
    plain.device.memory.patch(ET54.number, 1, Uint8Array.of(flags & ~1));
    const alone = await plain.to(1, rc4({ key: keys.advanced, entropy }), { writable: true });
    let calls = 0;
    plain.device.use(({ request }) => {
      if (request.kind === "write" && request.table === BT07.number) calls++;
      return undefined;
    });
    await plain.clock.run(alone.transaction((t) => [t.read(BT21, ["tiers"])]));
    assert.deepEqual([alone.several, calls], [false, 0]);
    const modern = setting();
    const second = await modern.to(2, rc4({ key: keys.advanced, entropy }));
    assert.deepEqual([second.several, second.place], [true, { index: 1, slot: 5 }]);
    assert.equal((await modern.to(1, rc4({ key: keys.advanced, entropy }))).several, true);
  });

  test("old meters have one port", () => {
    const { device } = setting({ firmware: "meter:3.70" });
    assert.throws(() => device.port(2), { code: "port" });
  });
});
