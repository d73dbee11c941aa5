import { da } from "./da.ts";
import { de } from "./de.ts";
import { en, type Messages } from "./en.ts";

export const LANGUAGES = { en, da, de } as const satisfies Record<string, Messages>;
export type Language = keyof typeof LANGUAGES;

export function isLanguage(value: unknown): value is Language {
  return typeof value === "string" && Object.hasOwn(LANGUAGES, value);
}

/**
 * Picks the reader's most preferred language that we have; English otherwise.
 *
 * @example chooseLanguage(["fr-FR", "de-CH", "en"]) // "de"
 */
export function chooseLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split("-")[0];
    if (isLanguage(primary)) return primary;
  }
  return "en";
}

/**
 * The locale that formats numbers and times in a language: the reader's own regional one, if any.
 *
 * @example chooseLocale("en", ["da-DK", "en-GB"]) // "en-GB"
 * @example chooseLocale("de", ["da-DK"]) // "de"
 */
export function chooseLocale(language: Language, preferred: readonly string[]): string {
  return preferred.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
}
