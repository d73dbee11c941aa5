/**
 * Results that any procedure may give, from ANSI C12.19; a procedure may give some of them another meaning. MEP guide
 * 1.1, p. 59.
 */
export const procedureResults = {
  0: "done",
  1: "accepted, but not done completely",
  2: "a parameter is invalid",
  3: "conflicts with the present setup of the device",
  4: "not possible at this time",
  5: "the key does not permit it",
  6: "the device does not know this procedure",
} as const;

/**
 * What a result of a procedure means, in one plain phrase; the procedure's own meanings go first.
 *
 * @example
 * resultMeaning({ results: { 3: "no such device" } }, 3) // "no such device"
 */
export const resultMeaning = (
  procedure: { readonly results: Readonly<Record<number, string>> },
  result: number,
): string =>
  procedure.results[result] ??
  (procedureResults as Readonly<Record<number, string>>)[result] ??
  "a result that the guide does not name";
