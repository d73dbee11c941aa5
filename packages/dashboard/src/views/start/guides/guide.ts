/**
 * What is known about getting the key and having the port opened, by country. Only what people who read such meters have reported, each
 * with its certainty; no promises in the name of a grid company. To add to it, change the file of the country.
 */
import type { Language } from "../../../i18n/language.ts";

/** A text in each language of the page. */
export type Told = Readonly<Record<Language, string>>;

export interface Operator {
  readonly name: string;
  readonly port: "mep" | "optical" | null;
  /** `law`: said to be a legal right there. */
  readonly certainty: "reported" | "law" | "unknown";
  readonly text: Told;
}

export interface Guide {
  /** Two letters of ISO 3166; "other" for all that have none. */
  readonly country: string;
  readonly name: Told;
  readonly intro: Told | null;
  readonly operators: readonly Operator[];
  /** To the grid company, in a language that it reads. */
  readonly letter: { readonly lang: string; readonly text: string };
}
