/** Which value stands at which place of a display: those with a place of their own stay there, the others share what is left. Pure. */
import type { DisplayIcon } from "@meterport/client/meter/write/display";

/** One value with the icons beside it. */
export interface DisplayItem {
  /** A signed 32-bit integer; null is unknown, and then nothing of it is shown. */
  readonly value: number | null;
  readonly icons: readonly DisplayIcon[];
  /** Its own place, which nothing without one takes even while its value is unknown. Several at one place take turns. */
  readonly place?: number | undefined;
}

export type KnownItem = DisplayItem & { readonly value: number };

const isKnown = (item: DisplayItem): item is KnownItem => item.value !== null;

/** For each place the items that take turns there; undefined where one of the turns shows nothing of ours. */
export const itemsByPlace = (
  items: readonly DisplayItem[],
  places: readonly number[],
): ReadonlyMap<number, readonly (KnownItem | undefined)[]> => {
  const taken = new Set(items.flatMap(({ place }) => place ?? []));
  const free = places.filter((place) => !taken.has(place));
  const shared = items.filter(isKnown).filter(({ place }) => place === undefined);
  const turns = free.length === 0 ? 0 : Math.ceil(shared.length / free.length);
  const at = (place: number): readonly (KnownItem | undefined)[] => {
    const index = free.indexOf(place);
    return index < 0
      ? items.filter(isKnown).filter((item) => item.place === place)
      : Array.from({ length: turns }, (_, turn) => shared[turn * free.length + index]);
  };
  return new Map(places.map((place) => [place, at(place)]));
};
