import type { Guide } from "./guide.ts";
import { LETTERS } from "./letters.ts";

// The adapter builder's diary dabbler.dk (2023 to 2025) and comments there; generation 4: its entry of 2024-03-28.
export const denmark: Guide = {
  country: "DK",
  name: { en: "Denmark", da: "Danmark", de: "Dänemark" },
  intro: {
    en: "Danish meters of generation 3 have a drawer for the MEP module; generation 4 has none. Users collect what grid companies do at befridinelmåler.dk.",
    da: "Danske målere af generation 3 har en skuffe til MEP-modulet; generation 4 har ingen. Brugere samler, hvad netselskaberne gør, på befridinelmåler.dk.",
    de: "Dänische Zähler der Generation 3 haben ein Fach für das MEP-Modul; Generation 4 hat keines. Nutzer sammeln auf befridinelmåler.dk, was die Netzbetreiber tun.",
  },
  operators: [
    {
      ...{ name: "N1", port: "mep", certainty: "reported" },
      text: {
        en: "hands out the MEP basic key, but no keys for the optical port",
        da: "udleverer MEP basic key, men ingen nøgler til den optiske port",
        de: "gibt den MEP Basic Key heraus, aber keine Schlüssel für den optischen Anschluss",
      },
    },
    {
      ...{ name: "Cerius", port: "mep", certainty: "reported" },
      text: {
        en: "closed the port on its meters in May 2025 unless the customer objected, and opens it again on request on its home page",
        da: "lukkede i maj 2025 porten på sine målere, hvis kunden ikke sagde fra, og åbner den igen, når man beder om det på hjemmesiden",
        de: "sperrte die Schnittstelle im Mai 2025 an seinen Zählern, wenn der Kunde nicht widersprach, und gibt sie auf Antrag über die eigene Website wieder frei",
      },
    },
    {
      ...{ name: "Konstant", port: "optical", certainty: "reported" },
      text: {
        en: "refused the MEP port to one user and offered the optical port instead",
        da: "afviste MEP-porten over for en bruger og tilbød den optiske port i stedet",
        de: "lehnte die MEP-Schnittstelle bei einem Nutzer ab und bot stattdessen den optischen Anschluss an",
      },
    },
  ],
  letter: LETTERS.da,
};
