/** Channel-days as the values of the statement that books them. Pure. */
import { charArray, dateArray, intArray } from "./binary-arrays.ts";
import { noNotes, type SlotDay } from "./slots.ts";

export interface DayRow {
  /** Number of its channel. */
  readonly id: number;
  /** "2026-11-29" */
  readonly day: string;
  readonly slots: SlotDay;
}

/** Equal texts are there once: most days of a batch have the same ranks and nothing noted. */
class Words {
  readonly #places = new Map<string, number>();
  #text = "";

  /** Where a word begins. */
  placeOf(word: string): number {
    const known = this.#places.get(word);
    if (known !== undefined) return known;
    const place = this.#text.length;
    this.#places.set(word, place);
    this.#text += word;
    return place;
  }

  get text(): string {
    return this.#text;
  }
}

/** The texts of some items together; most have equal ones. */
const joined = <T>(items: readonly T[], textOf: (item: T) => string): string => {
  const [first] = items;
  if (first === undefined) return "";
  return items.every((item) => item === first) ? textOf(first).repeat(items.length) : items.map(textOf).join("");
};

const rankText = (rank: string): string => rank;
const statusText = (bits: number): string => String.fromCharCode(noNotes + (bits & 63));

/** The values of `bookDays`. @param rows at least one */
export const dayColumns = (rows: readonly DayRow[]): readonly Uint8Array[] => {
  const words = new Words();
  const raw = new Int32Array(rows.reduce((sum, { slots }) => sum + slots.raw.length, 0));
  const [ats, counts, ranks, statuses]: [number[], number[], number[], number[]] = [[], [], [], []];
  let at = 0;
  for (const { slots } of rows) {
    raw.set(slots.raw, at);
    ats.push(at);
    counts.push(slots.raw.length);
    ranks.push(words.placeOf(joined(slots.rank, rankText)));
    statuses.push(words.placeOf(joined(slots.bits, statusText)));
    at += slots.raw.length;
  }
  return [
    intArray(rows.map(({ id }) => id)),
    dateArray(rows.map(({ day }) => Date.parse(day) / 86_400_000)),
    ...[ats, counts, ranks, statuses].map(intArray),
    intArray(raw),
    charArray(words.text),
  ];
};
