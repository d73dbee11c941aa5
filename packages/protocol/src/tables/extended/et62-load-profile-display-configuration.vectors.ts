/**
 * ET62 typed a second time from pp. 174-178 of the MEP guide 1.1: path, offset before 4.0, offset from 4.0 on, bytes
 * before and from 4.0 on, lowest and highest bit. Offsets past the channels are those printed, for 16 channels.
 */
export type Row = readonly [
  path: string,
  offsets: readonly [number, number],
  sizes: readonly [number, number],
  low?: number,
  high?: number,
];

export const firstPart: readonly Row[] = [
  ["displayLocalTime", [0, 0], [1, 1], 0, 0],
  ["useAllChannelIdCharacters", [0, 0], [1, 1], 1, 1],
  ["disableLoadProfileDisplay", [0, 0], [1, 1], 2, 2],
  ["filler3", [0, 0], [1, 1], 3, 7],
  ["loadProfileListIdCode", [1, 1], [4, 5]],
  ["loadProfileListIdDecimalPointState", [5, 6], [1, 1]],
  ["loadProfileDateIdCode", [6, 7], [4, 5]],
  ["loadProfileDateIdDpState", [10, 12], [1, 1]],
  ["intervalTimeIdCode", [11, 13], [4, 5]],
  ["intervalTimeIdDpState", [15, 18], [1, 1]],
  ["extendedStatusIdCode", [16, 19], [4, 5]],
  ["extendedStatusIdDpState", [20, 24], [1, 1]],
  ["codeWords.0.channelIdCode", [21, 25], [4, 5]],
  ["codeWords.0.channelIdDpState", [25, 30], [1, 1]],
  ["codeWords.0.fieldsAfterDp", [26, 31], [1, 1], 0, 2],
  ["codeWords.0.fieldsBeforeDp", [26, 31], [1, 1], 3, 6],
  ["codeWords.0.zeroSuppression", [26, 31], [1, 1], 7, 7],
];
export const from370: readonly Row[] = [
  ["powerOutageListIdCode", [117, 137], [4, 5]],
  ["powerOutageListIdDpState", [121, 142], [1, 1]],
  ["powerOutageNumberIdCode", [122, 143], [4, 5]],
  ["powerOutageNumberIdDpState", [126, 148], [1, 1]],
];
/** Bytes by firmware, for 16 channels. */
export const sizes: Record<string, number> = {
  "meter:3.10": 117,
  "meter:3.30": 117,
  "meter:3.60": 117,
  "module:1.11": 117,
  "meter:3.70": 127,
  "meter:3.80": 127,
  "module:1.20": 127,
  "module:1.32": 127,
  "meter:4.00": 149,
  "meter:4.30": 149,
};
