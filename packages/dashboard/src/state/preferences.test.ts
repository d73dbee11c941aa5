import assert from "node:assert/strict";
import { test } from "node:test";
import { nextTheme, preferences } from "./preferences.ts";

test("remembers choices, and ignores invalid ones in the storage", () => {
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

test("works without storage", () => {
  const chosen = preferences(() => {
    throw new Error("SecurityError");
  });
  chosen.setTheme("dark");
  assert.equal(chosen.theme(), "auto");
  assert.equal(chosen.language(), null);
});

test("the toggle cycles through all themes", () => {
  assert.equal(nextTheme(nextTheme(nextTheme("auto"))), "auto");
});
