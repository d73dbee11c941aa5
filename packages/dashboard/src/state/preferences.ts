import { isLanguage, type Language } from "../i18n/language.ts";

export type Theme = "auto" | "light" | "dark";

/** The part of the browser's storage that we use; each call may throw, as in a private window. */
export interface KeyValueStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** The reader's choices; null if not chosen. */
export interface Preferences {
  readonly language: () => Language | null;
  readonly theme: () => Theme;
  readonly setLanguage: (language: Language) => void;
  readonly setTheme: (theme: Theme) => void;
}

/** Remembers choices if storage allows it, and works without it otherwise. */
export function preferences(store: () => KeyValueStore): Preferences {
  const get = (key: string): string | null => {
    try {
      return store().getItem(key);
    } catch {
      return null;
    }
  };
  const set = (key: string, value: string): void => {
    try {
      store().setItem(key, value);
    } catch {
      // Without storage a choice lasts as long as the page.
    }
  };
  return {
    language: () => {
      const value = get("meterport.language");
      return isLanguage(value) ? value : null;
    },
    theme: () => {
      const value = get("meterport.theme");
      return value === "light" || value === "dark" ? value : "auto";
    },
    setLanguage: (language) => set("meterport.language", language),
    setTheme: (theme) => set("meterport.theme", theme),
  };
}

/** The theme after the toggle is pressed: a full cycle, so that "as the system" can be chosen again. */
export function nextTheme(theme: Theme): Theme {
  return theme === "auto" ? "dark" : theme === "dark" ? "light" : "auto";
}
