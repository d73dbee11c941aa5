/** Reads the bytes of blocks, in full messages that end where values begin. */
import { type ByteRange, cutRange, joinRanges, requestCost } from "../meter/read/ranges.ts";
import { type BlockShape, headerRange, slotsRange, valueStarts } from "./load-profile-blocks.ts";
import type { WantedBlock } from "./load-profile-plan.ts";

/** Bytes of a batch; at least one block. */
const batchSize = 16_384;

/**
 * Most bytes of one read in a series: the meter pauses 25 ms after each 117 bytes of a response (MEP guide 1.1, p. 27),
 * so four full segments, less 13 bytes around the data, are quicker than the ten more bytes that fit into a message.
 */
const quickest = 4 * 117 - 13;

/** Blocks to read before checking which have been overwritten meanwhile. */
export function* batches(blocks: readonly WantedBlock[], { blockSize }: BlockShape): Generator<readonly WantedBlock[]> {
  const count = Math.max(1, Math.floor(batchSize / blockSize));
  for (let i = 0; i < blocks.length; i += count) yield blocks.slice(i, i + count);
}

const rangesOf = ({ at, header, slots }: WantedBlock, shape: BlockShape): ByteRange[] => [
  ...(header === undefined ? [headerRange(at, shape)] : []),
  slotsRange(at, slots, shape),
];

export interface ReadBlocksOptions {
  readonly shape: BlockShape;
  readonly read: (range: ByteRange) => Promise<Uint8Array>;
  /** Most bytes that one message holds. */
  readonly limit: number;
  /** Called after each read with how many of the blocks are complete. */
  readonly onBlocks: (complete: number) => void;
}

/** Reads blocks in the fewest messages. Returns a function that gives the bytes of any wanted part. */
export const readBlocks = async (
  batch: readonly WantedBlock[],
  { shape, read, limit, onBlocks }: ReadBlocksOptions,
): Promise<(range: ByteRange) => Uint8Array> => {
  const perBlock = batch.map((block) => rangesOf(block, shape));
  const starts = batch.flatMap(({ at }) => valueStarts(at, shape)).sort((a, b) => a - b);
  const joined = joinRanges(perBlock.flat(), { requestCost, limit: Number.POSITIVE_INFINITY }).map((range) => ({
    range,
    bytes: new Uint8Array(range.length),
    read: 0,
  }));
  const find = ({ offset, length }: ByteRange) =>
    joined.find(({ range }) => range.offset <= offset && offset + length <= range.offset + range.length);
  const isRead = (range: ByteRange): boolean => {
    const held = find(range);
    return held !== undefined && range.offset + range.length <= held.range.offset + held.read;
  };
  for (const held of joined) {
    for (const piece of cutRange(held.range, Math.min(limit, quickest), starts)) {
      held.bytes.set(await read(piece), piece.offset - held.range.offset);
      held.read += piece.length;
      onBlocks(perBlock.filter((ranges) => ranges.every((range) => range.length === 0 || isRead(range))).length);
    }
  }
  return (range) => {
    const held = find(range);
    if (held === undefined) return new Uint8Array();
    const start = range.offset - held.range.offset;
    return held.bytes.subarray(start, start + range.length);
  };
};
