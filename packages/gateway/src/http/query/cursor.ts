/** Cursors of pages: opaque to clients, and checked when they come back. */

const encode = (text: string): string => Buffer.from(text, "utf8").toString("base64url");

const decode = (cursor: string): string | undefined =>
  /^[\w-]{1,200}$/.test(cursor) ? Buffer.from(cursor, "base64url").toString("utf8") : undefined;

/**
 * A number and a name: a place in a list that is ordered by both.
 *
 * @example
 * parseCursor(cursorOf(1_764_411_600_000, "log:4711")) // { number: 1764411600000, name: "log:4711" }
 */
export const cursorOf = (number: number, name: string): string => encode(`${number}:${name}`);

/** Undefined if `cursorOf` did not make it. */
export const parseCursor = (cursor: string): { readonly number: number; readonly name: string } | undefined => {
  // Every moment of ISO 8601 has at most 15 digits. A database takes no NUL in a text.
  const [, number, name] = /^(\d{1,15}):(\P{Cc}*)$/u.exec(decode(cursor) ?? "") ?? [];
  return number === undefined || name === undefined ? undefined : { number: Number(number), name };
};

export const wrongCursor = "the cursor is not one that this API gave: begin again without it";
