import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { fromHex, toHex } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import {
  decodeIdentified,
  decodeNegotiated,
  decodeService,
  encodeIdentified,
  encodeNegotiated,
  encodeService,
  type ServiceRequest,
} from "./services.ts";
import { checksum, opticalRequest, opticalResponse, tableRequest, tableResponse } from "./table-service.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;

/** Each by the forms of ANSI C12.18-1996. */
const services: readonly (readonly [string, ServiceRequest])[] = [
  ["20", { kind: "identification" }],
  ["21", { kind: "terminate" }],
  ["50 0102 4d65746572202020 2020", { kind: "logon", userId: 0x102, user: "Meter" }],
  [
    "51 3031323334353637383961626364656667686970",
    { kind: "security", password: bytes("3031323334353637383961626364656667686970") },
  ],
  ["52", { kind: "logoff" }],
  ["60 0080 04", { kind: "negotiate", packetSize: 128, packets: 4, bauds: [] }],
  ["62 0200 08 08 06", { kind: "negotiate", packetSize: 512, packets: 8, bauds: [8, 6] }],
  ["70 1e", { kind: "wait", seconds: 30 }],
];

describe("services", () => {
  for (const [hex, request] of services) {
    test(`${request.kind} ${hex.slice(0, 12)}`, () => {
      assert.equal(toHex(encodeService(request)), hex.replaceAll(" ", ""));
      assert.deepEqual(decodeService(bytes(hex)), request);
    });
  }

  test("put zeros after a short password", () => {
    const request = encodeService({ kind: "security", password: bytes("0101") });
    assert.equal(toHex(request), `510101${"00".repeat(18)}`);
  });

  test("refuse what does not fit, without showing a password", () => {
    const password = new Uint8Array(21).fill(0x53);
    assert.throws(
      () => encodeService({ kind: "security", password }),
      (error) => error instanceof UsageError && !/53|SSS/.test(error.message),
    );
    assert.throws(() => encodeService({ kind: "logon", userId: 0x10000, user: "" }), UsageError);
    assert.throws(() => encodeService({ kind: "logon", userId: 0, user: "longer than ten" }), UsageError);
    assert.throws(() => encodeService({ kind: "logon", userId: 0, user: "é" }), UsageError);
    assert.throws(() => encodeService({ kind: "wait", seconds: 256 }), UsageError);
    assert.throws(() => encodeService({ kind: "negotiate", packetSize: 1, packets: 256, bauds: [] }), UsageError);
    assert.throws(
      () => encodeService({ kind: "negotiate", packetSize: 1, packets: 1, bauds: Array(12).fill(6) }),
      UsageError,
    );
  });

  test("say what is wrong with a request", () => {
    for (const hex of ["", "2000", "5000", "51", "60", "610000", "70", "70aabb"])
      assert.equal((decodeService(bytes(hex)) as { kind: string }).kind, "malformed", hex);
    for (const hex of ["00", "30", "4f", "22", "6c", "71", "ff"])
      assert.equal(decodeService(bytes(hex)), undefined, hex);
  });

  test("answer an Identification and a Negotiate", () => {
    const identified = { standard: 0, version: 1, revision: 0, features: new Uint8Array() };
    assert.equal(toHex(encodeIdentified(identified)), "0000010000");
    assert.deepEqual(decodeIdentified(bytes("0000010000")), identified);
    assert.deepEqual(decodeIdentified(bytes("00020100 0405 00"))?.features, bytes("0405"));
    for (const hex of ["", "00", "0000", "00000100", "0a", "0500010000", "0000010001"])
      assert.equal(decodeIdentified(bytes(hex)), undefined, hex);
    const negotiated = { packetSize: 128, packets: 4, baud: 6 };
    assert.equal(toHex(encodeNegotiated(negotiated)), "0000800406");
    assert.deepEqual(decodeNegotiated(bytes("0000800406")), negotiated);
    for (const hex of ["", "00", "00008004", "0a00800406", "000080040600"])
      assert.equal(decodeNegotiated(bytes(hex)), undefined, hex);
  });

  test("never throw for any bytes", () => {
    const first = fc.constantFrom(0x20, 0x21, 0x50, 0x51, 0x52, 0x60, 0x6b, 0x70, 0x30, 0x3f, 0x40, 0x4f);
    fc.assert(
      fc.property(fc.oneof(first, fc.nat({ max: 255 })), fc.uint8Array({ maxLength: 24 }), (code, rest) => {
        const any = Uint8Array.of(code, ...rest);
        const decoded = decodeService(any);
        if (decoded !== undefined && decoded.kind !== "malformed" && decoded.kind !== "logon")
          assert.deepEqual(encodeService(decoded), any);
        decodeIdentified(any);
        decodeNegotiated(any);
        tableRequest(any);
        opticalRequest(any);
        tableResponse(any, "read");
        tableResponse(any, "write");
      }),
    );
  });
});

describe("table services", () => {
  test("sum to zero", () => {
    assert.deepEqual(
      [checksum(bytes("")), checksum(bytes("00")), checksum(bytes("ff")), checksum(bytes("8080"))],
      [0, 0, 1, 0],
    );
  });

  /** MEP port, optical port (Optical guide 1.1, pp. 11-12). */
  const requests: readonly (readonly [string, string])[] = [
    ["30 0017 0200", "30 0017"],
    ["30 0017", "30 0017"],
    ["3f 1036 000003 000a", "3f 1036 000003 000a"],
    ["40 0007 0003 0a0005", "40 0007 0003 0a0005 f1"],
    ["4f 0833 000001 0002 3c00", "4f 0833 000001 0002 3c00 c4"],
  ];
  for (const [mep, optical] of requests) {
    test(mep, () => {
      assert.deepEqual(opticalRequest(bytes(mep)), bytes(optical));
      const back = mep.startsWith("30") ? "30 0017" : mep;
      assert.deepEqual(tableRequest(bytes(optical)), bytes(back));
    });
  }

  const responses: readonly (readonly [string, string, "read" | "write"])[] = [
    ["00 0003 010203", "00 0003 010203 fa", "read"],
    ["00 0000", "00 0000 00", "read"],
    ["00", "00", "write"],
    ["03", "03", "read"],
    ["0a", "0a", "write"],
  ];
  for (const [mep, optical, asked] of responses) {
    test(`${asked} ${mep}`, () => {
      assert.deepEqual(opticalResponse(bytes(mep), asked), bytes(optical));
      assert.deepEqual(tableResponse(bytes(optical), asked), bytes(mep));
    });
  }

  test("verify count and checksum", () => {
    for (const hex of ["", "00", "000003010203", "000003010203fb", "0000040102 03fa", "0a00", "0c00000001"])
      assert.equal((tableResponse(bytes(hex), "read") as { kind?: string }).kind, "malformed", hex);
    assert.equal((tableResponse(bytes("0000"), "write") as { kind?: string }).kind, "malformed");
    for (const hex of [
      "",
      "30",
      "30001700",
      "3f001700000000",
      "4000070001aa",
      "4000070001aa57",
      "4000070001aa5600",
      "31",
    ])
      assert.equal((tableRequest(bytes(hex)) as { kind?: string }).kind, "malformed", hex);
  });
});
