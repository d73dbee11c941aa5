/** A diagnosis with its circumstances, as shown and as put into a report. It contains no key, serial number or address. */
import type { Diagnosis } from "./diagnosis.ts";
import { findingText, type Language, wordsOf } from "./words/words.ts";

export interface Examined {
  readonly diagnosis: Diagnosis;
  /** Start time, as in "2026-01-31T12:00:00.000Z". */
  readonly time: string;
  /** Kind of link: "serial", "tcp". */
  readonly kind: string;
  readonly security: string;
  readonly language: Language;
}

/** The document of `meterport doctor --json` and of the API. */
export const examinedJson = ({ diagnosis, time, kind, security, language }: Examined) => {
  const words = wordsOf(language);
  const { sickness, usable, checks, broken, meter, took } = diagnosis;
  const told = sickness === null ? null : words.sicknesses[sickness];
  return {
    format: "meterport-doctor",
    version: 1,
    time,
    link: kind,
    security,
    language,
    meter,
    took_ms: Math.round(took),
    sickness,
    usable,
    name: told?.name ?? words.healthy,
    cause: told?.cause ?? null,
    remedies: told?.remedies ?? [],
    checks: checks.map((check) => ({ ...check, title: words.checks[check.name], text: findingText(words, check) })),
    broken,
  };
};
