import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkNames, type Finding, sicknesses } from "../diagnosis.ts";
import { opticalLayers, opticalSicknesses } from "../optical-diagnosis.ts";
import { findingText, languages, wordsOf } from "./words.ts";

const placeholders = (text: string): string =>
  [...text.matchAll(/\{(\w+)\}/g)]
    .map(([, name]) => name)
    .sort()
    .join();

describe("words of a diagnosis", () => {
  const english = wordsOf("en");

  for (const language of languages)
    test(`${language} has a name, a cause and remedies for every sickness, as many as English`, () => {
      const words = wordsOf(language);
      for (const sickness of [...sicknesses, ...opticalSicknesses]) {
        const { name, cause, remedies } = words.sicknesses[sickness];
        assert.ok(name.length > 3 && cause.length > 20, sickness);
        assert.equal(remedies.length, english.sicknesses[sickness].remedies.length, sickness);
        assert.ok(remedies.length > 0 && remedies.every((remedy) => remedy.endsWith(".")), sickness);
      }
      assert.deepEqual(Object.keys(words.checks).sort(), [...new Set([...checkNames, ...opticalLayers])].sort());
    });

  for (const language of languages)
    test(`${language} names the same facts as English`, () => {
      const { findings, brokenLine } = wordsOf(language);
      assert.equal(placeholders(brokenLine), placeholders(english.brokenLine));
      for (const finding of Object.keys(english.findings) as Finding[])
        assert.equal(
          placeholders(findings[finding])
            .split(",")
            .filter((v, i, all) => all.indexOf(v) === i)
            .join(),
          placeholders(english.findings[finding]),
          finding,
        );
    });

  test("a key's form is named in the language", () => {
    const check = { name: "key", verdict: "warning", finding: "key-in-other-form", facts: { form: "hex" } } as const;
    assert.equal(findingText(wordsOf("de"), check), "angenommen, gelesen als Hexadezimalziffern");
  });

  for (const language of languages)
    test(`${language} points at a layer, not up or down: a terminal shows them above, a page below`, () => {
      const text = JSON.stringify(wordsOf(language));
      assert.doesNotMatch(text, /\b(below|above|unten|oben|nedenfor|ovenfor)\b/i);
    });
});
