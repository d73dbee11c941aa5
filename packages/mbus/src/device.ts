/** Who answers on the M-Bus: manufacturer and kind of device, by EN 13757-3. */

/**
 * The three letters of a manufacturer's number; null where it has none, as 0. MEP guide 1.1, p. 99.
 *
 * @example
 * manufacturerOf(0x1593) // "ELS"
 * manufacturerOf(0) // null
 */
export const manufacturerOf = (id: number): string | null => {
  const letters = [id >> 10, id >> 5, id].map((bits) => bits & 31);
  const valid = id >= 0 && id < 0x8000 && letters.every((letter) => letter >= 1 && letter <= 26);
  return valid ? String.fromCharCode(...letters.map((letter) => 64 + letter)) : null;
};

/** Names of the device types ("medium") that EN 13757-3 had first, and of those that EN 13757-7 has added. */
const media: Readonly<Record<number, string>> = {
  0: "other",
  1: "oil",
  2: "electricity",
  3: "gas",
  4: "heat, by the return temperature",
  5: "steam",
  6: "warm water",
  7: "water",
  8: "heat cost allocator",
  9: "compressed air",
  10: "cooling, by the return temperature",
  11: "cooling, by the flow temperature",
  12: "heat, by the flow temperature",
  13: "heat and cooling",
  14: "bus or system",
  15: "unknown",
  21: "hot water",
  22: "cold water",
  23: "dual water",
  24: "pressure",
  25: "analogue-to-digital converter",
  26: "smoke detector",
  27: "room sensor",
  28: "gas detector",
  32: "electricity breaker",
  33: "valve",
  37: "display",
  40: "waste water",
  41: "garbage",
  49: "communication controller",
  50: "unidirectional repeater",
  51: "bidirectional repeater",
  54: "radio converter of the system",
  55: "radio converter of the meter",
};

/**
 * The name of a device type; null for one that is not named here. What the MEP guide calls heat and hot water are the
 * types 4 and 6 (p. 100).
 *
 * @example
 * mediumOf(3) // "gas"
 */
export const mediumOf = (type: number): string | null => media[type] ?? null;
