/** The form of a key in words. */
import type { Formatter } from "../../i18n/format.ts";
import type { KeyForm } from "../../state/key-form.ts";
import type { StartWords } from "./words/en.ts";

/** @param optical at that port all 20 characters count */
export function formText(
  form: KeyForm,
  { key }: StartWords,
  optical: boolean,
  format: Pick<Formatter, "number">,
): string {
  const length = format.number(form.length, 0);
  if (!form.ok) {
    const told = key.problems[form.problem];
    return typeof told === "string" ? told : told(length);
  }
  if (form.longer && !optical) return form.form === "hex" ? key.hexLong(length) : key.asciiLong(length);
  if (form.form === "hex") return key.hex(length);
  return form.looksHex ? key.asciiLooksHex(length) : key.ascii(length);
}
