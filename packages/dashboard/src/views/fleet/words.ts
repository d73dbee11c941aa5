/** The texts of the fleet. */
import type { Language } from "../../i18n/language.ts";
import { da } from "./words/da.ts";
import { de } from "./words/de.ts";
import { en, type Words } from "./words/en.ts";

export type { Words } from "./words/en.ts";

export const WORDS: Readonly<Record<Language, Words>> = { en, da, de };
