/** Pages of lists that are ordered by a name. */
import { cursorOf, parseCursor } from "@meterport/gateway/http/query/cursor";
import { countParam, cursorParam, textParam } from "@meterport/gateway/http/query/params";

export const mostRows = 1_000;
export const usualRows = 500;

export const pageQuery = {
  limit: countParam("limit", {
    least: 1,
    most: mostRows,
    description: `Rows of a page; default: ${usualRows}`,
    example: "500",
  }),
  cursor: cursorParam(),
};

export const searchQuery = {
  ...pageQuery,
  q: textParam("q", { most: 100, description: "Only what has this text in its id or name", example: "lindevej" }),
};

/** The name behind which a page begins; undefined if the cursor is none of ours. */
export const afterOf = (cursor: string | undefined): string | undefined =>
  cursor === undefined ? "" : parseCursor(cursor)?.name;

/** The same of a list that is ordered by a number. */
export const numberAfter = (cursor: string | undefined): { readonly number: number | undefined } | undefined => {
  if (cursor === undefined) return { number: undefined };
  const parsed = parseCursor(cursor);
  return parsed === undefined ? undefined : { number: parsed.number };
};

/** Cursor of the next page: null if this one is not full. */
export const nextOf = <T>(rows: readonly T[], limit: number, nameOf: (row: T) => string): string | null => {
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? null : cursorOf(0, nameOf(last));
};
