/** What a meter says of itself, and which profile follows from it. A table that it refuses leaves its fields unknown. */

import { twoDigits } from "@meterport/protocol/digits";
import { decode, type Profile, type Version } from "@meterport/protocol/layout/index";
import type { Signal } from "@meterport/protocol/ports";
import { BT01 } from "@meterport/protocol/tables/basic/bt01-general-manufacturer-information";
import { BT21 } from "@meterport/protocol/tables/basic/bt21-actual-register";
import { ET03 } from "@meterport/protocol/tables/extended/et03-utility-information";
import { deviceOf, firmwareOf } from "@meterport/protocol/tables/firmware";
import type { Session } from "../session/session.ts";
import { readSlice, readWhole, unlessRefused } from "./read/table-bytes.ts";

/** `undefined` for what the meter does not say. */
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
export interface Identified {
  readonly identity: Identity;
  readonly profile: Profile;
}

/** Text up to its first NUL, without spaces around it; `undefined` where nothing printable is left. */
const printable = (text: string): string | undefined => {
  const shown = (text.split("\0")[0] ?? "").replace(/[^\x20-\x7e\xa0-\xff]/g, "").trim();
  return shown === "" ? undefined : shown;
};
const number = (digits: string): string | undefined =>
  /^0*$/.test(digits) || /[a-f]/i.test(digits) ? undefined : digits.replace(/^0+/, "");

/** Present values in BT28 tell the firmware where BT01 is refused: each cut brought more of them. */
const byPresentValues: readonly (readonly [count: number, firmware: Version])[] = [
  [84, [4, 30]],
  [75, [4, 10]],
  [72, [4, 0]],
  [55, [3, 70]],
  [41, [3, 50]],
];

/**
 * Asks the meter what it is. Firmware 1.x is a Control Point / OSGP module, later numbers are meters.
 *
 * @throws LinkError
 */
export const identify = async (session: Session, signal?: Signal): Promise<Identified> => {
  const options = (label: string) => (signal === undefined ? { label } : { label, signal });
  // Not after BT00: every meter has these tables, so its sets would save no request before the first value.
  const bt01 = await unlessRefused(readWhole(session, BT01.number, 24, options("read BT01")));
  const et03 = await unlessRefused(readSlice(session, ET03.number, { offset: 0, length: 30 }, options("read ET03")));
  // Older devices end at byte 16: the serial number is what the Optical guide adds.
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
  if (firmware !== undefined && firmware.version[0] > 0) return { identity, profile: deviceOf(firmware.version) };
  const bt21 = await unlessRefused(readWhole(session, BT21.number, 10, options("read BT21")));
  const count = bt21?.[9] ?? 0;
  const guess = byPresentValues.find(([least]) => count >= least)?.[1] ?? [3, 10];
  return { identity, profile: { family: "meter", firmware: guess } };
};
