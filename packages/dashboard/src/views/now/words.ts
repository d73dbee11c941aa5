import type { Language } from "../../i18n/language.ts";

const en = {
  isRight: "Is this right?",
  why: "Where does this number come from?",
  loading: "Loading…",

  todayTitle: "Today by the hour",
  todayEmpty:
    "No energy is stored for today yet. The meter's memory is read first; each quarter of an hour follows when it is over.",
  todaySummary: (imported: string, exported: string) => `Today: import ${imported}, export ${exported}.`,
  hourText: (time: string, imported: string, exported: string) => `${time}: import ${imported}, export ${exported}`,
  hint: "Use the left and right arrow keys to read single hours.",
  perHour: "kWh per hour",

  costToday: "Cost today",
  earnedToday: "Earned today",
  priced: (part: string, whole: string) => `The price of ${part} of ${whole} is known.`,
  upTo: (time: string) => `up to ${time}`,
  priceNow: "Price now",
  feedInNow: "Feed-in now",
  perKwh: (price: string) => `${price}/kWh`,
  credit: (whose: string) => `Prices: ${whose}`,
  costOf: { import: "for import", export: "for export" },

  lastOutage: "Last power outage",
  outageLasts: "The power is out",
  noOutage: "None recorded",
  outageLine: (ago: string, duration: string) => `${ago}, for ${duration}`,
  outageSince: (time: string) => `since ${time}`,
  toQuality: "Power quality",

  children: "Meters behind this meter",
  readAgo: (ago: string) => `read ${ago}`,
  notRead: "not read yet",
  childState: { up: "reached", down: "not reached by the meter", unknown: "not known whether the meter reaches it" },
  childAlarms: (alarms: string) => `Alarms: ${alarms}`,
  otherMedium: "Another meter",
  moreValues: (count: string) => `More values (${count})`,

  wallOpen: "Large view",
  wallClose: "Close the large view",
  wallFull: "Full screen",
  imported: "Import today",
  exported: "Export today",
};

export type NowWords = typeof en;

const da: NowWords = {
  isRight: "Passer det?",
  why: "Hvor kommer tallet fra?",
  loading: "Henter…",

  todayTitle: "I dag time for time",
  todayEmpty:
    "Der er endnu ikke gemt energi for i dag. Først læses målerens hukommelse; hvert nyt kvarter følger, når det er gået.",
  todaySummary: (imported, exported) => `I dag: import ${imported}, eksport ${exported}.`,
  hourText: (time, imported, exported) => `${time}: import ${imported}, eksport ${exported}`,
  hint: "Brug venstre og højre piletast til at læse de enkelte timer.",
  perHour: "kWh pr. time",

  costToday: "Omkostning i dag",
  earnedToday: "Tjent i dag",
  priced: (part, whole) => `Prisen er kendt for ${part} af ${whole}.`,
  upTo: (time) => `indtil kl. ${time}`,
  priceNow: "Pris nu",
  feedInNow: "Salgspris nu",
  perKwh: (price) => `${price}/kWh`,
  credit: (whose) => `Priser: ${whose}`,
  costOf: { import: "for import", export: "for eksport" },

  lastOutage: "Seneste strømafbrydelse",
  outageLasts: "Strømmen er afbrudt",
  noOutage: "Ingen registreret",
  outageLine: (ago, duration) => `${ago}, varede ${duration}`,
  outageSince: (time) => `siden ${time}`,
  toQuality: "Spændingskvalitet",

  children: "Målere bag denne måler",
  readAgo: (ago) => `aflæst ${ago}`,
  notRead: "ikke aflæst endnu",
  childState: { up: "kan nås", down: "måleren kan ikke nå den", unknown: "det vides ikke, om måleren kan nå den" },
  childAlarms: (alarms) => `Alarmer: ${alarms}`,
  otherMedium: "En anden måler",
  moreValues: (count) => `Flere værdier (${count})`,

  wallOpen: "Stor visning",
  wallClose: "Luk den store visning",
  wallFull: "Fuld skærm",
  imported: "Import i dag",
  exported: "Eksport i dag",
};

const de: NowWords = {
  isRight: "Stimmt das?",
  why: "Woher kommt diese Zahl?",
  loading: "Wird geladen…",

  todayTitle: "Heute nach Stunden",
  todayEmpty:
    "Von heute ist noch keine Energie gespeichert. Zuerst wird der Speicher des Zählers gelesen; jede Viertelstunde folgt, sobald sie vorbei ist.",
  todaySummary: (imported, exported) => `Heute: Bezug ${imported}, Einspeisung ${exported}.`,
  hourText: (time, imported, exported) => `${time}: Bezug ${imported}, Einspeisung ${exported}`,
  hint: "Mit der linken und rechten Pfeiltaste lassen sich einzelne Stunden ablesen.",
  perHour: "kWh je Stunde",

  costToday: "Kosten heute",
  earnedToday: "Heute verdient",
  priced: (part, whole) => `Der Preis ist für ${part} von ${whole} bekannt.`,
  upTo: (time) => `bis ${time} Uhr`,
  priceNow: "Preis jetzt",
  feedInNow: "Vergütung jetzt",
  perKwh: (price) => `${price}/kWh`,
  credit: (whose) => `Preise: ${whose}`,
  costOf: { import: "für Bezug", export: "für Einspeisung" },

  lastOutage: "Letzter Stromausfall",
  outageLasts: "Der Strom ist ausgefallen",
  noOutage: "Keiner aufgezeichnet",
  outageLine: (ago, duration) => `${ago}, ${duration} lang`,
  outageSince: (time) => `seit ${time}`,
  toQuality: "Netzqualität",

  children: "Zähler hinter diesem Zähler",
  readAgo: (ago) => `abgelesen ${ago}`,
  notRead: "noch nicht abgelesen",
  childState: {
    up: "erreichbar",
    down: "für den Zähler nicht erreichbar",
    unknown: "unbekannt, ob der Zähler ihn erreicht",
  },
  childAlarms: (alarms) => `Alarme: ${alarms}`,
  otherMedium: "Ein anderer Zähler",
  moreValues: (count) => `Weitere Werte (${count})`,

  wallOpen: "Große Ansicht",
  wallClose: "Große Ansicht schließen",
  wallFull: "Vollbild",
  imported: "Bezug heute",
  exported: "Einspeisung heute",
};

export const NOW_WORDS: Readonly<Record<Language, NowWords>> = { en, da, de };
