/** Text of others as it may be shown: nothing in it moves a cursor, hides a character or turns the direction of reading. */

/** Control characters, formats (bidirectional, zero-width), line separators, halves of pairs and noncharacters. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

/**
 * The text with a dot in place of each character that has no shape of its own, line feeds included.
 *
 * @example
 * plainText("a\u001b[2J\nb") // "a·[2J·b"
 */
export const plainText = (text: string): string => text.replace(unseen, "·");

/**
 * Like `plainText`, with the replacement that `shown` gives for each such character.
 *
 * @example
 * plainTextBy("a\tb", (character) => (character === "\t" ? " " : "·")) // "a b"
 */
export const plainTextBy = (text: string, shown: (character: string) => string): string => text.replace(unseen, shown);

/**
 * JSON that a terminal can show: what has no shape is escaped, so that the value stays exactly the same.
 *
 * @param json a JSON text without line feeds between its parts
 * @example
 * escapedJson(JSON.stringify("a\u202eb")) // "\"a\\u202eb\""
 */
export const escapedJson = (json: string): string =>
  json.replace(unseen, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
