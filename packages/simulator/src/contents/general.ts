/** BT01, BT15, BT53, ET03: what a meter says about itself. BT00 describes all tables, so the whole meter makes it. */
import { encode } from "@meterport/protocol/layout/index";
import { BT01, BT15, BT53, ET03 } from "@meterport/protocol/tables/index";
import { filled } from "./filled.ts";
import type { Filling } from "./memory.ts";
import { digitsOf, type Setup } from "./setup.ts";
import { denmark } from "./zone.ts";

/** The third number of the firmware; the profile has two. */
const build = (setup: Setup): number => (setup.generation4 ? 5 : 12);

/** x.yy.zz packed into 4, 7 and 5 bits, high byte first. */
const packedFirmware = (setup: Setup): readonly [number, number] => {
  const [major, minor] = setup.profile.firmware;
  const packed = ((major & 0xf) << 12) | ((minor & 0x7f) << 5) | build(setup);
  return [packed >> 8, packed & 0xff];
};

const modelOf = (setup: Setup): string => {
  if (setup.profile.family === "module") return "CPM 6000";
  return setup.generation4 ? "83334-3I" : "83331-3I";
};

/** Eight bytes that name the firmware: while they stay, every dimension marked P stays. */
export const programIdOf = (setup: Setup): Uint8Array =>
  Uint8Array.of(
    0x9f,
    0xff,
    0xff,
    setup.profile.family === "module" ? 2 : 1,
    0,
    ...setup.profile.firmware,
    build(setup),
  );

export const generalTables = (setup: Setup): readonly (readonly [number, Filling])[] => {
  const { dimensions } = setup;
  const maker = (): Uint8Array => {
    const [firmwareVersion, firmwareRevision] = packedFirmware(setup);
    const serialNumber = digitsOf(setup, 8, 1).padStart(16, "0");
    return encode(
      BT01,
      {
        manufacturer: "NES",
        model: modelOf(setup),
        hardwareVersion: 0x10,
        hardwareRevision: 0,
        firmwareVersion,
        firmwareRevision,
        serialNumber,
      },
      dimensions,
    );
  };
  return [
    [BT01.number, maker],
    [
      BT15.number,
      () => encode(BT15, { multiplier: 1, offset: 0, ratiosApplied: false, ctRatio: 1, vtRatio: 1 }, dimensions),
    ],
    [BT53.number, () => encode(BT53, denmark, dimensions)],
    [ET03.number, () => filled(ET03, dimensions, { utilitySerialNumber: `DK${digitsOf(setup, 10, 2)}` })],
  ];
};
