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
