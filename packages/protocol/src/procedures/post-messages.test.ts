import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LayoutError } from "../errors.ts";
import { decodePost, encodePost, type PostForms, type PostMessage, thirdPartyForms } from "./post-messages.ts";

const forms: PostForms = {
  "scheduled-read": { type: 3, fields: ["length8", "data"] },
  "scheduled-read-and-alarms": { type: 4, fields: ["alarms", "data"] },
  "on-demand": { type: 6, fields: ["transaction", "handle", "success", "length16", "data"] },
  "clear-mbus-alert": { type: 11, fields: [] },
};
const messages: readonly (readonly [PostMessage, readonly number[]])[] = [
  [{ kind: "scheduled-read", data: Uint8Array.of(7, 8) }, [3, 2, 7, 8]],
  [{ kind: "scheduled-read-and-alarms", data: Uint8Array.of(7), alarms: 0x0102 }, [4, 2, 1, 7]],
  [
    { kind: "on-demand", transaction: 0x0501, handle: 1000, success: false, data: Uint8Array.of(9) },
    [6, 0x01, 0x05, 0xe8, 0x03, 0, 1, 0, 9],
  ],
  [{ kind: "clear-mbus-alert" }, [11]],
];

describe("messages that a MEP client posts", () => {
  for (const [message, bytes] of messages)
    test(`${message.kind} is written as its form says, and read back`, () => {
      assert.deepEqual([...(encodePost(forms, message) ?? [])], bytes);
      assert.deepEqual(decodePost(forms, Uint8Array.from(bytes)), message);
    });

  test("a message without a form cannot be written", () => {
    assert.equal(encodePost(thirdPartyForms, { kind: "clear-mbus-alert" }), undefined);
  });

  test("a number that does not fit is refused by the name of its field", () => {
    const message = { kind: "scheduled-read", data: new Uint8Array(256) } as const;
    assert.throws(() => encodePost(forms, message), /length8.*256 does not fit/);
  });

  test("bytes that end early or lie about their length are refused", () => {
    for (const [, bytes] of messages)
      for (let length = 0; length < bytes.length; length++) {
        const cut = Uint8Array.from(bytes.slice(0, length));
        // Data without a length of their own end where the bytes end.
        if (bytes[0] === 4 && length >= 3) continue;
        assert.throws(() => decodePost(forms, cut), LayoutError, `${length} of ${bytes}`);
      }
    assert.throws(() => decodePost(forms, Uint8Array.of(3, 200, 1)), /needs 200 bytes, 1 are left/);
  });

  test("a type that no form has is refused", () => {
    assert.throws(() => decodePost(forms, Uint8Array.of(99)), /no message has the type 99/);
  });
});
