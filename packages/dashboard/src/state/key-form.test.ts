import assert from "node:assert/strict";
import { test } from "node:test";
import { keyForm } from "./key-form.ts";

test("sixteen hex digits are characters, thirty-two are digits", () => {
  assert.deepEqual(keyForm("0123456789abcdef"), { ok: true, form: "ascii", length: 16, longer: false, looksHex: true });
  assert.deepEqual(keyForm("0123456789abcdefWXYZ"), {
    ...{ ok: true, form: "ascii", length: 20, longer: true, looksHex: false },
  });
  assert.equal(keyForm("00112233445566778899aabbccddeeff").ok, true);
  const spaced = keyForm(" 00:11:22:33 44-55-66-77,8899aabbccddeeff\r\n");
  assert.deepEqual([spaced.ok && spaced.form, spaced.length], ["hex", 32]);
});

test("what is no key says why", () => {
  const problem = (text: string) => {
    const form = keyForm(text);
    return form.ok ? form.form : [form.problem, form.length];
  };
  assert.deepEqual(problem(""), ["empty", 0]);
  assert.deepEqual(problem("hex:"), ["empty", 0]);
  assert.deepEqual(problem("short"), ["length", 5]);
  assert.deepEqual(problem("0011223344"), ["hex-length", 10]);
  assert.deepEqual(problem("ascii:0123456789"), ["length", 10]);
  assert.deepEqual(problem("hex:not hex at all"), ["not-hex", 14]);
  assert.deepEqual(problem("schlüssel-im-haus"), ["length", 17]);
  assert.deepEqual(problem("schlüssel-im-hau"), ["not-ascii", 16]);
  assert.equal(problem("ASCII:0123456789abcdef"), "ascii");
});
