import type { Words } from "../words.ts";
import { type Difference, isSection } from "./changes.ts";
import type { WrittenValue } from "./config-answers.ts";

/** A value of the file for a table; never a secret. */
export function valueWords(value: WrittenValue, isSecret: boolean, words: Words): string {
  if (value === null) return words.save.unset;
  if (isSecret) return words.save.oldSecret;
  if (typeof value === "string") return value;
  return "other" in value ? value.other : value.join(", ");
}

/** What stands there now, and what will, in the reader's language. */
export function differenceWords(
  { before, after, field }: Difference,
  words: Words,
): { readonly before: string; readonly after: string } {
  if (field === null)
    return after === null
      ? { before: words.save.section, after: words.save.removed }
      : { before: words.save.unset, after: words.save.added };
  const secret = field.secret;
  if (after !== null && secret) return { before: valueWords(before, true, words), after: words.save.newSecret };
  return {
    before: valueWords(before, secret, words),
    after: isSection(after) ? words.save.added : valueWords(after, secret, words),
  };
}
