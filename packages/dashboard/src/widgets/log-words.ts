/** The words of the gateway's log. */
import type { Language } from "../i18n/language.ts";
import type { Level } from "./log-book.ts";

const en = {
  level: "Level",
  levels: {
    error: "Errors",
    warn: "Warnings and errors",
    info: "Messages and above",
    debug: "Details and above",
    trace: "Everything",
  } satisfies Record<Level, string>,
  names: { error: "Error", warn: "Warning", info: "Message", debug: "Detail", trace: "Trace" } satisfies Record<
    Level,
    string
  >,
  filter: "Find in the log",
  follow: "Follow",
  copy: "Copy",
  copied: "Copied",
  notCopied: "The browser does not allow copying.",
  count: (shown: string, all: string) => `${shown} of ${all} lines`,
  empty: "There are no lines yet.",
  nothing: "No line matches.",
  loading: "Reading the log…",
  failed: "The log could not be read.",
  again: "Try again",
  needsOperate: "The log needs the right to operate the gateway.",
  english: "The log is in English.",
};

type Words = typeof en;

const da: Words = {
  level: "Niveau",
  levels: {
    error: "Fejl",
    warn: "Advarsler og fejl",
    info: "Meddelelser og vigtigere",
    debug: "Detaljer og vigtigere",
    trace: "Alt",
  },
  names: { error: "Fejl", warn: "Advarsel", info: "Meddelelse", debug: "Detalje", trace: "Sporing" },
  filter: "Find i loggen",
  follow: "Følg med",
  copy: "Kopiér",
  copied: "Kopieret",
  notCopied: "Browseren tillader ikke at kopiere.",
  count: (shown, all) => `${shown} af ${all} linjer`,
  empty: "Der er endnu ingen linjer.",
  nothing: "Ingen linje passer.",
  loading: "Læser loggen…",
  failed: "Loggen kunne ikke læses.",
  again: "Prøv igen",
  needsOperate: "Loggen kræver ret til at betjene gatewayen.",
  english: "Loggen er på engelsk.",
};

const de: Words = {
  level: "Stufe",
  levels: {
    error: "Fehler",
    warn: "Warnungen und Fehler",
    info: "Meldungen und Wichtigeres",
    debug: "Einzelheiten und Wichtigeres",
    trace: "Alles",
  },
  names: { error: "Fehler", warn: "Warnung", info: "Meldung", debug: "Einzelheit", trace: "Spur" },
  filter: "Im Protokoll suchen",
  follow: "Mitlesen",
  copy: "Kopieren",
  copied: "Kopiert",
  notCopied: "Der Browser erlaubt kein Kopieren.",
  count: (shown, all) => `${shown} von ${all} Zeilen`,
  empty: "Es gibt noch keine Zeilen.",
  nothing: "Keine Zeile passt.",
  loading: "Protokoll wird gelesen…",
  failed: "Das Protokoll konnte nicht gelesen werden.",
  again: "Erneut versuchen",
  needsOperate: "Für das Protokoll braucht es das Recht, das Gateway zu bedienen.",
  english: "Das Protokoll ist auf Englisch.",
};

export const LOG_WORDS: Readonly<Record<Language, Words>> = { en, da, de };
