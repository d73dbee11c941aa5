import type { Language } from "../language.ts";
import type { EventWords } from "./event-words.ts";

/** Loads what a language says; null for English, which the gateway speaks itself, and where it cannot be loaded. */
export async function loadEventWords(language: Language): Promise<EventWords | null> {
  try {
    if (language === "da") return (await import("./da.ts")).da;
    if (language === "de") return (await import("./de.ts")).de;
  } catch {
    // English words are better than none.
  }
  return null;
}
