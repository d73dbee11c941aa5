import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseLanguage, chooseLocale, isLanguage, LANGUAGES } from "./language.ts";

test("takes the first language that we have, else English", () => {
  assert.equal(chooseLanguage(["fr-FR", "de-CH", "en"]), "de");
  assert.equal(chooseLanguage(["DA"]), "da");
  assert.equal(chooseLanguage(["fr"]), "en");
  assert.equal(chooseLanguage([]), "en");
});

test("formats numbers as in the reader's own region", () => {
  assert.equal(chooseLocale("en", ["da-DK", "en-GB"]), "en-GB");
  assert.equal(chooseLocale("de", ["da-DK"]), "de");
});

test("a cause begins with a short, self-contained sentence", () => {
  for (const [language, { linkCauses }] of Object.entries(LANGUAGES)) {
    for (const [cause, [first = ""]] of Object.entries(linkCauses)) {
      assert.match(first, /^\p{Lu}[^.]{8,110}\.$/u, `${language} ${cause}`);
    }
  }
});

test("inherited properties are not languages", () => {
  assert.equal(isLanguage("constructor"), false);
  assert.equal(isLanguage("en"), true);
});

/** Every text of a dictionary by its path; functions are called with their own parameter numbers. */
function texts(value: unknown, path: string): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") {
    const call = value as (...parts: string[]) => string;
    return [[path, call(...Array.from({ length: value.length }, (_, i) => `<${i}>`))]];
  }
  return Object.entries(value as object).flatMap(([key, part]) => texts(part, `${path}.${key}`));
}

test("every language uses all its parameters, and has a text wherever English has one", () => {
  const english = new Map(texts(LANGUAGES.en, "$"));
  for (const [language, words] of Object.entries(LANGUAGES)) {
    const own = texts(words, "$");
    assert.equal(own.length, english.size, language);
    for (const [path, text] of own) {
      const original = english.get(path) ?? "";
      assert.equal(text === "", original === "", `${language} ${path}`);
      assert.deepEqual(
        (text.match(/<\d>/g) ?? []).sort(),
        (original.match(/<\d>/g) ?? []).sort(),
        `${language} ${path}`,
      );
    }
  }
});
