import type { HTMLInputAttributes } from "svelte/elements";

/** Of a field in which names, serial numbers and keys are searched for: a keyboard that corrects them would find nothing. */
export const SEARCH_FIELD = {
  type: "search",
  maxlength: 100,
  autocomplete: "off",
  autocapitalize: "none",
  spellcheck: false,
  dir: "auto",
} as const satisfies HTMLInputAttributes;
