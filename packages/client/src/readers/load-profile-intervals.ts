/** The intervals of a block as typed values. MEP guide 1.1, pp. 244-247. */
import type { Millis } from "@meterport/protocol/ports";
import { intervalStatus } from "@meterport/protocol/tables/basic/load-profile-data";
import { type BlockHeader, type BlockShape, intervalEnd, isRecorded, type Slots } from "./load-profile-blocks.ts";
import { type ChannelValue, channelReader, missingValue } from "./load-profile-status.ts";

/** One interval of a load profile. */
export interface LoadProfileInterval {
  /** Data set, 1 to 4. */
  readonly set: number;
  /** Index of its block in the table. */
  readonly block: number;
  /** Its index in the block. */
  readonly index: number;
  /** When it ended, Unix milliseconds UTC. */
  readonly end: Millis;
  readonly durationMinutes: number;
  /** Daylight saving time was in effect; the load profile itself knows no such time. */
  readonly dst: boolean;
  readonly powerFail: boolean;
  readonly clockForward: boolean;
  readonly clockBackward: boolean;
  readonly channels: readonly ChannelValue[];
  /** Whether the interval was recorded at all; each channel has its own `valid`. */
  readonly valid: boolean;
}

/** A channel that is wanted. */
export interface ProfileChannel {
  /** Counted from 0, in the order of the table. */
  readonly index: number;
  /** Source id; 256 or higher is an extended one (ET66). */
  readonly source: number;
}

/** Gives the intervals `slots` of a block, whose header has a date, from their bytes. */
export type IntervalDecoder = (
  block: number,
  header: BlockHeader & { readonly end: Millis },
  slots: Slots,
  bytes: Uint8Array,
) => LoadProfileInterval[];

export const intervalDecoder = (
  set: number,
  shape: BlockShape,
  channels: readonly ProfileChannel[],
): IntervalDecoder => {
  const { intervalSize, extendedStatusSize, durationMinutes } = shape;
  const readers = channels.map(({ index, source }) => ({
    at: extendedStatusSize + 4 * index,
    // The first nibble, the high one of the first byte, is common to all channels.
    statusAt: (index + 1) >> 1,
    shift: index % 2 === 0 ? 0 : 4,
    read: channelReader(source),
  }));
  const missing = channels.map(({ source }) => missingValue(source));
  return (block, header, { from, to }, bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const intervals: LoadProfileInterval[] = [];
    for (let index = from, start = 0; index <= to; index++, start += intervalSize) {
      const valid = isRecorded(header, index);
      // The bytes of an unrecorded interval may be anything.
      const common = valid ? view.getUint8(start) >> 4 : 0;
      intervals.push({
        set,
        block,
        index,
        end: intervalEnd(header.end, header.last, index, shape),
        durationMinutes,
        dst: (common & intervalStatus.daylightSaving) !== 0,
        powerFail: (common & intervalStatus.powerFail) !== 0,
        clockForward: (common & intervalStatus.clockForward) !== 0,
        clockBackward: (common & intervalStatus.clockBackward) !== 0,
        channels: valid
          ? readers.map(({ at, statusAt, shift, read }) =>
              read((view.getUint8(start + statusAt) >> shift) & 15, view.getInt32(start + at, true)),
            )
          : missing,
        valid,
      });
    }
    return intervals;
  };
};
