import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import { optical } from "./optical.ts";
import { rc4 } from "./security.ts";
import { tls } from "./tls.ts";

const entropy = (length: number): Uint8Array => new Uint8Array(length);

test("a key that is not a Secret is refused in one sentence that says what to give, and does not show it", () => {
  const text = "0123456789abcdef";
  for (const key of [new TextEncoder().encode(text), text, undefined, null] as unknown as readonly Secret[])
    for (const secure of [
      () => rc4({ key, entropy }),
      () => tls({ key, level: "basic", entropy }),
      ...(key === undefined ? [] : [() => optical({ key })]),
    ])
      assert.throws(secure, (error: unknown) => {
        assert.ok(error instanceof UsageError && error.code === "key");
        assert.match(error.message, /must be a Secret: give parseKey\(text\)\.secret, or new Secret\(bytes\)$/);
        assert.doesNotMatch(error.message, /0123|48,49/);
        return true;
      });
  assert.throws(() => new Secret(text as unknown as Uint8Array), /a Secret is made of bytes/);
});
