/** What a meter reports about itself, and the profile that follows from it. A refused table leaves its fields unknown. */

import { twoDigits } from "@meterport/protocol/digits";
import { ResponseError, UsageError } from "@meterport/protocol/errors";
import {
  decode,
  type Gate,
  type Profile,
  profileName,
  reaches,
  tableExists,
  type Version,
} from "@meterport/protocol/layout/index";
import type { Signal } from "@meterport/protocol/ports";
import { BT01 } from "@meterport/protocol/tables/basic/bt01-general-manufacturer-information";
import { BT21 } from "@meterport/protocol/tables/basic/bt21-actual-register";
import { ET03 } from "@meterport/protocol/tables/extended/et03-utility-information";
import { deviceOf, firmwareOf, sameLayouts } from "@meterport/protocol/tables/firmware";
import type { Session } from "../session/session.ts";
import { readSlice, readWhole, unlessRefused } from "./read/table-bytes.ts";

/** `undefined` for what the meter does not report. */
export interface Identity {
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
  /** "3.70.12" */
  readonly firmware: string | undefined;
  /** The manufacturer's serial number. */
  readonly serial: string | undefined;
  /** The utility's serial number. */
  readonly utilitySerial: string | undefined;
}
/**
 * The source of the profile: `meter`, its firmware in BT01; `given`, the caller, because the meter does not report it; `guess`,
 * the number of values that it reports, because neither does. Only the first is certain.
 */
export type ProfileSource = "meter" | "given" | "guess";

export interface Identified {
  readonly identity: Identity;
  readonly profile: Profile;
  readonly profileFrom: ProfileSource;
}

/** Text up to its first NUL, without spaces around it; `undefined` if nothing printable is left. */
const printable = (text: string): string | undefined => {
  const shown = (text.split("\0")[0] ?? "").replace(/[^\x20-\x7e\xa0-\xff]/g, "").trim();
  return shown === "" ? undefined : shown;
};
const number = (digits: string): string | undefined =>
  /^0*$/.test(digits) || /[a-f]/i.test(digits) ? undefined : digits.replace(/^0+/, "");

type Release = readonly [count: number, since: Gate & { readonly meter: Version }];

/** Counts of present values in BT28 reveal the firmware if BT01 is refused: each release added some (MEP guide, pp. 221-226). */
const releases: readonly Release[] = [
  [84, { meter: [4, 30], module: [1, 32] }],
  [75, { meter: [4, 10] }],
  [72, { meter: [4, 0] }],
  [55, { meter: [3, 70], module: [1, 20] }],
  [41, { meter: [3, 50] }],
  [26, { meter: [3, 10] }],
  [22, { meter: [2, 12] }],
];
const releaseOf = (count: number): Release | undefined => releases.find(([least]) => count >= least);

/** What modules before 1.20 have is not documented; they cannot have the values added in 1.20. */
const mostOfOldModules = 54;

/** Whether firmware `given` may report `count` present values in BT21; firmware before 2.12 has none. */
const canReport = (given: Profile, count: number): boolean => {
  const expected = releases.find(([, since]) => reaches(given, since));
  if (expected === undefined) return given.family === "module" && count <= mostOfOldModules;
  const release = releaseOf(count);
  // A count that no release has says nothing.
  return release === undefined || release === expected;
};

const contradiction = (given: Profile, said: string): UsageError =>
  new UsageError(
    "profile",
    `the profile ${profileName(given)} was given, but ${said}: omit the profile, or check that the link leads to the right meter`,
  );

/**
 * Asks the meter what it is. Firmware 1.x is a Control Point / OSGP module, later numbers are meters. A profile from the
 * caller counts only if the meter does not report its own.
 *
 * @throws UsageError (`profile`) if the meter's layouts differ from those of the given profile; LinkError
 */
export const identify = async (session: Session, signal?: Signal, given?: Profile): Promise<Identified> => {
  const options = (label: string) => (signal === undefined ? { label } : { label, signal });
  // BT00 is not read first: every meter has these tables, so its sets would save no request before the first value.
  const bt01 = await unlessRefused(readWhole(session, BT01.number, 24, options("read BT01")));
  const et03 = await unlessRefused(readSlice(session, ET03.number, { offset: 0, length: 30 }, options("read ET03")));
  // Older devices end at byte 16: the Optical guide adds the serial number.
  const padded = new Uint8Array(24);
  if (bt01 !== undefined) padded.set(bt01.subarray(0, 24));
  const value = decode(BT01, padded, {});
  const firmware =
    bt01 === undefined || bt01.length < 16 ? undefined : firmwareOf(value.firmwareVersion, value.firmwareRevision);
  const identity: Identity = {
    manufacturer: printable(value.manufacturer),
    model: printable(value.model),
    firmware:
      firmware === undefined
        ? undefined
        : `${firmware.version[0]}.${twoDigits(firmware.version[1])}.${twoDigits(firmware.build)}`,
    serial: number(value.serialNumber),
    utilitySerial: et03 === undefined ? undefined : printable(String.fromCharCode(...et03)),
  };
  if (firmware !== undefined && firmware.version[0] > 0) {
    const profile = deviceOf(firmware.version);
    if (given !== undefined && !sameLayouts(given, profile))
      throw contradiction(given, `the meter says that it is ${profileName(profile)} (BT01)`);
    return { identity, profile, profileFrom: "meter" };
  }
  let refusedAs: ResponseError["code"] | undefined;
  const bt21 = await unlessRefused(
    readWhole(session, BT21.number, 10, options("read BT21")).catch((error: unknown) => {
      if (error instanceof ResponseError) refusedAs = error.code;
      throw error;
    }),
  );
  const count = bt21?.[9];
  if (given !== undefined) {
    // Without BT21, values are read at fixed places, so nothing else would reveal the error.
    if (!tableExists(BT21, given) && refusedAs !== undefined && refusedAs !== "no-such-table")
      throw contradiction(given, "the meter refuses BT21, which that firmware does not have");
    if (count !== undefined && !canReport(given, count))
      throw contradiction(given, `the meter reports ${count} present values (BT21), which that firmware does not`);
    return { identity, profile: given, profileFrom: "given" };
  }
  const guess = releaseOf(count ?? 0)?.[1].meter ?? [3, 10];
  return { identity, profile: { family: "meter", firmware: guess }, profileFrom: "guess" };
};
