import assert from "node:assert/strict";
import { test } from "node:test";
import { MEASURED_KEYS } from "../state/api-answers.ts";
import { LANGUAGES } from "./language.ts";
import { liveKeyName } from "./live-key-name.ts";

test("every value on the page has a name of its own in each language", () => {
  for (const words of Object.values(LANGUAGES)) {
    const names = MEASURED_KEYS.map((key) => liveKeyName(key, words));
    assert.equal(new Set(names).size, names.length);
    for (const [i, name] of names.entries()) assert.notEqual(name, MEASURED_KEYS[i]);
  }
});

test("an unknown key names itself, whatever it is", () => {
  for (const key of ["brand_new_key", "constructor", "power_l4_w", ""])
    assert.equal(liveKeyName(key, LANGUAGES.en), key);
});
