/** Letters to grid companies, by language. */

const en = `Dear Sir or Madam,

my electricity meter (number: …, address: …) has a MEP port. I would like to read my own consumption there with a read-only program.

Please
- open the MEP port (customer port) of this meter, and
- send me its MEP basic key (MBK).

Kind regards
…`;

const da = `Hej

Min elmåler (nummer: …, adresse: …) har en MEP-port. Jeg vil gerne aflæse mit eget forbrug der med et program, som kun læser.

Vil I
- åbne MEP-porten (kundeporten) på måleren og
- sende mig dens MEP basic key (MBK)?

Med venlig hilsen
…`;

const de = `Sehr geehrte Damen und Herren,

mein Stromzähler (Nummer: …, Adresse: …) hat eine MEP-Schnittstelle. Ich möchte dort meinen eigenen Verbrauch mit einem Programm auslesen, das nur liest.

Bitte
- geben Sie die MEP-Schnittstelle (Kundenschnittstelle) dieses Zählers frei und
- senden Sie mir seinen MEP Basic Key (MBK).

Mit freundlichen Grüßen
…`;

const deOptical = `Sehr geehrte Damen und Herren,

ich möchte meinen eigenen Verbrauch am optischen Anschluss meines Stromzählers (Nummer: …, Adresse: …) mit einem Programm auslesen, das nur liest.

Bitte senden Sie mir dafür den Leseschlüssel (Read-Only Key, 20 Zeichen) dieses Zählers.

Mit freundlichen Grüßen
…`;

const sv = `Hej!

Min elmätare (nummer: …, adress: …) har en MEP-port. Jag vill läsa av min egen förbrukning där med ett program som bara läser.

Kan ni
- öppna MEP-porten (kundporten) på mätaren, och
- skicka mig dess MEP basic key (MBK)?

Med vänlig hälsning
…`;

export const LETTERS = {
  en: { lang: "en", text: en },
  da: { lang: "da", text: da },
  de: { lang: "de", text: de },
  deOptical: { lang: "de", text: deOptical },
  sv: { lang: "sv", text: sv },
} as const;
