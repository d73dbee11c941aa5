import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { escapedJson, plainText } from "./plain-text.ts";

test("controls, marks of direction and what has no width become dots", () => {
  for (const code of [
    0, 7, 0x0a, 0x1b, 0x7f, 0x80, 0x9b, 0x85, 0x200b, 0x200d, 0x2028, 0x202e, 0x2066, 0xfeff, 0xd800, 0xfdd0, 0xe0041,
  ])
    assert.equal(plainText(`a${String.fromCodePoint(code)}b`), "a·b", code.toString(16));
});

test("letters of any language stay", () => {
  for (const text of ["Ærø Straße", "電力", "e\u0301", "👍", "12 m³"]) assert.equal(plainText(text), text);
});

test("escaped JSON is the same value, and has nothing that a terminal acts upon", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const json = escapedJson(JSON.stringify({ [text]: text }));
      assert.deepEqual(JSON.parse(json), { [text]: text });
      assert.equal(plainText(json), json);
    }),
  );
});
