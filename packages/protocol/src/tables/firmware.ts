/** What BT01 tells of the firmware, and so of the device. */
import type { Profile, Version } from "../layout/index.ts";

export interface Firmware {
  readonly version: Version;
  readonly build: number;
}

/**
 * The firmware x.yy.zz of BT01: a big-endian pair inside a little-endian table, packed 4, 7 and 5 bits
 * (MEP guide 1.1, p. 205).
 *
 * @example
 * firmwareOf(0x31, 0x55) // { version: [3, 10], build: 21 }
 */
export const firmwareOf = (high: number, low: number): Firmware => {
  const packed = high * 256 + low;
  return { version: [packed >> 12, (packed >> 5) & 0x7f], build: packed & 0x1f };
};

/** Firmware 1.x is that of a Control Point / OSGP module, later numbers are meters. */
export const deviceOf = (version: Version): Profile => ({
  family: version[0] === 1 ? "module" : "meter",
  firmware: version,
});
