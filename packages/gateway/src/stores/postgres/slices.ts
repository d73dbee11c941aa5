/** Rows as the arrays that one statement unnests. */

/** Rows in one statement: more are hardly quicker, and take memory on both sides. */
const mostRows = 1_000;

export const slices = <T>(list: readonly T[], size = mostRows): readonly (readonly T[])[] => {
  const parts: (readonly T[])[] = [];
  for (let n = 0; n < list.length; n += size) parts.push(list.slice(n, n + size));
  return parts;
};

/** `unnest($1::int[], $2::text[])`, from the number `first` on. */
export const unnested = (types: readonly string[], first = 1): string =>
  `unnest(${types.map((type, n) => `$${n + first}::${type}[]`).join(", ")})`;

/** Rows as one array for each column. */
export const columnsOf = <T>(
  rows: readonly T[],
  parts: readonly ((row: T) => unknown)[],
): readonly (readonly unknown[])[] => parts.map((part) => rows.map(part));
