/** Which procedures may be called twice: apart from their layouts, so that a small program need not bring those along. */

/** BP12 to BP15, EP17 and EP39, by number. The guide itself posts data (EP39) in a transaction (MEP guide 1.1, p. 57). */
const repeatable: ReadonlySet<number> = new Set([12, 13, 14, 15, 0x0811, 0x0827]);

/**
 * Whether calling a procedure twice does what calling it once does, as every step of a transaction must: an interrupted
 * one is run again at the next power-up. The guide names BP05 and EP16 (MEP guide 1.1, p. 49); a time of day and a list
 * that is filled again are others. What is not known counts as no.
 *
 * @example
 * mayBeRepeated(5) // false
 */
export const mayBeRepeated = (procedureNumber: number): boolean => repeatable.has(procedureNumber);
