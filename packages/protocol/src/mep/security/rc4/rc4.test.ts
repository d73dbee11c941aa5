import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex, toHex } from "../../../bytes.ts";
import { Rc4 } from "./rc4.ts";

/** Key streams of RFC 6229, section 2: key, offset, 16 bytes. */
const streams: readonly (readonly [string, number, string])[] = [
  ["0102030405", 0, "b2396305f03dc027ccc3524a0a1118a8"],
  ["0102030405", 240, "28cb1132c96ce286421dcaadb8b69eae"],
  ["0102030405", 4096, "ff25b58995996707e51fbdf08b34d875"],
  ["0102030405060708090a0b0c0d0e0f10", 0, "9ac7cc9a609d1ef7b2932899cde41b97"],
  ["0102030405060708090a0b0c0d0e0f10", 16, "5248c4959014126a6e8a84f11d1a9e1c"],
  ["0102030405060708090a0b0c0d0e0f10", 4096, "a36a4c301ae8ac13610ccbc12256cacc"],
  ["ebb46227c6cc8b37641910833222772a", 0, "720c94b63edf44e131d950ca211a5a30"],
  ["ebb46227c6cc8b37641910833222772a", 256, "4847d81da4942dbc249defc48c922b9f"],
];

describe("Rc4", () => {
  for (const [key, offset, expected] of streams) {
    test(`RFC 6229: ${key.length * 4} bits, offset ${offset}`, () => {
      const zeros = new Uint8Array(offset + 16);
      new Rc4(fromHex(key) as Uint8Array).apply(zeros);
      assert.equal(toHex(zeros.subarray(offset)), expected);
    });
  }

  test("goes on from call to call and from fork to fork", () => {
    const key = fromHex("0102030405") as Uint8Array;
    const whole = new Uint8Array(40);
    new Rc4(key).apply(whole);
    const parts = new Uint8Array(40);
    const stream = new Rc4(key);
    stream.apply(parts, 0, 7);
    const fork = stream.fork();
    stream.apply(parts, 7, 20);
    fork.apply(new Uint8Array(13));
    fork.apply(parts, 20);
    assert.deepEqual(parts, whole);
  });

  test("refuses keys that RC4 does not have", () => {
    assert.throws(() => new Rc4(new Uint8Array(0)), RangeError);
    assert.throws(() => new Rc4(new Uint8Array(257)), RangeError);
  });
});
