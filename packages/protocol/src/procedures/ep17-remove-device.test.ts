import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { toHex } from "../bytes.ts";
import { decode, encode, leaves, locate, misplaced, sizeOf } from "../layout/index.ts";
import { BT07 } from "../tables/basic/bt07-procedure-initiate.ts";
import { encodeCall } from "./call.ts";
import { EP17 } from "./ep17-remove-device.ts";
import { resultMeaning } from "./result-codes.ts";

/** Removes handle 0x03F8 with sequence 7. MEP guide 1.1, p. 59. */
const example = Uint8Array.of(0x11, 0x08, 0x07, 0x00, 0xf8, 0x03);

test("the example of page 59 is made and read", () => {
  assert.deepEqual(encodeCall(EP17, { action: 0, deviceHandle: 0x03f8 }, 7, {}), example);
  const call = decode(BT07, example, {});
  assert.deepEqual(call, {
    procedure: EP17.number,
    responseHandling: 0,
    sequence: 7,
    parameters: Uint8Array.of(0, 0xf8, 3),
  });
  assert.deepEqual(decode(EP17.request, call.parameters, {}), { action: 0, deviceHandle: 1016 });
});

test("fields lie where pages 58 and 250 print them", () => {
  assert.deepEqual(
    leaves(BT07, {}).map(({ path, offset, size, bits }) => [path, offset, size, bits]),
    [
      ["procedure", 0, 2, [0, 11]],
      ["responseHandling", 0, 2, [12, 15]],
      ["sequence", 2, 1, undefined],
    ],
  );
  assert.deepEqual(misplaced(BT07, {}), []);
  assert.deepEqual(misplaced(EP17.request, {}), []);
  const handle = locate(EP17.request, ["deviceHandle"], {});
  assert.equal(3 + handle.offset, 4);
  assert.equal(sizeOf(EP17.request, {}), 3);
  assert.equal(sizeOf(EP17.response, {}), 0);
  assert.deepEqual(decode(EP17.response, Uint8Array.of(), {}), {});
});

test("any parameters to the end of BT07 survive; too few bytes, and parameters of another length, are refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 3, maxLength: 300 }), (data) => {
      assert.equal(toHex(encode(BT07, decode(BT07, data, {}), {})), toHex(data));
    }),
  );
  for (const length of [0, 1, 2])
    assert.throws(() => decode(BT07, new Uint8Array(length), {}), { name: "LayoutError", code: "truncated" });
  assert.throws(() => decode(EP17.request, new Uint8Array(2), {}), { name: "LayoutError", code: "truncated" });
  assert.throws(() => decode(EP17.request, new Uint8Array(4), {}), { name: "LayoutError", code: "trailing" });
  assert.throws(() => encodeCall(EP17, { action: 256, deviceHandle: 1 }, 5, {}), {
    name: "LayoutError",
    code: "range",
  });
  assert.throws(() => sizeOf(BT07, {}), { name: "LayoutError", code: "shape" });
});

test("results: its own meanings first, then the general ones", () => {
  assert.equal(EP17.unfinished, 1);
  assert.equal(resultMeaning(EP17, 3), "no installed device has this handle");
  assert.equal(resultMeaning(EP17, 0), "done");
  assert.equal(resultMeaning(EP17, 5), "the key does not permit it");
  assert.equal(resultMeaning(EP17, 77), "a result that the guide does not name");
});
