import type { HistoryModel } from "./history-model.svelte.ts";
import type { HistoryTexts } from "./history-texts.ts";
import type { HistoryWords } from "./words.ts";

/** What each part of the view is given. */
export interface Parts {
  readonly model: HistoryModel;
  readonly texts: HistoryTexts;
  readonly words: HistoryWords;
  readonly point: string;
}
