/** What a statement says to a tenant, in three languages. */

export interface StatementWords {
  /** Of the element `html`. */
  readonly tag: string;
  readonly title: (tenant: string, month: string) => string;
  readonly clock: (zone: string) => string;
  readonly month: string;
  /** What came out of the grid, and what went into it. */
  readonly used: string;
  readonly fedIn: string;
  /** The columns behind them. */
  readonly columns: readonly [
    monthBefore: string,
    yearBefore: string,
    recovered: string,
    estimated: string,
    missing: string,
  ];
  readonly share: (part: string, whole: string) => string;
  readonly nothing: string;
  readonly sum: (amount: string, month: string) => string;
  readonly missing: (part: string, whole: string) => string;
  readonly recovered: (percent: string) => string;
  readonly estimated: (percent: string) => string;
  readonly decimal: "." | ",";
}

export const statementWords = {
  en: {
    tag: "en",
    title: (tenant, month) => `Consumption of ${tenant} in ${month}`,
    clock: (zone) => `Months by the clock of ${zone}.`,
    month: "Month",
    used: "Used",
    fedIn: "Fed in",
    columns: ["Since the month before", "Since the year before", "Recovered", "Estimated", "Missing"],
    share: (part, whole) => `${part} of ${whole}`,
    nothing: "Nothing is known of this month.",
    sum: (amount, month) => `${amount} in ${month}.`,
    missing: (part, whole) => `${part} of ${whole} intervals are missing, so the sum is too low by an unknown amount.`,
    recovered: (percent) => `${percent} was read later from the meter's memory.`,
    estimated: (percent) => `${percent} is estimated.`,
    decimal: ".",
  },
  da: {
    tag: "da",
    title: (tenant, month) => `Forbrug for ${tenant} i ${month}`,
    clock: (zone) => `Måneder efter uret i ${zone}.`,
    month: "Måned",
    used: "Forbrug",
    fedIn: "Leveret til nettet",
    columns: ["Siden måneden før", "Siden året før", "Læst senere", "Anslået", "Mangler"],
    share: (part, whole) => `${part} af ${whole}`,
    nothing: "Intet er kendt om denne måned.",
    sum: (amount, month) => `${amount} i ${month}.`,
    missing: (part, whole) => `${part} af ${whole} intervaller mangler, så summen er for lav, og ingen ved hvor meget.`,
    recovered: (percent) => `${percent} blev læst senere fra målerens hukommelse.`,
    estimated: (percent) => `${percent} er anslået.`,
    decimal: ",",
  },
  de: {
    tag: "de",
    title: (tenant, month) => `Verbrauch von ${tenant} im Monat ${month}`,
    clock: (zone) => `Monate nach der Uhr von ${zone}.`,
    month: "Monat",
    used: "Verbrauch",
    fedIn: "Eingespeist",
    columns: ["Zum Vormonat", "Zum Vorjahr", "Nachgelesen", "Geschätzt", "Fehlt"],
    share: (part, whole) => `${part} von ${whole}`,
    nothing: "Über diesen Monat ist nichts bekannt.",
    sum: (amount, month) => `${amount} im Monat ${month}.`,
    missing: (part, whole) =>
      `${part} von ${whole} Intervallen fehlen, die Summe ist daher um einen unbekannten Betrag zu niedrig.`,
    recovered: (percent) => `${percent} wurden später aus dem Speicher des Zählers gelesen.`,
    estimated: (percent) => `${percent} sind geschätzt.`,
    decimal: ",",
  },
} as const satisfies Readonly<Record<string, StatementWords>>;

export type StatementLanguage = keyof typeof statementWords;
