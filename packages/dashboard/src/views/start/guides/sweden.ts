import type { Guide } from "./guide.ts";
import { LETTERS } from "./letters.ts";

// Users who read such meters in Sweden.
export const sweden: Guide = {
  country: "SE",
  name: { en: "Sweden", da: "Sverige", de: "Schweden" },
  intro: null,
  operators: [
    {
      ...{ name: "E.ON", port: null, certainty: "unknown" },
      text: {
        en: "has meters of the types 83330-3I and 83334-3I; whether it hands out keys is not known",
        da: "har målere af typerne 83330-3I og 83334-3I; om der udleveres nøgler, vides ikke",
        de: "hat Zähler der Typen 83330-3I und 83334-3I; ob Schlüssel herausgegeben werden, ist nicht bekannt",
      },
    },
  ],
  letter: LETTERS.sv,
};
