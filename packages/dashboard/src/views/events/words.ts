/** Words of the events: the view, and a sentence for each kind of event that the gateway stores. */
import type { Language } from "../../i18n/language.ts";
import { da } from "./words/da.ts";
import { de } from "./words/de.ts";
import { type EventsWords, en } from "./words/en.ts";

export type { EventsWords } from "./words/en.ts";

export const WORDS: Readonly<Record<Language, EventsWords>> = { en, da, de };
