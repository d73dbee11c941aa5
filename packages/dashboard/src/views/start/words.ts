/** The texts of the setup. */
import type { Language } from "../../i18n/language.ts";
import { da } from "./words/da.ts";
import { de } from "./words/de.ts";
import { en, type StartWords } from "./words/en.ts";

export const WORDS: Readonly<Record<Language, StartWords>> = { en, da, de };
