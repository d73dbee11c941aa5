/**
 * BT00 as a real meter of the third generation sent it over its optical port, in two packets: from the unit tests of the
 * openHAB binding smartmeterosgp. The checksum of the read service, 0xcd, fits these 79 bytes.
 */
export const capturedBt00 = {
  packets: [
    "ee00c001003800004f022a88454c4f4e0200ff0c01000a0d020c0904ffb5f15f021df4f0cf07fffffff8ffffff7ffcef03040270f4ffffffffbffe7b1f008ab5",
    "ee00a000001b000000e6808001020460000002ffe6c6380e89bc73b863010202cd3782",
  ],
  /** What the packets carry. */
  data:
    "022a88454c4f4e0200ff0c01000a0d020c0904" +
    "ffb5f15f021df4f0cf07" +
    "fffffff8ffffff7ffcef030402" +
    "70f4" +
    "ffffffffbffe7b1f00000000" +
    "e6808001020460000002" +
    "ffe6c6380e89bc73b863010202",
} as const;

/** "0-2, 5" as the numbers that it says. */
export const numbersIn = (text: string): number[] =>
  text.split(", ").flatMap((part) => {
    const [first = 0, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });

/** The sets in those bytes, counted by hand (bit n mod 8 of byte n div 8): 47, 77, 8, 57, 13 and 47 numbers. */
export const capturedSets = {
  basicTablesUsed: numbersIn("0-8, 10, 12, 13, 15, 16, 20-28, 30, 33, 40, 42-44, 50, 52-55, 60-67, 70-74"),
  extendedTablesUsed: numbersIn("0-23, 27-62, 66-75, 77-81, 90, 97"),
  basicProceduresUsed: numbersIn("4, 5, 6, 10, 12-15"),
  extendedProceduresUsed: numbersIn("0-37, 39, 41-49, 51-54, 56-60"),
  basicTablesWritable: numbersIn("1, 2, 5-7, 15, 23, 24, 33, 42, 53, 54, 73"),
  extendedTablesWritable: numbersIn(
    "0-7, 9, 10, 13-15, 17, 18, 22, 23, 27-29, 33-35, 40, 43, 47, 50-53, 55-57, 60-62, 67-69, 71-73, 77, 78, 80, 89, 97",
  ),
};
