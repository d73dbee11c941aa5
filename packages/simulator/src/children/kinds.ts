/** The four meters of `children: "four"`: what each counts, and the records of its telegram. Their makers do not exist. */
import type { Millis } from "@meterport/protocol/ports";
import type { Noise } from "../household/noise.ts";
import type { Growth, GrowthOptions } from "./growth.ts";
import {
  binary,
  digits4,
  digits6,
  digits8,
  errorFlags,
  int8,
  int16,
  int32,
  packed,
  takenAt,
  valveHeader,
} from "./records.ts";

/** What a kind of meter says now. */
export interface Reading {
  readonly time: Millis;
  /** What the local clock shows then. */
  readonly local: Millis;
  readonly growth: Growth;
  readonly valve: "open" | "closed";
  readonly errors: number;
}

export interface ChildKind {
  readonly name: "water" | "heat" | "gas" | "electricity";
  /** As EN 13757-3 numbers them (MEP guide 1.1, p. 94). */
  readonly medium: number;
  readonly manufacturerId: number;
  /** Its data type in ET57, which the load profile takes. */
  readonly dataType: number;
  /** Header of the record that counts, with zeros up to three bytes. */
  readonly header: readonly [number, number, number];
  readonly hasValve: boolean;
  readonly growth: (noise: Noise, lane: number) => GrowthOptions;
  readonly records: (reading: Reading) => readonly number[];
  /** The four bytes of the counter in the telegram. */
  readonly counter: (growth: Growth, time: Millis) => readonly number[];
}

/** Three letters of five bits (MEP guide 1.1, p. 93). */
const maker = (letters: string): number => [...letters].reduce((id, letter) => id * 32 + letter.charCodeAt(0) - 64, 0);

const grows =
  (perDay: number, rest: Omit<GrowthOptions, "base" | "perDay">, most: number) =>
  (noise: Noise, lane: number): GrowthOptions => ({
    ...rest,
    perDay: perDay * noise.between(0, 0.7, 1.4, lane),
    base: Math.floor(noise.between(1, most / 100, most, lane)),
  });

const wave = (time: Millis, period: Millis): number => Math.sin((2 * Math.PI * time) / period);
const day = 86_400_000;
const year = 365.25 * day;

const eightDigits = (growth: Growth, time: Millis): readonly number[] => packed(growth.at(time), 8);
const valveRecord = (valve: "open" | "closed"): readonly number[] =>
  int8(valveHeader.slice(1), valve === "open" ? 1 : 0);

const water: ChildKind = {
  name: "water",
  medium: 7,
  manufacturerId: maker("VRT"),
  dataType: 2,
  header: [0x0c, 0x13, 0],
  hasValve: true,
  growth: grows(320, { winter: 0, daily: 0.9, hour: 0.3 }, 900_000),
  records: ({ time, local, growth, valve, errors }) => [
    // Litres, litres an hour, tenths of a degree.
    ...digits8([0x13], growth.at(time)),
    ...digits6([0x3b], growth.perHour(time)),
    ...digits4([0x5a], 105 - 35 * Math.cos((2 * Math.PI * (time - 30 * day)) / year)),
    ...takenAt(local),
    ...errorFlags(errors),
    ...valveRecord(valve),
  ],
  counter: eightDigits,
};

/** Litres of water that carry a kilowatt-hour over 40 degrees. */
const litresPerKwh = 21.5;

const heat: ChildKind = {
  name: "heat",
  medium: 4,
  manufacturerId: maker("VRH"),
  dataType: 3,
  header: [0x0c, 0x06, 0],
  hasValve: false,
  growth: grows(38, { winter: 0.8, daily: 0.2, hour: 0.25 }, 90_000),
  records: ({ time, local, growth, errors }) => {
    const [forward, back] = [720 + 30 * wave(time, day), 320 + 15 * wave(time, day / 3)].map(Math.floor) as [
      number,
      number,
    ];
    return [
      // Kilowatt-hours, hundredths of a cubic metre, watts, litres an hour, tenths of a degree three times.
      ...digits8([0x06], growth.at(time)),
      ...digits8([0x14], (growth.at(time) * litresPerKwh) / 10),
      ...digits6([0x2b], growth.perHour(time) * 1000),
      ...digits6([0x3b], growth.perHour(time) * litresPerKwh),
      ...digits4([0x5a], forward),
      ...digits4([0x5e], back),
      ...digits4([0x62], forward - back),
      ...takenAt(local),
      ...errorFlags(errors),
    ];
  },
  counter: eightDigits,
};

const gas: ChildKind = {
  name: "gas",
  medium: 3,
  manufacturerId: maker("VRG"),
  dataType: 1,
  header: [0x0c, 0x93, 0x3a],
  hasValve: true,
  growth: grows(4200, { winter: 0.7, daily: 0.3, hour: 0.28 }, 9_000_000),
  records: ({ time, local, growth, valve, errors }) => [
    // Litres, not temperature-corrected, and litres an hour.
    ...digits8([0x93, 0x3a], growth.at(time)),
    ...digits6([0x3b], growth.perHour(time)),
    ...takenAt(local),
    ...errorFlags(errors),
    ...valveRecord(valve),
  ],
  counter: eightDigits,
};

const electricity: ChildKind = {
  name: "electricity",
  medium: 2,
  manufacturerId: maker("VRE"),
  dataType: 4,
  header: [0x04, 0x03, 0],
  hasValve: false,
  growth: grows(6500, { winter: 0.2, daily: 0.6, hour: 0.75 }, 20_000_000),
  records: ({ time, local, growth, errors }) => {
    const volts = 230 + 3 * wave(time, day / 5);
    return [
      // Watt-hours, watts, tenths of a volt, milliamperes.
      ...int32([0x03], growth.at(time)),
      ...int32([0x2b], growth.perHour(time)),
      ...int16([0xfd, 0x48], volts * 10),
      ...int16([0xfd, 0x59], (growth.perHour(time) / volts) * 1000),
      ...takenAt(local),
      ...errorFlags(errors),
    ];
  },
  counter: (growth, time) => binary(growth.at(time), 4),
};

/** By slot. */
export const childKinds: readonly ChildKind[] = [water, heat, gas, electricity];
/** The data type of ET57 that is a valve. */
export const valveDataType = 5;
