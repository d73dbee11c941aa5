/** The speeds of a line in bits per second, by the codes that meters give them. Transports offer these and no others. */

/** Baud rate codes of ET13 and ET14. From 7 on a rate is not guaranteed. MEP guide 1.1, pp. 87-88, 91-92. */
export const deviceBaudRates = {
  0: "9600",
  1: "300",
  2: "600",
  3: "1200",
  4: "2400",
  5: "4800",
  6: "9600",
  7: "14400",
  8: "19200",
  9: "28800",
  10: "38400",
  11: "57600",
  12: "115200",
} as const;

/** Bits a second by the code of a Negotiate; 0 stands for a rate that is set elsewhere. Optical guide 1.1. */
export const opticalBaudRates: Readonly<Record<number, number>> = {
  1: 300,
  2: 600,
  3: 1200,
  4: 2400,
  5: 4800,
  6: 9600,
  7: 14_400,
  8: 19_200,
  9: 28_800,
  10: 57_600,
};
