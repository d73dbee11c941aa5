/** BT00, BT01, BT15, BT53, ET03: what a meter says of itself. */
import { encode } from "@meterport/protocol/layout/index";
import { BT00, BT01, BT15, BT53, ET03 } from "@meterport/protocol/tables/index";
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
  const { dimensions, generation4 } = setup;
  const general = (): Uint8Array =>
    encode(
      BT00,
      {
        dataOrder: 0,
        charFormat: 1,
        timeFormat: 2,
        dataAccessMethod: 1,
        identificationFormat: 1,
        integerFormat: 0,
        nonIntegerFormat1: 8,
        nonIntegerFormat2: 8,
        manufacturer: "NES",
        nameplateType: 2,
        defaultSetUsed: 0,
        procedureParameterLength: 255,
        responseDataLength: 12,
        standardVersion: 1,
        standardRevision: 0,
        basicTablesUsedSize: 10,
        extendedTablesUsedSize: generation4 ? 20 : 13,
        basicProceduresUsedSize: 2,
        extendedProceduresUsedSize: 12,
        manufacturerStatusLength: 9,
        pendingTables: generation4 ? 4 : 3,
      },
      dimensions,
    );
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
    [BT00.number, general],
    [BT01.number, maker],
    [
      BT15.number,
      () => encode(BT15, { multiplier: 1, offset: 0, ratiosApplied: false, ctRatio: 1, vtRatio: 1 }, dimensions),
    ],
    [BT53.number, () => encode(BT53, denmark, dimensions)],
    [ET03.number, () => filled(ET03, dimensions, { utilitySerialNumber: `DK${digitsOf(setup, 10, 2)}` })],
  ];
};
