import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ResponseError } from "@meterport/protocol/errors";
import { parseProfile, place, sizeOf } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import { defaultDimensions } from "@meterport/protocol/tables/defaults";
import { BT55, ET13, ET14, ET16, ET34, ET45, ET57, ET58 } from "@meterport/protocol/tables/index";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { Contents } from "../testing/endpoint-line.test-kit.ts";
import { benchOf, le16, le32 } from "./logs.test-kit.ts";
import { readDevices } from "./mbus.ts";
import { readRecurring } from "./recurring.ts";

const profile = "meter:3.70";
const env = defaultDimensions(parseProfile(profile));

const zeros = (table: AnyTable): Uint8Array => new Uint8Array(sizeOf(table, env));
const with14 = (change: (bytes: Uint8Array) => void): Uint8Array => {
  const bytes = zeros(ET14);
  change(bytes);
  return bytes;
};
// MEP guide 1.1, pp. 86-101: a gas meter in slot 1, which is encrypted in slot 2, and a MEP client in slot 4.
const et14 = with14((bytes) => {
  const slot = (n: number): number => 6 + 36 * n;
  bytes.set([...le16(7), 1, 4, ...le16(28), ...le32(100), ...le32(99)], slot(1));
  bytes.set([...le16(8), 2, 4, ...le16(28)], slot(2));
  bytes.set([...le16(1003), 3, 0, ...le16(15)], slot(4));
});
const et13 = zeros(ET13);
et13.set([33, 6, 30, 2, 0, 0, 0, 0, ...new TextEncoder().encode("GAS 7")], 66);
et13.fill(0xee, 66 + 30, 66 + 62);
et13.set([1, 25, 0, 1], 66 * 4);
const et34 = zeros(ET34);
et34.set([0, 0, 0, 0, ...le16(60), 2, 2], 22);
const et58 = zeros(ET58);
et58.set([5], 20);
const et57 = zeros(ET57);
et57.set([1 | (1 << 2), 0x0c, 0x93, 0x3a, 1 | (2 << 2), 0x01, 0xfd, 0x1a], 0);
const telegram = (signature: number): number[] => [
  ...[20, 0x45, 0x23, 0x11, 0x70, 0x93, 0x15, 1, 3, 9, 0, ...le16(signature)],
  ...[0x0c, 0x93, 0x3a, 0x78, 0x56, 0x34, 0x12, 0],
];
const et16 = zeros(ET16);
et16.set([26, 1, 31, 6, 30, 5, 0, ...telegram(0)], 517);
et16.set([26, 2, 31, 6, 30, 5, 0x28, ...telegram(0x0500)], 517 * 2);
et16.set([26, 1, 31, 7, 0, 0, 0, ...le16(3), ...le16(4), 1, 2, 3, 4, 5], 517 * 4);

// MEP guide 1.1, p. 235: the local clock.
const bt55 = Uint8Array.of(26, 2, 1, 0, 0, 0, 0, 0, 0);
const tables: readonly [number, Contents][] = [
  [BT55.number, bt55],
  [ET13.number, et13],
  [ET14.number, et14],
  [ET16.number, et16],
  [ET34.number, et34],
  [ET57.number, et57],
  [ET58.number, et58],
];

describe("readDevices", () => {
  test("gives each connected device with its latest values", async () => {
    const { clock, meter, line } = await benchOf(new VirtualClock(), profile, tables);
    const [gas, sealed, client, ...others] = await clock.run(readDevices(meter));
    assert.deepEqual(others, []);
    assert.deepEqual(
      [gas?.slot, gas?.handle, gas?.kind, gas?.state, gas?.customerId, gas?.attempts, gas?.answers],
      [1, 7, "mbus", "up", "GAS 7", 100, 99],
    );
    assert.deepEqual(gas?.schedule, {
      frequency: "weekly",
      day: 33,
      at: "06:30",
      times: { kind: "weekly", weekday: 1, hour: 6, minute: 30 },
      loadProfile_min: 60,
    });
    assert.deepEqual([gas?.control?.raw, gas?.control?.record?.text, gas?.control?.dataType], [5, "5", 2]);
    assert.equal(gas?.control?.text, "digital output 5");
    assert.deepEqual(gas?.commandMonitor, { dataType: 2, headers: ["01 fd 1a"] });
    // From 06:30:05 on 31 January to the first minute of February.
    assert.equal(gas?.age_s, 24 * 3600 - (6 * 3600 + 30 * 60 + 5));
    assert.deepEqual([sealed?.age_s, client?.age_s], [null, 17 * 3600]);
    const { latest } = gas ?? {};
    assert.deepEqual(
      [latest?.readTime, latest?.quality, latest?.telegram?.serialNumber],
      ["2026-01-31T06:30:05", "good", "70112345"],
    );
    assert.deepEqual(
      latest?.telegram?.records.map(({ value, unit }) => [value, unit]),
      [[12_345.678, "m³"]],
    );
    // 31 February, id failure, security failed, and encrypted.
    assert.deepEqual(
      [sealed?.latest?.doubts, sealed?.latest?.authentication],
      [["time", "encrypted", "security"], "wrong id"],
    );
    assert.deepEqual([sealed?.state, sealed?.latest?.telegram?.records], ["down", []]);
    assert.deepEqual(
      [client?.kind, client?.slot, client?.latest?.telegram, client?.latest?.sent],
      ["mep", 4, null, Uint8Array.of(1, 2, 3, 4)],
    );
    assert.deepEqual(client?.schedule, {
      frequency: "daily",
      day: 1,
      at: null,
      times: { kind: "unknown" },
      loadProfile_min: 0,
    });
    assert.deepEqual([client?.control, client?.commandMonitor], [null, null]);
    // The key of the device is 30 bytes into its entry, and was not read.
    for (const { table, offset = 0, count = 0 } of line.asked)
      if (table === ET13.number) assert.ok(offset + count <= 66 + 28 || offset >= 66 * 2, `${offset} ${count}`);
  });

  test("leaves refused parts unknown", async () => {
    const refused = [BT55, ET13, ET16, ET34, ET57, ET58].map(({ number }): [number, Contents] => [
      number,
      { refuse: 3 },
    ]);
    const { clock, meter, line } = await benchOf(new VirtualClock(), profile, [...tables, ...refused]);
    const [gas] = await clock.run(readDevices(meter));
    assert.deepEqual([gas?.schedule, gas?.customerId, gas?.latest, gas?.control], [null, null, null, null]);
    assert.deepEqual([gas?.commandMonitor, gas?.age_s], [null, null]);
    line.memory.set(ET16.number, et16);
    const [undated] = await clock.run(readDevices(meter));
    assert.deepEqual([undated?.latest?.readTime, undated?.age_s], ["2026-01-31T06:30:05", null]);
    line.memory.set(ET14.number, { refuse: 3 });
    await assert.rejects(clock.run(readDevices(meter)), ResponseError);
  });

  test("without devices, nothing more is read", async () => {
    const { clock, meter, line } = await benchOf(new VirtualClock(), profile, [[ET14.number, zeros(ET14)]]);
    assert.deepEqual(await clock.run(readDevices(meter)), []);
    assert.ok(line.asked.every(({ table }) => table !== ET16.number && table !== ET57.number));
  });
});

describe("readRecurring", () => {
  const log = (count: number, days: readonly number[]): [number, Contents] => {
    const bytes = zeros(ET45);
    bytes.set([4, count, days.length - 1, ...le16(40)]);
    for (const [i, day] of days.entries()) {
      const { offset } = place(ET45 as AnyTable, ["entries", i, "handle"], env);
      bytes.set([...le16(7), 0, 4, 26, day === 31 ? 2 : 1, day, 0, 0, 0, 0, ...telegram(0)], offset);
    }
    return [ET45.number, bytes];
  };
  const read = async (table: [number, Contents], since?: string) =>
    (await benchOf(new VirtualClock(), profile, [table])).all((meter) =>
      readRecurring(meter, since === undefined ? {} : { since }),
    );

  test("gives the values of each read, and continues from a time", async () => {
    const found = await read(log(3, [1, 31, 3]));
    assert.deepEqual(
      found.map(({ readTime, doubts, telegram: answer }) => [readTime, doubts, answer?.records[0]?.value]),
      [
        ["2026-01-03T00:00:00", [], 12_345.678],
        [null, ["time"], 12_345.678],
        ["2026-01-01T00:00:00", [], 12_345.678],
      ],
    );
    assert.deepEqual(
      (await read(log(3, [1, 2, 3]), "2026-01-02T00:00:00")).map(({ sequence }) => sequence),
      [40, 39],
    );
  });

  test("refuses an impossible header", async () => {
    await assert.rejects(read(log(255, [1])), { name: "LayoutError" });
  });
});
