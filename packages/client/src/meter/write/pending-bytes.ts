/**
 * Parts of pending tables on the wire. Layouts have the descriptor in front of the table; messages leave it out of offsets,
 * but carry it with every part and include it in lengths (Optical guide 1.1, pp. 11-12).
 */
import { concat } from "@meterport/protocol/bytes";
import { pendingDescriptorSize } from "@meterport/protocol/tables/basic/pending";
import type { ByteRange } from "../read/ranges.ts";

/** What to request for a part of the layout, and where that part is in the answer. */
export interface PendingPart {
  readonly asked: ByteRange;
  readonly from: number;
}

/**
 * The request for a part of a pending table.
 *
 * @example
 * pendingPart({ offset: 9, length: 4 }) // { asked: { offset: 3, length: 10 }, from: 6 }
 * pendingPart({ offset: 0, length: 6 }) // { asked: { offset: 0, length: 6 }, from: 0 }
 */
export const pendingPart = ({ offset, length }: ByteRange): PendingPart => {
  const inside = offset >= pendingDescriptorSize;
  return inside
    ? {
        asked: { offset: offset - pendingDescriptorSize, length: length + pendingDescriptorSize },
        from: pendingDescriptorSize,
      }
    : { asked: { offset: 0, length: Math.max(offset + length, pendingDescriptorSize) }, from: offset };
};

/** A part with its offset. */
export interface Piece {
  readonly offset: number;
  readonly data: Uint8Array;
}

/** Writes of a pending table as messages carry them: each after `descriptor`, which takes the bytes that belong to it. */
export const pendingWrites = (pieces: readonly Piece[], descriptor: Uint8Array): Piece[] => {
  const next = descriptor.slice(0, pendingDescriptorSize);
  for (const { offset, data } of pieces)
    if (offset < pendingDescriptorSize) next.set(data.subarray(0, pendingDescriptorSize - offset), offset);
  const contents = pieces.flatMap(({ offset, data }): Piece[] => {
    const skipped = Math.max(0, pendingDescriptorSize - offset);
    const part = data.subarray(skipped);
    return part.length === 0 ? [] : [{ offset: offset + skipped - pendingDescriptorSize, data: concat(next, part) }];
  });
  return contents.length > 0 ? contents : [{ offset: 0, data: next }];
};
