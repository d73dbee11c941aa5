import { createContext } from "svelte";
import { formatter } from "../i18n/format.ts";
import { chooseLanguage, chooseLocale, LANGUAGES, type Language } from "../i18n/language.ts";
import { nextTheme, type Preferences, type Theme } from "./preferences.ts";

/** The reader's language and colours, and what follows from them. */
export class Ui {
  language: Language = $state("en");
  theme: Theme = $state("auto");
  /** The system's preference, used while the theme is "auto". */
  systemDark = $state(false);

  readonly #preferences: Preferences;
  #preferred: readonly string[] = [];
  readonly dark = $derived(this.theme === "dark" || (this.theme === "auto" && this.systemDark));
  readonly locale = $derived(chooseLocale(this.language, this.#preferred));
  readonly words = $derived(LANGUAGES[this.language]);
  readonly format = $derived(formatter(this.words, this.locale));

  constructor(preferences: Preferences, preferred: readonly string[]) {
    this.#preferences = preferences;
    this.#preferred = preferred;
    this.language = preferences.language() ?? chooseLanguage(preferred);
    this.theme = preferences.theme();
  }

  setLanguage(language: Language): void {
    this.language = language;
    this.#preferences.setLanguage(language);
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.#preferences.setTheme(theme);
  }

  toggleTheme(): void {
    this.setTheme(nextTheme(this.theme));
  }
}

export const [getUi, setUi] = createContext<Ui>();
