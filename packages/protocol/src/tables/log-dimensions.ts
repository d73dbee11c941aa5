/** Factory dimensions of calendars, logs, load profiles and the display, by profile. */
import { fromHex } from "../bytes.ts";
import { decode, type Profile, reaches, sizeOf } from "../layout/index.ts";
import { BT00 } from "./basic/bt00-general-configuration.ts";
import type { BT20 } from "./basic/bt20-dimension-register.ts";
import type { BT21 } from "./basic/bt21-actual-register.ts";
import { BT23 } from "./basic/bt23-current-register-data.ts";
import { BT30 } from "./basic/bt30-dimension-display.ts";
import { BT50 } from "./basic/bt50-dimension-time-and-tou.ts";
import { BT60 } from "./basic/bt60-dimension-load-profile.ts";
import { BT61 } from "./basic/bt61-actual-load-profile.ts";
import { BT71 } from "./basic/bt71-actual-log.ts";
import { ET04 } from "./extended/et04-system-information.ts";
import type { ET11 } from "./extended/et11-mfg-dimension.ts";
import { adjustableLog, ET36 } from "./extended/et36-mfg-table-actual-dimensions.ts";
import { ET54 } from "./extended/et54-meter-status.ts";
import { ET90 } from "./extended/et90-dimension-ln.ts";

export interface LogDimensions {
  readonly BT00: BT00;
  readonly BT30: BT30;
  readonly BT50: BT50;
  readonly BT60: BT60;
  readonly BT61: BT61;
  readonly BT71: BT71;
  readonly ET04: ET04;
  readonly ET36: ET36;
  readonly ET54: ET54;
  readonly ET90: ET90;
}
interface Registers {
  readonly profile: Profile;
  readonly BT20: BT20;
  readonly BT21: BT21;
  readonly ET11: ET11;
}

/** The factory bytes, cut or filled up with zeros to what the firmware has. */
const bytes = (digits: string, size: number): Uint8Array => {
  const out = new Uint8Array(size);
  out.set((fromHex(digits) ?? new Uint8Array()).subarray(0, size));
  return out;
};

const loadProfileSets = "3A25A00510FF 3A25A00510FF 3A25A00510FF 3A25A00510FF";
/** 7 logs; the sizes and counts of those that are recorded are set below. */
const logs = `07
  1F08 E800 FF00 0200 00 0000000000000000  2008 0D02 FF00 0800 01 0000000000000000
  2608 2300 FF00 0A00 00 0000000000000000  2908 0000 FF00 0000 01 0000000000000000
  2D08 0D02 FD00 0400 01 0000000000000000  4B08 8F00 FD00 0400 00 0000000000000000
  5108 0C00 FD00 0A00 00 0000000000000000  00`;

export const logDimensions = (registers: Registers): LogDimensions => {
  const { profile } = registers;
  const generation4 = reaches(profile, { meter: [4, 0] });
  const since370 = reaches(profile, { meter: [3, 70], module: [1, 20] });
  const since350 = reaches(profile, { meter: [3, 50], module: [1, 20] });

  const bt00 = `022A88 4E455320 0200FF0C0100 0A ${generation4 ? "14" : "0D"} 020C09 ${generation4 ? "04" : "03"}`;
  const et54 = bytes(generation4 ? "C601" : since370 ? "4600" : "0600", sizeOf(ET54, registers));
  // Both logs are optional: their factory count is 0, and a device without entries has nothing to show.
  if (since370) et54.set([50, 0], 80);
  const ET54value: ET54 = {
    ...decode(ET54, et54, registers),
    ...(reaches(profile, { meter: [3, 60], module: [1, 20] }) ? { et74EntryCount: 8 } : {}),
  };
  const withSets = { ...registers, ET54: ET54value };
  const BT60value = decode(BT60, bytes(`80990100 00 0C 20 ${loadProfileSets}`, sizeOf(BT60, withSets)), withSets);
  const withBT60 = { ...withSets, BT60: BT60value };
  const BT61value = decode(
    BT61,
    bytes("80990100 00 0C 20 3C006000040F 1E001800023C", sizeOf(BT61, withBT60)),
    withBT60,
  );
  const ET36value = decode(ET36, bytes(logs, 121), {});
  const registerCopy = sizeOf(BT23, registers);
  const dimensions = ET36value.actualDimensions.map((log, index) => {
    // The entry of a log of registers is as long as the registers are, with a date, a season and a number before them.
    if (index === adjustableLog.ET31)
      return { ...log, entrySize: 6 + (registers.BT21.demands > 0 ? 2 : 0) + registerCopy, currentEntries: 12 };
    if (index === adjustableLog.ET41) return { ...log, entrySize: 11 + registerCopy, currentEntries: 4 };
    if (index === adjustableLog.ET75) return { ...log, entrySize: generation4 ? 159 : 143 };
    return log;
  });
  const BT50value = decode(BT50, bytes("03182C1917C8002803", sizeOf(BT50, registers)), registers);
  return {
    BT00: decode(BT00, bytes(bt00, 19), {}),
    BT30: decode(BT30, bytes("01C203021E0001000000", sizeOf(BT30, registers)), registers),
    // Before 3.50 a calendar has 4 seasons and no single dates.
    BT50: since350 ? BT50value : { ...BT50value, seasons: 4, nonRecurringDates: 0, calendarTableSize: 693 },
    BT60: BT60value,
    BT61: BT61value,
    BT71: decode(BT71, bytes("060813020264000000", sizeOf(BT71, registers)), registers),
    ET04: { ...decode(ET04, new Uint8Array(sizeOf(ET04, registers)), registers), maxPowerOutagesRecorded: 10 },
    ET36: { ...ET36value, actualDimensions: dimensions },
    ET54: ET54value,
    ET90: decode(ET90, bytes("320014024020200520202020202802 0A03C80017", sizeOf(ET90, registers)), registers),
  };
};
