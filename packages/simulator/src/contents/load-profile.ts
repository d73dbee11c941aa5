/** BT60, BT61, BT62, ET62 and ET66: what the load profile records. */
import { twoDigits } from "@meterport/protocol/digits";
import { encode } from "@meterport/protocol/layout/index";
import { BT60, BT61, BT62, ET62, ET66 } from "@meterport/protocol/tables/index";
import { childKinds } from "../children/kinds.ts";
import { filled, zeroValue } from "./filled.ts";
import type { Filling } from "./memory.ts";
import type { Setup } from "./setup.ts";

/** Source ids of each data set's channels: energies of the meter; in the second one energy and what ET66 maps 112 to. */
const channelSources: readonly (readonly number[])[] = [[0, 1, 2, 3], [0, 112], [], []];
/** An M-Bus device and its data type in ET57 (MEP guide 1.1, pp. 38-40). */
const mbusSource = (slot: number, dataType: number): number => 0x4000 | (slot << 8) | dataType;
const firstMapped = 112;
/** Values of M-Bus devices that are recorded, by entry of ET66; the index of an entry is the device's slot. */
export const mappedSources = ({ fourChildren }: Setup): readonly number[] =>
  fourChildren ? childKinds.map(({ dataType }, slot) => mbusSource(slot, dataType)) : [mbusSource(0, 1)];
/** Sources of a data set of this meter. */
export const sourcesOf = (setup: Setup, set: number): readonly number[] =>
  set === 1 && setup.fourChildren
    ? [0, ...childKinds.map((_, slot) => firstMapped + slot)]
    : (channelSources[set] ?? []);
const int32 = 32;

const control = (setup: Setup): Uint8Array => {
  const { dimensions } = setup;
  return encode(
    BT62,
    {
      dataSets: dimensions.BT61.dataSets.map(({ channels }, set) => ({
        channelSettings: Array.from({ length: channels }, (_, i) => ({
          endReading: false,
          filler1: 0,
          intervalSource: sourcesOf(setup, set)[i] ?? 0,
          endReadingSource: 0,
        })),
        format: int32,
      })),
    },
    dimensions,
  );
};

const display = ({ dimensions, generation4 }: Setup): Uint8Array => {
  const code = (text: string): string => text.padEnd(generation4 ? 5 : 4);
  const { codeWords } = zeroValue(ET62, dimensions);
  return filled(ET62, dimensions, {
    loadProfileListIdCode: code("P01"),
    loadProfileListIdDecimalPointState: 4,
    loadProfileDateIdCode: code("DATE"),
    intervalTimeIdCode: code("TIME"),
    extendedStatusIdCode: code("STAT"),
    codeWords: codeWords.map((word, i) => ({
      ...word,
      channelIdCode: code(`CH${twoDigits(i + 1)}`),
      fieldsBeforeDp: 8,
    })),
    powerOutageListIdCode: code(""),
    powerOutageNumberIdCode: code("NUM"),
  });
};

const mapping = (setup: Setup): Uint8Array => {
  const { dimensions } = setup;
  const { extendedSourceIds } = zeroValue(ET66, dimensions);
  for (const [i, id] of mappedSources(setup).entries()) (extendedSourceIds[0] as number[])[i] = id;
  return encode(ET66, { extendedSourceIds }, dimensions);
};

export const loadProfileTables = (setup: Setup): readonly (readonly [number, Filling])[] => {
  const { dimensions } = setup;
  return [
    [BT60.number, () => encode(BT60, dimensions.BT60, dimensions)],
    [BT61.number, () => encode(BT61, dimensions.BT61, dimensions)],
    [BT62.number, () => control(setup)],
    [ET62.number, () => display(setup)],
    [ET66.number, () => mapping(setup)],
  ];
};
