/** Which wanted parts of a table each read of a batch covers. */
import type { Place } from "@meterport/protocol/layout/index";
import type { ByteRange } from "./ranges.ts";

/** A wanted part, with its index in the batch. */
export interface Part {
  readonly index: number;
  readonly place: Place;
}

const covers = (range: ByteRange, part: ByteRange): boolean =>
  range.offset <= part.offset && part.offset + part.length <= range.offset + range.length;

/** The ranges that are read, with the parts within each; a part longer than any of them is a range of its own. */
export const membersOf = (
  ranges: readonly ByteRange[],
  parts: readonly Part[],
): { readonly range: ByteRange; readonly members: readonly Part[] }[] => {
  const found = ranges.map((range) => ({ range, members: parts.filter(({ place }) => covers(range, place)) }));
  const held = new Set(found.flatMap(({ members }) => members));
  const long = parts.filter((part) => !held.has(part)).map((part) => ({ range: part.place, members: [part] }));
  return [...found.filter(({ members }) => members.length > 0), ...long];
};

/** The bytes of a part, taken from those of its range. */
export const within = (data: Uint8Array, range: ByteRange, part: ByteRange): Uint8Array =>
  data.subarray(part.offset - range.offset, part.offset - range.offset + part.length);
