/** Lines of CSV (RFC 4180, but with a plain line feed). */

/**
 * A text that spreadsheets would take for a formula gets an apostrophe in front: texts may come from a meter, and a formula
 * can run programs. A number with its sign is no formula.
 */
const harmless = (text: string): string =>
  /^[=+\-@\t\r]/.test(text) && !/^[+-]\d+(?:[.,]\d+)?$/.test(text) ? `'${text}` : text;

const field = (value: string | number | null, separator: string): string => {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = harmless(value);
  return /["\r\n]/.test(text) || text.includes(separator) ? `"${text.replaceAll('"', '""')}"` : text;
};

/**
 * One line with its end; null is an empty field. The separator is a comma if omitted.
 *
 * @example
 * csvLine(["a,b", 1.5, null]) // "\"a,b\",1.5,\n"
 */
export const csvLine = (values: readonly (string | number | null)[], separator: "," | ";" = ","): string =>
  `${values.map((value) => field(value, separator)).join(separator)}\n`;
