import type { Guide } from "./guide.ts";
import { LETTERS } from "./letters.ts";

// People who read such meters in Austria; Amstetten: a guest entry in the adapter builder's diary dabbler.dk of 2023-01-08.
export const austria: Guide = {
  country: "AT",
  name: { en: "Austria", da: "Østrig", de: "Österreich" },
  intro: {
    en: "The customer interface is said to be a legal right in Austria. Some companies send the key as an XML file: drop it above as it is.",
    da: "Kundeporten skal være en lovfæstet ret i Østrig. Nogle selskaber sender nøglen som en XML-fil: træk den op i feltet, som den er.",
    de: "Die Kundenschnittstelle gilt in Österreich als gesetzliches Recht. Manche Betreiber senden den Schlüssel als XML-Datei: Ziehen Sie sie unverändert nach oben.",
  },
  operators: [
    {
      ...{ name: "Linz Netz", port: "mep", certainty: "law" },
      text: {
        en: "hands out the MEP key on request",
        da: "udleverer MEP-nøglen på anmodning",
        de: "gibt den MEP-Schlüssel auf Anfrage heraus",
      },
    },
    {
      ...{ name: "Energie Klagenfurt", port: "mep", certainty: "law" },
      text: {
        en: "hands out the MEP key on request",
        da: "udleverer MEP-nøglen på anmodning",
        de: "gibt den MEP-Schlüssel auf Anfrage heraus",
      },
    },
    {
      ...{ name: "Stadtwerke Amstetten", port: "mep", certainty: "reported" },
      text: {
        en: "sent a customer the key as an XML file",
        da: "sendte en kunde nøglen som en XML-fil",
        de: "sandten einem Kunden den Schlüssel als XML-Datei",
      },
    },
  ],
  letter: LETTERS.de,
};
