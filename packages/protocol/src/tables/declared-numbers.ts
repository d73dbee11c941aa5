/**
 * Numbers of all declared tables and procedures, for code that only has to know whether there is a layout: the
 * declarations themselves are many times as large. `declared-numbers.test.ts` holds them against these.
 */

const numbers = (first: number, text: string): number[] =>
  text.split(" ").flatMap((part) => {
    const [from = 0, to = from] = part.split("-").map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => first + from + i);
  });

/** Tables by number, their pending twins among them. */
export const declaredTables: ReadonlySet<number> = new Set([
  ...numbers(0, "0-1 3-4 7-8 15 20-28 30 33 50 52-55 60-67 70-71 74"),
  ...numbers(2048, "3-4 9 11 13-16 21 23 29 31 34 36 41-42 45-47 50-55 57-59 61-62 66 70-71 74-75 79-81 85 89-90 97"),
  ...numbers(0, "4150 6191"),
]);

/** Procedures by number; EP39 has no layout until an encoding is chosen. */
export const declaredProcedures: ReadonlySet<number> = new Set([
  ...numbers(0, "4-5 10 12-15"),
  ...numbers(2048, "16-17 19 61"),
]);
