/** Which entries of ET71 are set up for which sources. Pure. */

import type { FieldValue } from "@meterport/client/meter/write/table-writer";
import { UsageError } from "@meterport/protocol/errors";
import { noSource, type StoredDelta } from "./delta-entries.ts";

/** A source and its change as the table stores them. */
export interface RawWish {
  readonly source: number;
  readonly delta: number;
}

export interface DeltaPlan {
  /** Fields of ET71 that differ; none if all is set up. */
  readonly fields: readonly FieldValue[];
  /** The entries that serve the wishes, in their order. */
  readonly own: readonly number[];
}

const fieldsOf = (index: number, { source, delta }: RawWish): FieldValue[] => [
  { path: ["deltaData", index, "deltaDataMonitorSource"], value: source },
  { path: ["deltaData", index, "configuredDelta"], value: delta },
];

/**
 * Sets up sources without touching the entries of others: both MEP clients share the table. An entry that has what is
 * wanted is used as it is; others are taken if they are free, or were ours (`own`, as an earlier plan gave them). What was
 * ours and is not wanted any more becomes free.
 *
 * @throws UsageError (`delta`) if there is no room, or a source is wanted twice
 */
export const planDelta = (
  stored: readonly StoredDelta[],
  wishes: readonly RawWish[],
  own: readonly number[] = [],
): DeltaPlan => {
  if (new Set(wishes.map(({ source }) => source)).size < wishes.length)
    throw new UsageError("delta", "a source is to be watched twice; give it one change");
  const ours = new Set(own.filter((index) => stored[index] !== undefined));
  const taken = new Map<number, RawWish>();
  const places = wishes.map((wish) => {
    const same = stored.findIndex(
      (entry, index) =>
        !taken.has(index) &&
        entry.deltaDataMonitorSource === wish.source &&
        (entry.configuredDelta === wish.delta || ours.has(index)),
    );
    if (same >= 0) taken.set(same, wish);
    return same;
  });
  const free = stored.flatMap((entry, index) =>
    !taken.has(index) && (entry.deltaDataMonitorSource === noSource || ours.has(index)) ? [index] : [],
  );
  const chosen = wishes.map((wish, i) => {
    const place = places[i] ?? -1;
    if (place >= 0) return place;
    const next = free.shift();
    if (next === undefined)
      throw new UsageError(
        "delta",
        `the meter watches ${stored.length} sources at most, and too few are free for ${wishes.length} more; remove some`,
      );
    taken.set(next, wish);
    return next;
  });
  const released = [...ours].filter((index) => !taken.has(index));
  const wanted = [
    ...[...taken].flatMap(([index, wish]) => fieldsOf(index, wish)),
    ...released.flatMap((index) => fieldsOf(index, { source: noSource, delta: 0 })),
  ];
  const isNew = ({ path: [, index, field], value }: FieldValue): boolean =>
    stored[index as number]?.[field as keyof StoredDelta] !== value;
  return { fields: wanted.filter(isNew), own: chosen };
};
