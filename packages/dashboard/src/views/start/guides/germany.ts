import type { Guide } from "./guide.ts";
import { LETTERS } from "./letters.ts";

// Users of optical heads with such meters in Germany.
export const germany: Guide = {
  country: "DE",
  name: { en: "Germany", da: "Tyskland", de: "Deutschland" },
  intro: {
    en: "Users report that some companies hand out a read-only key of 20 characters for the optical port on request: then choose “Optical head” as the link. Nothing is known of MEP keys there.",
    da: "Brugere fortæller, at nogle selskaber på anmodning udleverer en læsenøgle på 20 tegn til den optiske port: vælg da “Optisk læsehoved” som forbindelse. Om MEP-nøgler dér vides intet.",
    de: "Nutzer berichten, dass einige Betreiber auf Anfrage einen Leseschlüssel mit 20 Zeichen für den optischen Anschluss herausgeben: Wählen Sie dann „Optischer Lesekopf“ als Verbindung. Über MEP-Schlüssel ist dort nichts bekannt.",
  },
  operators: [],
  letter: LETTERS.deOptical,
};
