import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { fromHex, toHex } from "../../bytes.ts";
import { UsageError } from "../../errors.ts";
import {
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  type TableRequest,
  type TableResponse,
} from "./apdu.ts";
import { responseCode, responseCodes } from "./response-codes.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const data = Uint8Array.of(0xaa, 0xbb);

/** Each form once, by the table on p. 18; those of the guide's examples are in the vectors. */
const requests: readonly (readonly [string, TableRequest])[] = [
  ["30 0017", { kind: "read", table: 0x17, count: undefined }],
  ["30 0017 0200", { kind: "read", table: 0x17, count: 512 }],
  ["3f 0017 000000 002c", { kind: "read-at", table: 0x17, offset: 0, count: 44 }],
  ["3f 0840 012345 ffff", { kind: "read-at", table: 0x840, offset: 0x12345, count: 0xffff }],
  ["3f 0840 012345", { kind: "read-at", table: 0x840, offset: 0x12345, count: undefined }],
  ["40 0007 0002 aabb", { kind: "write", table: 7, data }],
  ["4f 0832 00001e 0002 aabb", { kind: "write-at", table: 0x832, offset: 30, data }],
];

const responses: readonly (readonly [string, TableRequest["kind"], TableResponse])[] = [
  ["00 0002 aabb", "read", { kind: "data", data }],
  ["00 0000", "read-at", { kind: "data", data: new Uint8Array(0) }],
  ["00", "write", { kind: "done" }],
  ["05", "read", { kind: "error", code: 5 }],
  ["0b", "write-at", { kind: "error", code: 0x0b }],
  ["0c 77635b90", "read-at", { kind: "sequence", sequence: 0x77635b90 }],
  ["0c ffffffff", "write", { kind: "sequence", sequence: 0xffffffff }],
];

describe("requests", () => {
  for (const [hex, request] of requests) {
    test(`${request.kind} ${hex}`, () => {
      assert.equal(toHex(encodeRequest(request)), hex.replaceAll(" ", ""));
      assert.deepEqual(decodeRequest(bytes(hex)), request);
    });
  }

  test("ignores bytes after the counted ones, takes a count of one byte for none", () => {
    assert.deepEqual(decodeRequest(bytes("40 0007 0001 aabb")), { kind: "write", table: 7, data: Uint8Array.of(0xaa) });
    assert.deepEqual(decodeRequest(bytes("30 0017 01")), { kind: "read", table: 0x17, count: undefined });
  });

  test("says what is wrong", () => {
    for (const hex of [
      "",
      "58",
      "30",
      "3000",
      "3f00170000",
      "400007",
      "40000700",
      "4000070003aabb",
      "4f000700000000",
    ]) {
      const decoded = decodeRequest(bytes(hex));
      assert.equal(decoded.kind, "malformed", hex);
    }
    assert.match(JSON.stringify(decodeRequest(bytes("58"))), /0x58 is not one of/);
  });

  test("refuses numbers that do not fit", () => {
    assert.throws(() => encodeRequest({ kind: "read", table: 0x10000, count: 1 }), UsageError);
    assert.throws(() => encodeRequest({ kind: "read-at", table: 1, offset: 0x1000000, count: 1 }), UsageError);
    assert.throws(() => encodeRequest({ kind: "read", table: 1, count: -1 }), UsageError);
    assert.throws(() => encodeRequest({ kind: "write", table: 1.5, data }), UsageError);
  });

  test("never throws for any bytes, and gives back what it can encode", () => {
    const first = fc.constantFrom(0x30, 0x3f, 0x40, 0x4f, 0x58);
    fc.assert(
      fc.property(first, fc.uint8Array({ maxLength: 40 }), (code, rest) => {
        const decoded = decodeRequest(Uint8Array.of(code, ...rest));
        if (decoded.kind !== "malformed") assert.deepEqual(decodeRequest(encodeRequest(decoded)), decoded);
      }),
    );
  });
});

describe("responses", () => {
  for (const [hex, asked, response] of responses) {
    test(`${response.kind} ${hex}`, () => {
      assert.equal(toHex(encodeResponse(response)), hex.replaceAll(" ", ""));
      assert.deepEqual(decodeResponse(bytes(hex), asked), response);
    });
  }

  test("holds the count against the bytes", () => {
    for (const hex of ["", "00", "0000", "000001", "0000020a", "00000000", "0c7763", "0c77635b9000"]) {
      assert.equal(decodeResponse(bytes(hex), "read").kind, "malformed", hex);
    }
    assert.equal(decodeResponse(bytes("000000"), "write").kind, "malformed");
  });

  test("refuses numbers that do not fit", () => {
    assert.throws(() => encodeResponse({ kind: "error", code: 256 }), UsageError);
    assert.throws(() => encodeResponse({ kind: "sequence", sequence: 2 ** 32 }), UsageError);
    assert.throws(() => encodeResponse({ kind: "data", data: new Uint8Array(0x10000) }), UsageError);
  });

  test("never throws for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom("read", "write"), (any, asked) => {
        const decoded = decodeResponse(any, asked as "read" | "write");
        if (decoded.kind !== "malformed") assert.deepEqual(encodeResponse(decoded).length <= any.length, true);
      }),
    );
  });
});

describe("response codes", () => {
  test("names those of C12.18 and the guide, in ascending order, each in one sentence", () => {
    assert.deepEqual(
      responseCodes.map(({ code, name }) => `${code} ${name}`),
      [
        "0 ok",
        "1 err",
        "2 sns",
        "3 isc",
        "4 onp",
        "5 iar",
        "6 bsy",
        "7 dnr",
        "8 dlk",
        "9 rno",
        "10 isss",
        "11 auth",
        "12 seq",
      ],
    );
    for (const { meaning } of responseCodes) assert.match(meaning, /^[^.]+$/);
    assert.equal(responseCode(0x77).name, "unknown");
  });
});
