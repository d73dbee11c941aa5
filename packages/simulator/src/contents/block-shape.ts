/** How large the pieces of a load profile data set are (MEP guide 1.1, pp. 102, 245). */

export interface BlockShape {
  readonly blocks: number;
  readonly intervals: number;
  readonly channels: number;
  /** Length of an interval, minutes. */
  readonly minutes: number;
  readonly simpleStatusSize: number;
  /** Bytes in front of the first interval: end time, then the simple status. */
  readonly headerSize: number;
  /** A nibble for all channels and one for each. */
  readonly statusSize: number;
  readonly intervalSize: number;
  readonly blockSize: number;
}

const endTimeSize = 5;
const dayCode = 84;
const minutesPerDay = 1440;

/** The shape of a data set from its entry in BT61; this meter has no end readings. */
export const blockShape = (set: {
  readonly blocks: number;
  readonly intervals: number;
  readonly channels: number;
  readonly maximumIntervalTime: number;
}): BlockShape => {
  const { blocks, intervals, channels, maximumIntervalTime } = set;
  const simpleStatusSize = Math.ceil(intervals / 8);
  const headerSize = endTimeSize + simpleStatusSize;
  const statusSize = Math.floor(channels / 2) + 1;
  const intervalSize = statusSize + 4 * channels;
  return {
    blocks,
    intervals,
    channels,
    minutes: maximumIntervalTime === dayCode ? minutesPerDay : maximumIntervalTime,
    simpleStatusSize,
    headerSize,
    statusSize,
    intervalSize,
    blockSize: headerSize + intervals * intervalSize,
  };
};
