import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { describe, test } from "node:test";
import { reading } from "@meterport/engine/testing/fake-meter";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import { matchesGolden } from "../golden.test-kit.ts";
import { FaceWorld, household, moment, settled, sunny } from "../lines/face-world.test-kit.ts";
import { figuresOf } from "../lines/figures.ts";
import { until } from "../output-world.test-kit.ts";
import { smaDatagram } from "./datagram.ts";
import { openSmaMeter, smaGroup } from "./sma-meter-output.ts";
import type { SmaMeterSettings } from "./sma-meter-settings.ts";

interface Read {
  readonly serial: number;
  readonly ticks: number;
  /** By channel and kind: "1.4", "1.8". */
  readonly values: ReadonlyMap<string, bigint>;
}

/** As readers take it: by the length in the head, value by value. @throws AssertionError where a reader refuses it */
const read = (bytes: Uint8Array): Read => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const hex = Buffer.from(bytes).toString("hex");
  assert.equal(hex.slice(0, 24), "534d4100000402a000000001");
  const length = view.getUint16(12);
  assert.equal(bytes.length, 16 + length + 4);
  assert.deepEqual([view.getUint16(14), view.getUint16(16), view.getUint16(18)], [0x10, 0x6069, 270]);
  assert.equal(view.getUint32(bytes.length - 4), 0);
  const values = new Map<string, bigint>();
  let at = 28;
  while (at < 16 + length) {
    const [medium, channel, kind, tariff] = bytes.slice(at, at + 4);
    assert.equal(tariff, 0);
    if (medium === 0x90) {
      assert.equal(at + 8, 16 + length);
      break;
    }
    assert.equal(medium, 0);
    values.set(`${channel}.${kind}`, kind === 8 ? view.getBigUint64(at + 4) : BigInt(view.getUint32(at + 4)));
    at += 4 + (kind ?? 0);
  }
  return { serial: view.getUint32(20), ticks: view.getUint32(24), values };
};

const datagram = (values: Partial<LiveReading>): Uint8Array | undefined => {
  const live = { id: "home", ...reading(moment, values) };
  return smaDatagram(figuresOf({ total: (key) => live[key] }, live), { serial: 190_012_345, ticks: 2 ** 32 + 7 });
};

const needed = (bytes: Uint8Array | undefined): Uint8Array => {
  assert.ok(bytes !== undefined);
  return bytes;
};

describe("a datagram of an SMA Energy Meter", () => {
  test("has each value under its number and in its unit", () => {
    const { serial, ticks, values } = read(needed(datagram(sunny)));
    assert.deepEqual([serial, ticks], [190_012_345, 7]);
    for (const [key, value] of [
      ["1.4", 0n],
      ["1.8", 13_779_338n * 3_600n],
      ["2.4", 20_000n],
      ["2.8", 412_007n * 3_600n],
      ["4.4", 1_200n],
      ["9.4", 0n],
      ["10.4", 12_400n],
      ["14.4", 50_010n],
      ["21.4", 0n],
      ["22.4", 7_000n],
      ["31.4", 2_110n],
      ["32.4", 231_400n],
      ["33.4", 999n],
      ["62.4", 6_000n],
      ["72.4", 232_000n],
    ] as const)
      assert.equal(values.get(key), value, key);
  });

  test("leaves out what is unknown, and is not made without power", () => {
    const { values } = read(needed(datagram({ power_w: -5, voltage_l1_v: 230 })));
    assert.deepEqual(
      [...values],
      [
        ["1.4", 0n],
        ["2.4", 50n],
        ["32.4", 230_000n],
      ],
    );
    assert.equal(datagram({ voltage_l1_v: 230 }), undefined);
    assert.equal(datagram({ quality: "stale" }), undefined);
  });

  test("is that of the golden file", () => {
    const rows = (
      Buffer.from(needed(datagram(household)))
        .toString("hex")
        .match(/.{1,64}/g) ?? []
    ).join("\n");
    matchesGolden(new URL("golden/datagram.txt", import.meta.url), `${rows}\n`);
  });
});

const settings = (more: Partial<SmaMeterSettings> = {}): SmaMeterSettings =>
  ({ enabled: undefined, points: undefined, interface: "127.0.0.1", ...more }) as SmaMeterSettings;

const within = async (work: (world: FaceWorld, got: Uint8Array[]) => Promise<void>): Promise<void> => {
  const got: Uint8Array[] = [];
  const receiver: Socket = createSocket({ type: "udp4", reuseAddr: true });
  receiver.on("message", (bytes) => got.push(Uint8Array.from(bytes)));
  await new Promise<void>((resolve) => receiver.bind({ port: 0, address: smaGroup }, resolve));
  receiver.addMembership(smaGroup, "127.0.0.1");
  const world = new FaceWorld();
  try {
    await world.start(openSmaMeter(settings(), receiver.address().port));
    await work(world, got);
  } finally {
    await world.done();
    receiver.close();
  }
};

describe("the output sma_meter", () => {
  test("sends each new value to the group, about one each second at most, and none twice", () =>
    within(async (world, got) => {
      world.read();
      await until("the first", () => got.length === 1);
      await world.pass(5_000);
      assert.equal(got.length, 1);
      for (let n = 0; n < 20; n++) {
        world.read(sunny);
        await world.pass(250);
      }
      await settled();
      assert.ok(got.length >= 5 && got.length <= 8, `${got.length}`);
      assert.equal(read(needed(got.at(-1))).values.get("2.4"), 20_000n);
      assert.equal(read(needed(got[0])).serial, 1_234);
      assert.ok((await world.status()).sent >= 5);
    }));

  test("sends nothing while values are stale", () =>
    within(async (world, got) => {
      world.home.goStale();
      await world.pass(5_000);
      assert.deepEqual(got, []);
      assert.match((await world.outputs.test("face"))?.text ?? "", /gives no new values/);
      world.read();
      await until("one", () => got.length === 1);
      const seen = await world.outputs.test("face");
      assert.match(seen?.text ?? "", /left for 239\.12\.255\.254/);
    }));

  test("says which key is wrong if the machine has no such address, or several meters are seen", async () => {
    const elsewhere = new FaceWorld();
    await elsewhere.start(openSmaMeter(settings({ interface: "203.0.113.1" })));
    assert.match(
      (await elsewhere.status()).problem ?? "",
      /203\.0\.113\.1: this machine has no such address: .*interface/,
    );
    await elsewhere.done();
    const several = new FaceWorld();
    several.views = [several.home, several.shed];
    await several.start(openSmaMeter(settings()));
    assert.match((await several.status()).problem ?? "", /name one, as in points: \[home\] or \[shed\]/);
    await several.done();
  });
});
