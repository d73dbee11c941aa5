import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toHex } from "../../bytes.ts";
import { type KeyForm, keyReadings } from "./key-readings.ts";

const hexOf = (text: string): string => toHex(Uint8Array.from(text, (character) => character.charCodeAt(0)));
/** The key in a form, as hex digits; undefined where the text has no such form. */
const as = (form: KeyForm, text: string): string | undefined => {
  const found = keyReadings(text).find((reading) => reading.form === form);
  return found === undefined ? undefined : toHex(found.secret.reveal());
};

const characters = "0123456789abcdef";
const digits = hexOf(characters);

describe("readings of a key", () => {
  test("take its first sixteen characters, and spaces inside it for what they are or for nothing", () => {
    assert.equal(as("ascii", `${characters}wxyz`), digits);
    const spaced = "ab cd ef gh ij kl mn";
    const both = keyReadings(spaced)
      .filter(({ form }) => form === "ascii")
      .map(({ secret }) => toHex(secret.reveal()));
    assert.deepEqual(both, [hexOf("ab cd ef gh ij k")]);
    const long = keyReadings("abcd efgh ijkl mnop qrst")
      .filter(({ form }) => form === "ascii")
      .map(({ secret }) => toHex(secret.reveal()));
    assert.deepEqual(long, [hexOf("abcd efgh ijkl m"), hexOf("abcdefghijklmnop")]);
  });

  test("take hex digits, also of hex digits, and from the end", () => {
    assert.equal(as("hex", digits), digits);
    assert.equal(as("hex", `hex:${digits}`), digits);
    assert.equal(as("hex-of-hex", hexOf(digits)), digits);
    assert.equal(as("reversed-hex", digits), hexOf([...characters].reverse().join("")));
  });

  test("take either case, the last sixteen characters, and base64", () => {
    assert.equal(as("upper-case", "0123456789abcdef"), hexOf("0123456789ABCDEF"));
    assert.equal(as("lower-case", "0123456789ABCDEF"), digits);
    assert.equal(as("last-16-characters", `wxyz${characters}`), digits);
    assert.equal(as("base64", "MDEyMzQ1Njc4OWFiY2RlZg=="), digits);
  });

  test("name each key once, and none for what cannot be one", () => {
    const keys = keyReadings(digits).map(({ secret }) => toHex(secret.reveal()));
    assert.equal(new Set(keys).size, keys.length);
    assert.deepEqual(keyReadings("abc"), []);
    assert.deepEqual(keyReadings("a".repeat(1000)), []);
  });
});
