import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { keyForm } from "./key-form.ts";

const said = (text: string): string => {
  const form = keyForm(text);
  if (!form.ok) return `${form.problem} ${form.length}`;
  return [form.form, form.length, ...(form.longer ? ["longer"] : []), ...(form.looksHex ? ["looks hex"] : [])].join(
    " ",
  );
};

describe("the form of a key", () => {
  test("is characters at 16 and 20, also where they look like hex digits", () => {
    assert.equal(said("Zaunkönig"), "length 9");
    assert.equal(said("ABCDEFGHIJKLMNOP"), "ascii 16");
    assert.equal(said("ABCDEFGHIJKLMNOPQRST"), "ascii 20 longer");
    assert.equal(said("0123456789abcdef"), "ascii 16 looks hex");
    assert.equal(said("0123456789öbcdef"), "not-ascii 16");
    assert.equal(said("ascii:ABCDEFGHIJKLMNOP"), "ascii 16");
    assert.equal(said("ascii:ABC"), "length 3");
  });

  test("is hex digits at 32 and 40, however they are set", () => {
    const digits = "00112233445566778899AABBCCDDEEFF";
    for (const text of [digits, `hex:${digits}`, digits.match(/../g)?.join(" ") ?? "", ` ${digits}\r\n`, `0x${digits}`])
      assert.equal(said(text), "hex 32 looks hex", text);
    assert.equal(said(`${digits}00112233`), "hex 40 longer looks hex");
    assert.equal(said(digits.slice(2)), "hex-length 30");
    assert.equal(said("hex:ABCDEFGHIJKLMNOP"), "not-hex 16");
  });

  test("is none of an empty field", () => {
    for (const text of ["", "  \n", "hex:", "ascii:"]) assert.equal(said(text), "empty 0");
  });
});
