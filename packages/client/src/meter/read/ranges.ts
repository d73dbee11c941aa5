/** Which reads get the wanted bytes at the lowest cost: neighbours are joined, long ones cut. Pure. */

/** Bytes of one table. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface JoinOptions {
  /**
   * The cost of one more request, in bytes on the same line: bytes between two wanted ranges are read too if they are no
   * more than this.
   */
  readonly requestCost: number;
  /** Most bytes of one read. */
  readonly limit: number;
}

/** 35 bytes of headers, number and digests both ways, and the 100 ms between requests that 96 bytes at 9600 baud take. */
export const requestCost = 35 + 96;

/**
 * The fewest reads that cover all ranges, in ascending order, none longer than the limit.
 *
 * @example
 * joinRanges([{ offset: 8, length: 4 }, { offset: 0, length: 4 }], { requestCost: 35, limit: 465 }) // [{ offset: 0, length: 12 }]
 */
export const joinRanges = (ranges: readonly ByteRange[], { requestCost, limit }: JoinOptions): ByteRange[] => {
  const sorted = ranges.filter(({ length }) => length > 0).sort((a, b) => a.offset - b.offset);
  const joined: { offset: number; length: number }[] = [];
  for (const { offset, length } of sorted) {
    const last = joined.at(-1);
    const end = offset + length;
    if (last !== undefined && offset <= last.offset + last.length + requestCost) {
      const longer = Math.max(last.length, end - last.offset);
      if (longer <= limit || offset < last.offset + last.length) {
        last.length = longer;
        continue;
      }
    }
    joined.push({ offset, length });
  }
  return joined.flatMap((range) => cutRange(range, limit));
};

/**
 * The range from the very first byte to the last, including gaps.
 *
 * @example
 * hullOf([{ offset: 8, length: 4 }, { offset: 0, length: 4 }]) // { offset: 0, length: 12 }
 */
export const hullOf = (ranges: readonly ByteRange[]): ByteRange => {
  const offset = Math.min(...ranges.map((range) => range.offset));
  return { offset, length: Math.max(...ranges.map((range) => range.offset + range.length)) - offset };
};

/**
 * Cuts a range into pieces of at most `limit` bytes. `starts` are the offsets at which values begin, ascending: pieces are
 * read one after the other, and a value with bytes from two of them would mix two moments.
 */
export const cutRange = ({ offset, length }: ByteRange, limit: number, starts: readonly number[] = []): ByteRange[] => {
  const pieces: ByteRange[] = [];
  const end = offset + length;
  for (let from = offset; from < end; ) {
    const most = Math.min(from + limit, end);
    const to = most === end ? end : (starts.findLast((start) => start > from && start <= most) ?? most);
    pieces.push({ offset: from, length: to - from });
    from = to;
  }
  return pieces;
};
