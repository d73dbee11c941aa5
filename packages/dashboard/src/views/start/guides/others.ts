import type { Guide } from "./guide.ts";
import { LETTERS } from "./letters.ts";

const nothingKnown = {
  en: "Nothing is known about grid companies there yet.",
  da: "Om netselskaberne dér vides intet endnu.",
  de: "Über die Netzbetreiber dort ist noch nichts bekannt.",
} as const;

export const switzerland: Guide = {
  country: "CH",
  name: { en: "Switzerland", da: "Schweiz", de: "Schweiz" },
  intro: nothingKnown,
  operators: [],
  letter: LETTERS.de,
};

/** Any other country. */
export const elsewhere: Guide = {
  country: "other",
  name: { en: "Another country", da: "Et andet land", de: "Ein anderes Land" },
  intro: nothingKnown,
  operators: [],
  letter: LETTERS.en,
};
