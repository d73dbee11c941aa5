import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { toHex } from "../../bytes.ts";
import { UsageError } from "../../errors.ts";
import { parseKey, Secret } from "./key.ts";

const hexOfAscii = "30313233343536373839616263646566";

const accepted: readonly (readonly [string, string, string])[] = [
  ["0123456789abcdef", hexOfAscii, "read as 16 ASCII characters (not as hex digits: those would be 32 or 40)"],
  ["abcdefghijklmnop", "6162636465666768696a6b6c6d6e6f70", "read as 16 ASCII characters"],
  [
    "abcdefghijklmnopqrst",
    "6162636465666768696a6b6c6d6e6f70",
    "read as 20 ASCII characters, of which only the first 16 bytes count",
  ],
  ["ascii:0123456789abcdef\n", hexOfAscii, "read as 16 ASCII characters"],
  [hexOfAscii, hexOfAscii, "read as 32 hex digits"],
  [`${hexOfAscii}DEADBEEF`, hexOfAscii, "read as 40 hex digits, of which only the first 16 bytes count"],
  [`hex:${hexOfAscii}`, hexOfAscii, "read as 32 hex digits"],
  ["01:01:01:01:01:01:01:01:01:01:01:01:01:01:01:01", "01".repeat(16), "read as 32 hex digits"],
  ["with a space! ok", "77697468206120737061636521206f6b", "read as 16 ASCII characters"],
];

const refused: readonly (readonly [string, RegExp])[] = [
  ["", /the key is empty/],
  ["hex:", /the key is empty/],
  ["short", /the key has 5 characters/],
  ["seventeen chars!!", /the key has 17 characters/],
  ["fffefdfcfb", /the key has 10 hex digits/],
  ["hex:0123456789abcdef", /the key has 16 hex digits/],
  [`hex:${"g".repeat(32)}`, /32 characters that are not all pairs of hex digits/],
  [`ascii:${hexOfAscii}`, /the key has 32 characters/],
  ["schlüssel1234567", /character 5 of the key is not printable ASCII/],
];

describe("parseKey", () => {
  for (const [text, hex, form] of accepted) {
    test(`${form}: ${text.length} characters`, () => {
      const parsed = parseKey(text);
      assert.equal(toHex(parsed.key), hex);
      assert.equal(parsed.form, form);
      assert.equal(parsed.encoding, /ASCII/.test(form) ? "ascii" : "hex");
    });
  }

  for (const [text, message] of refused) {
    test(`refuses: ${message.source}`, () => {
      assert.throws(
        () => parseKey(text),
        (error) => {
          assert.ok(error instanceof UsageError);
          assert.match(error.message, message);
          if (text.length > 4) assert.ok(!error.message.includes(text.replace(/^\w+:/, "") || text));
          return true;
        },
      );
    });
  }

  test("prints no key, however it is printed", () => {
    const parsed = parseKey("0123456789abcdef");
    const secret = new Secret(parsed.key);
    for (const text of [
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }),
      JSON.stringify(parsed),
      inspect(parsed),
    ]) {
      assert.match(text, /\[secret\]/);
      assert.doesNotMatch(text, /0123|3031|48,\s*49/);
    }
  });

  test("hands out copies", () => {
    const secret = parseKey(hexOfAscii).secret;
    secret.reveal().fill(0);
    assert.equal(toHex(secret.reveal()), hexOfAscii);
  });
});
