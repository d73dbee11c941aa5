/**
 * Where the blocks of a load profile are, where intervals are in them, and when those ended: arithmetic only.
 * MEP guide 1.1, pp. 36-37, 239-246.
 */
import { LayoutError } from "@meterport/protocol/errors";
import { utcMillis } from "@meterport/protocol/layout/dates";
import type { Millis } from "@meterport/protocol/ports";
import type { BT61 } from "@meterport/protocol/tables/basic/bt61-actual-load-profile";
import type { ByteRange } from "../meter/read/ranges.ts";

/** Dimensions of one data set; sizes and offsets in bytes. */
export interface BlockShape {
  readonly blocks: number;
  readonly intervalsPerBlock: number;
  readonly channels: number;
  readonly durationMinutes: number;
  readonly simpleStatusOffset: number;
  readonly simpleStatusSize: number;
  /** Bytes of a block before its first interval. */
  readonly headerSize: number;
  /** Bytes of an interval before its first value. */
  readonly extendedStatusSize: number;
  readonly intervalSize: number;
  readonly blockSize: number;
}

/** Limits that no meter exceeds (BT60, pp. 238-239): 233,856 bytes of load profile, 16 channels, 1440 intervals in a block. */
const most = { bytes: 233_856, channels: 16, intervals: 1440, minutes: 60 } as const;
const wholeDay = 84;
const minute = 60_000;

export interface ShapeOptions {
  /** Whether blocks carry the readings at their end (BT61). */
  readonly endReadings: boolean;
  /** ANSI compliance (ET21): intervals are minutes only. */
  readonly ansi: boolean;
  /** For errors: "BT61.dataSets.0". */
  readonly path: string;
}

/**
 * The shape of a data set in use, from its entry in BT61.
 *
 * @throws LayoutError (`shape`) for dimensions that no meter can have
 * @example
 * const options = { endReadings: false, ansi: false, path: "BT61.dataSets.0" };
 * blockShape({ blocks: 60, intervals: 96, channels: 4, maximumIntervalTime: 15 }, options).blockSize // 1841
 */
export const blockShape = (
  { blocks, intervals, channels, maximumIntervalTime }: BT61["dataSets"][number],
  { endReadings, ansi, path }: ShapeOptions,
): BlockShape => {
  const impossible = (detail: string): LayoutError =>
    new LayoutError("shape", { path, offset: 7 }, `${detail}; no meter has such a load profile`);
  if (channels < 1 || channels > most.channels) throw impossible(`${channels} channels`);
  if (intervals < 1 || intervals > most.intervals) throw impossible(`${intervals} intervals in a block`);
  const durationMinutes = maximumIntervalTime === wholeDay && !ansi ? 1440 : maximumIntervalTime;
  if (durationMinutes < 1 || (durationMinutes > most.minutes && durationMinutes !== 1440))
    throw impossible(`intervals of ${maximumIntervalTime} minutes`);
  const simpleStatusOffset = 5 + (endReadings ? 4 * channels : 0);
  const simpleStatusSize = Math.ceil(intervals / 8);
  const headerSize = simpleStatusOffset + simpleStatusSize;
  const extendedStatusSize = Math.floor(channels / 2) + 1;
  const intervalSize = extendedStatusSize + 4 * channels;
  const blockSize = headerSize + intervals * intervalSize;
  if (blocks * blockSize > most.bytes) throw impossible(`${blocks} blocks of ${blockSize} bytes`);
  return {
    blocks,
    intervalsPerBlock: intervals,
    channels,
    durationMinutes,
    simpleStatusOffset,
    simpleStatusSize,
    headerSize,
    extendedStatusSize,
    intervalSize,
    blockSize,
  };
};

/** A block of the ring. */
export interface BlockAt {
  /** Its index in the table. */
  readonly block: number;
  /** The meter's running number of the block, modulo 2^32. */
  readonly sequence: number;
}

/**
 * The block that is `back` blocks older than the newest.
 *
 * @example
 * blockBack({ block: 0, sequence: 7 }, 1, 60) // { block: 59, sequence: 6 }
 */
export const blockBack = (newest: BlockAt, back: number, blocks: number): BlockAt => ({
  // A remainder may be negative, an index may not.
  block: (((newest.block - back) % blocks) + blocks) % blocks,
  sequence: (newest.sequence - back) >>> 0,
});

/**
 * Whether a block that was read had not been overwritten yet when the newest had the number `newest`.
 *
 * @example
 * isIntact(7, 66, 60) // true
 * @example
 * isIntact(7, 67, 60) // false
 */
export const isIntact = (sequence: number, newest: number, blocks: number): boolean =>
  (newest - sequence) >>> 0 < blocks;

export interface BlockHeader {
  /** When the newest recorded interval of the block ended, Unix milliseconds UTC; undefined for an impossible date. */
  readonly end: Millis | undefined;
  /** A bit per interval, lowest first. */
  readonly recorded: Uint8Array;
  /** Index of the newest recorded interval; -1 if there is none. */
  readonly last: number;
}

export const isRecorded = ({ recorded }: BlockHeader, index: number): boolean =>
  ((recorded[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;

/** The header of a block from its bytes. */
export const decodeHeader = (bytes: Uint8Array, shape: BlockShape): BlockHeader => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = bytes;
  const recorded = bytes.slice(shape.simpleStatusOffset, shape.headerSize);
  const header = { end: utcMillis({ year, month, day, hour, minute }), recorded, last: -1 };
  let last = shape.intervalsPerBlock - 1;
  while (last >= 0 && !isRecorded(header, last)) last--;
  return { ...header, last };
};

/** When interval `index` ended, for a header with a date. */
export const intervalEnd = (end: Millis, last: number, index: number, { durationMinutes }: BlockShape): Millis =>
  end - (last - index) * durationMinutes * minute;

/** Intervals `from` to `to`, both included; none if `from` is above `to`. */
export interface Slots {
  readonly from: number;
  readonly to: number;
}

/**
 * The intervals of a block, up to its newest recorded one, that end after `since` and not after `until` (Unix
 * milliseconds).
 *
 * @example
 * const set = { blocks: 60, intervals: 96, channels: 4, maximumIntervalTime: 15 };
 * const shape = blockShape(set, { endReadings: false, ansi: false, path: "BT61.dataSets.0" });
 * slotsBetween({ end: 1_800_000, recorded: Uint8Array.of(3), last: 1 }, shape, 900_000, 1_800_000) // { from: 1, to: 1 }
 */
export const slotsBetween = ({ end, last }: BlockHeader, shape: BlockShape, since: Millis, until: Millis): Slots => {
  if (end === undefined) return { from: 0, to: -1 };
  const duration = shape.durationMinutes * minute;
  return {
    from: Math.max(0, Math.floor(last - (end - since) / duration) + 1),
    to: Math.min(last, Math.floor(last - (end - until) / duration)),
  };
};

/** The bytes of a block's header. */
export const headerRange = ({ block }: BlockAt, shape: BlockShape): ByteRange => ({
  offset: block * shape.blockSize,
  length: shape.headerSize,
});
/** The bytes of some of a block's intervals. */
export const slotsRange = ({ block }: BlockAt, { from, to }: Slots, shape: BlockShape): ByteRange => ({
  offset: block * shape.blockSize + shape.headerSize + from * shape.intervalSize,
  length: Math.max(0, to - from + 1) * shape.intervalSize,
});

/** Offsets where values begin in those bytes of a block, including header and statuses, ascending. */
export const valueStarts = (at: BlockAt, shape: BlockShape): number[] => {
  const starts = [at.block * shape.blockSize];
  for (let i = 0; i < shape.intervalsPerBlock; i++) {
    const { offset } = slotsRange(at, { from: i, to: i }, shape);
    starts.push(offset);
    for (let c = 0; c < shape.channels; c++) starts.push(offset + shape.extendedStatusSize + 4 * c);
  }
  return starts;
};
