/**
 * Identifiers and numbers of tables and procedures. Apart from the catalogue, whose titles a page in a browser does not
 * load for a number.
 */
import { twoDigits } from "../digits.ts";
import { UsageError } from "../errors.ts";

/** "BT23" is table 23, "ET13" is table 2048 + 13. */
export type TableId = `BT${string}` | `ET${string}`;
/** "BP10" is procedure 10, "EP17" is procedure 2048 + 17. */
export type ProcedureId = `BP${string}` | `EP${string}`;

/** From here on a table is the pending twin of the one 4096 below. Optical guide, p. 10. */
export const firstPending = 4096;
/** From here on, up to the pending ones, numbers are those of extended tables and procedures. */
export const firstExtended = 2048;
const lastNumber = 8191;

/** What an identifier's prefix and figures stand for; undefined where they do not go together. */
const numberIn = (text: string): { readonly prefix: string; readonly number: number } | undefined => {
  const match = /^(BT|ET|BP|EP)(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const prefix = match[1] as string;
  const n = Number(match[2]);
  const extended = prefix.startsWith("E");
  if (n < firstExtended) return { prefix, number: extended ? firstExtended + n : n };
  // Pending tables are written with their whole number.
  const pending = n >= firstPending && n <= lastNumber && n % firstPending >= firstExtended === extended;
  return pending && prefix.endsWith("T") ? { prefix, number: n } : undefined;
};

/**
 * The number on the wire of a table or procedure.
 *
 * @throws UsageError (`bad-id`) if the identifier is malformed.
 *
 * @example
 * numberOf("ET13") // 2061
 */
export const numberOf = (id: TableId | ProcedureId): number => {
  const found = numberIn(id);
  if (found === undefined)
    throw new UsageError("bad-id", `"${id.slice(0, 20)}" is not an identifier like BT23, ET13 or EP17`);
  return found.number;
};

const isWireNumber = (number: number, last: number): boolean =>
  Number.isInteger(number) && number >= 0 && number <= last;

/** A number as it stands on the wire, in decimal or with 0x in front. */
const wireNumber = (text: string): number | undefined =>
  /^(0x[0-9a-f]{1,4}|\d{1,4})$/i.test(text) ? Number(text) : undefined;

/**
 * The identifier of a table number, whether or not the guides know such a table.
 *
 * @throws UsageError (`bad-id`) for anything but an integer from 0 to 8191.
 *
 * @example
 * tableIdOf(2061) // "ET13"
 */
export const tableIdOf = (number: number): TableId => {
  if (!isWireNumber(number, lastNumber)) {
    throw new UsageError("bad-id", `there is no table ${number}: table numbers are integers from 0 to ${lastNumber}`);
  }
  const extended = number % firstPending >= firstExtended;
  const n = number < firstPending && extended ? number - firstExtended : number;
  const figures = twoDigits(n);
  return extended ? `ET${figures}` : `BT${figures}`;
};

/**
 * The identifier of a procedure number (the 12 bits that BT07 sends), whether or not the guides know such a procedure.
 *
 * @throws UsageError (`bad-id`) for anything but an integer from 0 to 4095.
 *
 * @example
 * procedureIdOf(2065) // "EP17"
 */
export const procedureIdOf = (number: number): ProcedureId => {
  if (!isWireNumber(number, firstPending - 1)) {
    throw new UsageError("bad-id", `there is no procedure ${number}: procedure numbers are integers from 0 to 4095`);
  }
  const n = twoDigits(number % firstExtended);
  return number >= firstExtended ? `EP${n}` : `BP${n}`;
};

/**
 * The identifier of a table given as "ET13", "et13", "0x080D", "2061" or, for its pending twin, "ET13 pending";
 * undefined if it is none of these.
 *
 * @example
 * parseTableId("0x080D") // "ET13"
 * parseTableId("BT54 pending") // "BT4150"
 */
export const parseTableId = (text: string): TableId | undefined => {
  const plain = text.trim();
  const number = wireNumber(plain);
  if (number !== undefined) return number <= lastNumber ? tableIdOf(number) : undefined;
  const [, name = plain, twin] = /^(\S+?)[ -](pending)$/i.exec(plain) ?? [];
  const found = numberIn(name.toUpperCase());
  if (found?.prefix.endsWith("T") !== true) return undefined;
  if (twin === undefined) return tableIdOf(found.number);
  return found.number < firstPending ? tableIdOf(firstPending + found.number) : undefined;
};

/**
 * The identifier of a procedure given as "EP17", "ep17", "0x0811" or "2065"; undefined if it is not one.
 *
 * @example
 * parseProcedureId("0x0811") // "EP17"
 */
export const parseProcedureId = (text: string): ProcedureId | undefined => {
  const number = wireNumber(text.trim());
  if (number !== undefined) return number < firstPending ? procedureIdOf(number) : undefined;
  const found = numberIn(text.trim().toUpperCase());
  return found?.prefix.endsWith("P") ? procedureIdOf(found.number) : undefined;
};
