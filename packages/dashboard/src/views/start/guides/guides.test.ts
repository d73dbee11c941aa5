import assert from "node:assert/strict";
import { test } from "node:test";
import { LANGUAGES } from "../../../i18n/language.ts";
import { GUIDES, guideFor, guideOf } from "./list.ts";

test("each country has its texts in each language, and a letter that asks for the key", () => {
  const countries = GUIDES.map(({ country }) => country);
  assert.deepEqual(countries, ["DK", "AT", "DE", "SE", "CH", "other"]);
  for (const { name, intro, operators, letter } of GUIDES) {
    for (const language of Object.keys(LANGUAGES) as (keyof typeof LANGUAGES)[])
      for (const told of [name, intro, ...operators.map(({ text }) => text)])
        if (told !== null) assert.ok(told[language].length > 4, `${name.en} ${language}`);
    assert.match(letter.text, /MBK|Read-Only Key/);
  }
});

test("the guide is that of the reader's zone, else that of all other countries", () => {
  assert.equal(guideFor("Europe/Vienna").country, "AT");
  assert.equal(guideFor("toString").country, "other");
  assert.equal(guideOf("XX").country, "other");
});
