import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex, toHex } from "@meterport/protocol/bytes";
import fc from "fast-check";
import { mbusApplication, mbusFrame } from "./application.ts";
import { mbusEncryption } from "./encryption.ts";

const bytesOf = (hex: string): Uint8Array => fromHex(hex.replaceAll(" ", "")) ?? assert.fail(hex);
const read = (hex: string, options = {}) => mbusApplication(bytesOf(hex), options);
const long = "45 23 11 70 93 15 0a 07 02 04";
const water = "0c 13 67 45 23 01";

describe("headers", () => {
  test("a long one names the device, a short one its state only, and there may be none", () => {
    const first = read(`72 ${long} 00 00 ${water}`);
    assert.deepEqual(first.address, {
      identification: "70112345",
      manufacturer: "ELS",
      version: 10,
      medium: "water",
      mediumCode: 7,
    });
    assert.deepEqual([first.header, first.accessNumber, first.status?.powerLow], ["long", 2, true]);
    const second = read(`7a 2a 10 00 00 ${water}`);
    assert.deepEqual([second.header, second.address, second.accessNumber], ["short", null, 42]);
    assert.equal(second.status?.temporaryError, true);
    const third = read(`78 ${water}`);
    assert.deepEqual([third.header, third.status, third.encryption], ["none", null, null]);
    for (const { records, problem } of [first, second, third])
      assert.deepEqual([records.map(({ value }) => value), problem], [[1234.567], null]);
  });

  test("mode 2 has its highest byte first", () => {
    const found = read("76 70 11 23 45 15 93 0a 07 02 00 00 00 0c 13 01 23 45 67");
    assert.deepEqual([found.address?.identification, found.address?.manufacturer], ["70112345", "ELS"]);
    assert.equal(found.records[0]?.value, 1234.567);
    const fixed = read("77 12 34 56 78 0a 00 e9 7e 00 00 00 01 00 00 01 35");
    assert.deepEqual(
      [fixed.address?.identification, fixed.records.map(({ value }) => value)],
      ["12345678", [0.001, 0.135]],
    );
  });

  test("a fixed structure has two counters and no maker", () => {
    const found = read("73 78 56 34 12 0a 00 e9 7e 01 00 00 00 35 01 00 00");
    assert.deepEqual(found.address, {
      identification: "12345678",
      manufacturer: null,
      version: null,
      medium: "water",
      mediumCode: 7,
    });
    assert.deepEqual([found.kind, found.accessNumber], ["fixed data", 10]);
    assert.deepEqual(
      found.records.map(({ value, unit, storage }) => [value, unit, storage]),
      [
        [0.001, "m³", 0],
        [0.135, "m³", 1],
      ],
    );
    assert.equal(read("73 78 56 34 12 0a 00 e9 7e 01 00 00 00 35 01 00").problem, "truncated");
  });

  test("link layers of wireless telegrams are taken off, unless they encrypt", () => {
    assert.equal(read(`8c 20 f6 78 ${water}`).records[0]?.value, 1234.567);
    assert.equal(read(`8d 20 91 d3 7c ac 01 57 6c 78 ${water}`).records[0]?.value, 1234.567);
    assert.equal(
      read(`8c 20 f6 90 0f 00 2c 25 bc 9e 00 00 bf 48 95 48 21 bc 50 8d 78 ${water}`).records[0]?.value,
      1234.567,
    );
    const closed = read(`8d 20 91 d3 7c ac 21 57 6c 78 ${water}`);
    assert.deepEqual([closed.problem, closed.kind, closed.records], ["encrypted", "extended link layer", []]);
    assert.equal(toHex(closed.unread ?? new Uint8Array()), `576c78${water.replaceAll(" ", "")}`);
    assert.equal(read(`8d 20 91 d3 7c ac 21 57 6c 78 ${water}`, { decrypted: true }).records.length, 1);
    const part = read(`90 0f 01 6c 25 bc 9e 00 00 bf 48 95 48 21 bc 50 8d 78 ${water}`);
    assert.deepEqual([part.problem, part.kind], ["unsupported", "authentication layer"]);
  });

  test("what is not made of records is named and kept", () => {
    const cases: readonly (readonly [string, string, string])[] = [
      ["70 08", "application error", "unsupported"],
      ["71 01 02", "alarm", "unsupported"],
      ["79 71 00 c4 0d ff", "compact frame", "compact"],
      ["7b 01 00 00 00 71 00 c4 0d ff", "compact frame", "compact"],
      [`73 ${long} 00 00 71 00 c4 0d ff`, "compact frame", "compact"],
      ["69 0b 13", "format frame", "unsupported"],
      ["a2 01", "manufacturer's own", "unsupported"],
      ["10 01", "unknown", "unsupported"],
    ];
    for (const [hex, kind, problem] of cases) {
      const found = read(hex);
      assert.deepEqual([found.kind, found.problem, found.records], [kind, problem, []], hex);
      assert.ok((found.unread?.length ?? 0) > 0, hex);
    }
    for (const hex of ["", "72 45 23", "7a 01", "8d 01", "90 0f 00"]) assert.equal(read(hex).problem, "truncated", hex);
  });

  test("a master's low codes are actions, and it asks for everything with one byte", () => {
    const [written, everything] = read("51 01 fd 88 09 05 7f").records;
    assert.deepEqual([written?.notes, written?.text, written?.doubts], [["delete entry"], "5", []]);
    assert.deepEqual([everything?.quantity, everything?.notes], ["all values", ["selected for readout"]]);
    const [asked] = read("51 08 13").records;
    assert.deepEqual([asked?.quantity, asked?.value, asked?.notes], ["volume", null, ["selected for readout"]]);
  });
});

describe("encryption", () => {
  test("is named by its mode, and what follows the encrypted blocks is read", () => {
    const closed = "aa ".repeat(16);
    const found = read(`72 ${long} 10 05 ${closed} ${water}`);
    assert.deepEqual([found.problem, found.unread?.length], ["encrypted", 16]);
    assert.equal(found.encryption?.name, "AES-128 CBC with an initial vector of the header");
    assert.equal(found.records[0]?.value, 1234.567);
    for (const [field, mode, name] of [
      ["00 04", 4, "AES-128 CBC without an initial vector"],
      ["10 07 10", 7, "AES-128 CBC with keys derived for each message"],
      ["00 08", 8, "AES-128 CTR with CMAC"],
      ["00 0d 00", 13, "TLS"],
      ["00 0b", 11, "reserved"],
    ] as const) {
      const other = read(`7a 01 00 ${field} ${water}`);
      assert.deepEqual(
        [other.problem, other.records, other.encryption?.mode, other.encryption?.name],
        ["encrypted", [], mode, name],
      );
      // Somebody has decrypted it: the records begin behind all of the configuration field.
      assert.equal(read(`7a 01 00 ${field} 2f 2f ${water}`, { decrypted: true }).records[0]?.value, 1234.567, field);
    }
    assert.equal(mbusEncryption(0).name, "none");
  });
});

describe("frames", () => {
  const frame = "68 03 03 68 08 01 72 7b 16";
  test("are taken apart if nothing is wrong with them", () => {
    assert.deepEqual(mbusFrame(bytesOf(frame)), { control: 8, address: 1, application: Uint8Array.of(0x72) });
    for (const damaged of [
      frame.replace("7b", "7c"),
      frame.replace("16", "17"),
      frame.replace("03 68", "04 68"),
      `${frame} 16`,
      "68 00 00 68 08 16",
      "",
    ])
      assert.equal(mbusFrame(bytesOf(damaged)), undefined, damaged);
  });

  test("any bytes give an answer in bounded time, without an exception", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, decrypted) => {
        mbusFrame(bytes);
        const found = mbusApplication(bytes, { decrypted });
        assert.ok(found.records.length <= bytes.length);
        for (const { value, quality, doubts } of found.records) {
          assert.ok(value === null || Number.isFinite(value));
          assert.equal(quality === "good", doubts.length === 0);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("link layers within each other, chains without an end and lengths that lie are bounded", () => {
    for (const layers of [
      Array.from({ length: 5000 }, () => [0x8c, 0, 0]).flat(),
      Array.from({ length: 5000 }, () => [0x90, 2, 0, 0]).flat(),
    ])
      assert.equal(mbusApplication(Uint8Array.from(layers)).problem, "unsupported");
    assert.equal(read(`78 ${"ff".repeat(5000)}`).problem, "malformed");
    assert.equal(read(`78 ${"8d".repeat(11)}`).problem, "malformed");
    assert.equal(read("78 0d 13 bf 41").problem, "truncated");
    assert.equal(read("78 02 fc ff 41").problem, "truncated");
    assert.equal(read(`78 ${"2f".repeat(5000)}`).records.length, 0);
  });
});
