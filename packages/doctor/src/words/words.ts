/** A diagnosis in a language: the text of every layer, finding and sickness. */
import type { KeyForm } from "@meterport/protocol/mep/security/key-readings";
import type { Check, Facts } from "../diagnosis.ts";
import { da } from "./da.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { opticalDa } from "./optical-da.ts";
import { opticalDe } from "./optical-de.ts";
import { opticalEn } from "./optical-en.ts";
import type { MepWords, OpticalWords, Words } from "./vocabulary.ts";

export const languages = ["en", "da", "de"] as const;
export type Language = (typeof languages)[number];

const joined = (mep: MepWords, optical: OpticalWords): Words => ({
  ...mep,
  checks: { ...mep.checks, ...optical.checks },
  findings: { ...mep.findings, ...optical.findings },
  sicknesses: { ...mep.sicknesses, ...optical.sicknesses },
});

const all: Readonly<Record<Language, Words>> = {
  en: joined(en, opticalEn),
  da: joined(da, opticalDa),
  de: joined(de, opticalDe),
};

export const wordsOf = (language: Language): Words => all[language];

/**
 * A text with its facts filled in.
 *
 * @example
 * filled("{n} bytes came in", { n: 12 }) // "12 bytes came in"
 */
export const filled = (text: string, facts: Facts): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));

/** What was found in a layer, as a sentence. */
export const findingText = (words: Words, { finding, facts }: Check): string => {
  const form = facts.form === undefined ? {} : { form: words.forms[facts.form as KeyForm] };
  return filled(words.findings[finding], { ...facts, ...form });
};

/**
 * The language of a locale; English if there is no translation.
 *
 * @example
 * languageOf("de_AT.UTF-8") // "de"
 * languageOf(undefined) // "en"
 */
export const languageOf = (locale: string | undefined): Language => {
  const code = (locale ?? "").slice(0, 2).toLowerCase();
  return languages.find((language) => language === code) ?? "en";
};
