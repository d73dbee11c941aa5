import assert from "node:assert/strict";
import { test } from "node:test";
import { CHILD_WORDS, quantityName } from "./child-words.ts";

test("a value of a meter behind the meter has a name in each language, with its tariff where it has one", () => {
  const named = (quantity: string, tier: number) =>
    (["en", "da", "de"] as const).map((language) => quantityName({ quantity, tier }, CHILD_WORDS[language], `${tier}`));
  assert.deepEqual(named("volume", 0), ["Volume", "Volumen", "Volumen"]);
  assert.deepEqual(named("energy", 2), ["Energy, tariff 2", "Energi, tarif 2", "Energie, Tarif 2"]);
});

test("a quantity that only a newer gateway knows has the gateway's name", () => {
  assert.equal(quantityName({ quantity: "flow_hours", tier: 0 }, CHILD_WORDS.da, "0"), "flow hours");
  assert.equal(quantityName({ quantity: "constructor", tier: 0 }, CHILD_WORDS.en, "0"), "constructor");
});
