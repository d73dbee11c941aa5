/**
 * Ids of events that come from the journals of several processes: how far a client has come in each. A browser gives back the one it got last, as it
 * does with a plain number.
 */

/** Numbers by holder. */
export type EventIds = ReadonlyMap<string, number>;

/** More holders are not in one stream. */
const most = 64;

/** @example eventIdOf(new Map([["a.1", 7], ["b", 9]])) // "a.1=7;b=9" */
export const eventIdOf = (ids: EventIds): string =>
  [...ids].map(([holder, number]) => `${encodeURIComponent(holder)}=${number}`).join(";");

const partIn = (part: string): readonly (readonly [string, number])[] => {
  const [, holder, number] = /^([^=;]{1,300})=(\d{1,15})$/.exec(part) ?? [];
  if (holder === undefined) return [];
  try {
    return [[decodeURIComponent(holder), Number(number)]];
  } catch {
    return [];
  }
};

/**
 * What of it is understood; undefined if nothing was given.
 *
 * @example eventIdsIn("a.1=7;x;b=9") // new Map([["a.1", 7], ["b", 9]])
 */
export const eventIdsIn = (text: string | undefined): EventIds | undefined =>
  text === undefined ? undefined : new Map(text.split(";", most).flatMap(partIn));

/** Beyond every journal: who continues from there is told that changes may be missing. */
export const beyondAll = 999_999_999_999_999;
