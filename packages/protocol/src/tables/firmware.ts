/** What BT01 tells of the firmware, and so of the device. */
import { type Family, type Profile, reaches, type Version } from "../layout/index.ts";

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

/**
 * Firmware with which some layout changes, or what a client makes of one. `test/profiles.test.ts` compares it with all
 * declarations.
 */
const changes: Readonly<Record<Family, readonly number[]>> = {
  meter: [210, 212, 300, 310, 313, 314, 330, 340, 350, 360, 370, 380, 382, 400, 402, 410, 420, 421, 430, 450, 460],
  module: [100, 111, 120, 130, 131, 132],
};

/**
 * Whether every table of one device is laid out and understood as that of the other.
 *
 * @example
 * sameLayouts({ family: "meter", firmware: [3, 70] }, { family: "meter", firmware: [3, 71] }) // true
 * sameLayouts({ family: "meter", firmware: [3, 69] }, { family: "meter", firmware: [3, 70] }) // false
 */
export const sameLayouts = (one: Profile, other: Profile): boolean => {
  const since = (profile: Profile, change: number): boolean =>
    reaches(profile, { [profile.family]: [Math.floor(change / 100), change % 100] });
  return (
    one.family === other.family && changes[one.family].every((change) => since(one, change) === since(other, change))
  );
};
