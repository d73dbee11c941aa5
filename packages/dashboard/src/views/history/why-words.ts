/** Words that say how a number of the history is made. */
import type { Language } from "../../i18n/language.ts";

const en = {
  sum: "The sum of the intervals that lie in this period. Open the row to see what it is made of, down to the interval that the meter recorded.",
  net: "Import minus export.",
  cost: "For each interval the imported energy times its price, minus the exported energy times what is paid for it.",
  costPartly:
    "For each interval whose price is known the imported energy times its price, minus the exported energy times what is paid for it. Energy without a known price is not in it.",
  compared: "The same hours of the period before, by the clock of the meter: the sum of its intervals.",
  result: "Result",
  meanPrice: "Price on average",
  perKwh: (money: string) => `${money} per kWh`,
  state: "State",
};

export type WhyWords = typeof en;

const da: WhyWords = {
  sum: "Summen af de intervaller, der ligger i perioden. Åbn rækken for at se, hvad den består af, helt ned til det interval, som måleren har registreret.",
  net: "Import minus eksport.",
  cost: "For hvert interval den importerede energi gange dens pris, minus den eksporterede energi gange det, der betales for den.",
  costPartly:
    "For hvert interval, hvis pris er kendt, den importerede energi gange dens pris, minus den eksporterede energi gange det, der betales for den. Energi uden kendt pris er ikke med.",
  compared: "De samme timer i perioden før, efter målerens ur: summen af dens intervaller.",
  result: "Resultat",
  meanPrice: "Pris i gennemsnit",
  perKwh: (money) => `${money} pr. kWh`,
  state: "Tilstand",
};

const de: WhyWords = {
  sum: "Die Summe der Intervalle, die in diesem Zeitraum liegen. Öffnen Sie die Zeile, um zu sehen, woraus sie besteht, bis zum Intervall, das der Zähler aufgezeichnet hat.",
  net: "Bezug minus Einspeisung.",
  cost: "Für jedes Intervall die bezogene Energie mal ihr Preis, minus die eingespeiste Energie mal ihre Vergütung.",
  costPartly:
    "Für jedes Intervall, dessen Preis bekannt ist, die bezogene Energie mal ihr Preis, minus die eingespeiste Energie mal ihre Vergütung. Energie ohne bekannten Preis ist nicht dabei.",
  compared: "Dieselben Stunden des Zeitraums davor, nach der Uhr des Zählers: die Summe ihrer Intervalle.",
  result: "Ergebnis",
  meanPrice: "Preis im Mittel",
  perKwh: (money) => `${money} je kWh`,
  state: "Zustand",
};

export const WHY_WORDS: Readonly<Record<Language, WhyWords>> = { en, da, de };
