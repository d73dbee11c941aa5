import type { EventWords } from "../i18n/events/event-words.ts";
import { loadEventWords } from "../i18n/events/load-words.ts";
import type { Ui } from "./ui.svelte.ts";

/** The names of events and alarms in the reader's language. */
export class ReaderEventWords {
  /** Null until they are loaded, and in English, which comes from the gateway. */
  known: EventWords | null = $state.raw(null);

  /**
   * To be called while a component is made.
   *
   * @param needed whether there is an event to name; until then nothing is loaded
   */
  constructor(ui: Ui, needed: () => boolean = () => true) {
    $effect(() => {
      const { language } = ui;
      if (!needed()) return;
      void loadEventWords(language).then((loaded) => {
        // The reader may have chosen another language meanwhile.
        if (language === ui.language) this.known = loaded;
      });
    });
  }
}
