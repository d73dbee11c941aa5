import assert from "node:assert/strict";
import { test } from "node:test";
import { hashOfMeter, meterInHash, nextTheme, preferences } from "./preferences.ts";

test("choices are remembered, and nonsense in the storage is no choice", () => {
  const map = new Map<string, string>([["meterport.language", "toString"]]);
  const store = {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => map.set(key, value),
  };
  const chosen = preferences(() => store);
  assert.equal(chosen.language(), null);
  assert.equal(chosen.theme(), "auto");
  chosen.setLanguage("da");
  chosen.setTheme("dark");
  assert.equal(chosen.language(), "da");
  assert.equal(chosen.theme(), "dark");
});

test("a storage that refuses is no fault", () => {
  const chosen = preferences(() => {
    throw new Error("SecurityError");
  });
  chosen.setTheme("dark");
  assert.equal(chosen.theme(), "auto");
  assert.equal(chosen.language(), null);
});

test("the toggle goes round", () => {
  assert.equal(nextTheme(nextTheme(nextTheme("auto"))), "auto");
});

test("a meter's id survives the address, whatever is in it", () => {
  for (const id of ["house", "a&b=c#d", "Lindevej 12/ø", "%41"]) assert.equal(meterInHash(hashOfMeter(id)), id);
  assert.equal(meterInHash(""), null);
});
