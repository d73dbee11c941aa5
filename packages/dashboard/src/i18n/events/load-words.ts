import type { Language } from "../language.ts";
import type { EventWords } from "./event-words.ts";

/** Loads the words of a language; null for English, which comes from the gateway, and if loading fails. */
export async function loadEventWords(language: Language): Promise<EventWords | null> {
  try {
    if (language === "da") return (await import("./da.ts")).da;
    if (language === "de") return (await import("./de.ts")).de;
  } catch {
    // English words are better than none.
  }
  return null;
}
