import { createContext } from "svelte";
import { formatter } from "../i18n/format.ts";
import { chooseLanguage, chooseLocale, LANGUAGES, type Language } from "../i18n/language.ts";
import { nextTheme, type Preferences, type Theme } from "./preferences.ts";
import { ZoneCalendar } from "./zone-calendar.ts";

const HALF_YEAR_MS = 182 * 86_400_000;

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
  /** Of the shown point; null while none is shown, or its zone is not known yet. */
  zone: string | null = $state(null);
  #browserZone = "UTC";
  /** By which times are shown: that of the point, else that of the browser. */
  readonly calendar = $derived(new ZoneCalendar(this.zone ?? this.#browserZone));
  readonly format = $derived(formatter(this.words, this.locale, this.calendar.zone));

  /** @param zone that of the browser */
  constructor(preferences: Preferences, preferred: readonly string[], zone: string) {
    this.#preferences = preferences;
    this.#browserZone = zone;
    this.#preferred = preferred;
    this.language = preferences.language() ?? chooseLanguage(preferred);
    this.theme = preferences.theme();
  }

  /** Whether its times are not those of the browser, now or in half a year, when clocks may have changed. */
  isElsewhere(now: number): boolean {
    const browser = new ZoneCalendar(this.#browserZone);
    return [now, now + HALF_YEAR_MS].some((time) => browser.offset(time) !== this.calendar.offset(time));
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
