/** What a meter says about a load profile before its blocks are read: shape, channels, unit. MEP guide 1.1, pp. 36-38. */
import { LayoutError, UsageError } from "@meterport/protocol/errors";
import { mappedEntry } from "@meterport/protocol/meaning/extended-source";
import type { EnergyUnit } from "@meterport/protocol/meaning/readings";
import { BT61 } from "@meterport/protocol/tables/basic/bt61-actual-load-profile";
import { BT62 } from "@meterport/protocol/tables/basic/bt62-load-profile-control";
import { BT63 } from "@meterport/protocol/tables/basic/bt63-load-profile-status";
import { ET21 } from "@meterport/protocol/tables/extended/et21-load-profile-internal-configuration";
import { ET42 } from "@meterport/protocol/tables/extended/et42-interface-definition";
import { ET66 } from "@meterport/protocol/tables/extended/et66-load-profile-source-id-mapping";
import { askEnergyUnit } from "../live/energy-unit.ts";
import { mayHave } from "../meter/capabilities.ts";
import type { CallOptions, Meter } from "../meter/meter.ts";
import { orThrow } from "../meter/outcome.ts";
import { unlessRefused } from "../meter/read/table-bytes.ts";
import { type BlockAt, type BlockShape, blockShape } from "./load-profile-blocks.ts";
import type { ProfileChannel } from "./load-profile-intervals.ts";

/** How one data set is laid out, and what its channels are. */
export interface ProfileSetup {
  /** Undefined if the data set is not in use. */
  readonly shape: BlockShape | undefined;
  readonly channels: readonly ProfileChannel[];
  /** Wh or varh in a step of an energy channel; null if the meter does not say. */
  readonly energyUnit: EnergyUnit | null;
  /** ANSI compliance: some statuses are reported as others (p. 247). */
  readonly ansi: boolean;
  /** Changes when the load profile is reconfigured; undefined on firmware without it. */
  readonly configurationId: number | undefined;
}

/** Which blocks hold data at the moment. */
export interface ProfileStatus {
  readonly newest: BlockAt;
  readonly validBlocks: number;
}

const int32 = 32;
const failure = (path: string, detail: string): LayoutError => new LayoutError("shape", { path, offset: 0 }, detail);

/** @throws UsageError if the meter has no such data set; LinkError, ResponseError, LayoutError */
export const readSetup = async (meter: Meter, set: number, call: CallOptions): Promise<ProfileSetup> => {
  const actual = await meter.read(BT61, call);
  const entry = Number.isInteger(set) ? actual.dataSets[set - 1] : undefined;
  if (entry === undefined)
    throw new UsageError("no-such-data-set", `this meter has data sets 1 to ${actual.dataSets.length}, not ${set}`);
  const none = { shape: undefined, channels: [], energyUnit: null, ansi: false, configurationId: undefined };
  if (entry.blocks === 0) return none;
  const outcomes = await meter.batch(
    (want) => [want.read(BT62, ["dataSets", set - 1]), want.read(ET21, ["dataSets", set - 1])],
    call,
  );
  const control = orThrow(outcomes[0]);
  const internal = orThrow(outcomes[1]);
  const ansi = internal.ansiCompliance === true;
  const path = `BT61.dataSets.${set - 1}`;
  const shape = blockShape(entry, { endReadings: actual.endReadingSupported, ansi, path });
  checkShape(shape, internal, `ET21.dataSets.${set - 1}`);
  checkFormat(control, `BT62.dataSets.${set - 1}`);
  return {
    shape,
    channels: await channelsOf(meter, control, call),
    energyUnit: await askEnergyUnit(meter, call),
    ansi,
    configurationId: internal.loadProfileConfigurationId,
  };
};

/** Both tables must give the same sizes; otherwise no interval can be found with certainty. */
const checkShape = (shape: BlockShape, told: ET21["dataSets"][number], path: string): void => {
  const pairs = {
    blockSize: shape.blockSize,
    blockHeaderSize: shape.headerSize,
    simpleStatusOffset: shape.simpleStatusOffset,
    simpleStatusSize: shape.simpleStatusSize,
    interval0Offset: shape.headerSize,
    intervalSize: shape.intervalSize,
    channel0Offset: shape.extendedStatusSize,
    channels: shape.channels,
  } as const;
  for (const [name, expected] of Object.entries(pairs) as [keyof typeof pairs, number][])
    if (told[name] !== expected)
      throw failure(`${path}.${name}`, `says ${told[name]}, but the dimensions of BT61 make it ${expected}`);
};

const checkFormat = ({ format, scalars, divisors }: BT62["dataSets"][number], path: string): void => {
  if (format !== int32) throw failure(`${path}.format`, `format ${format} is not documented; only ${int32}, INT32, is`);
  if (scalars?.some((scalar, i) => scalar !== divisors?.[i]) === true)
    throw failure(`${path}.scalars`, "values are scaled before they are recorded, which no documented meter does");
};

/** A mapped source keeps its own id if ET66 cannot be read. */
const channelsOf = async (
  meter: Meter,
  { channelSettings }: BT62["dataSets"][number],
  call: CallOptions,
): Promise<ProfileChannel[]> => {
  const ids = channelSettings.map(({ intervalSource }) => intervalSource);
  const isMapped = ids.some((id) => mappedEntry(id) !== undefined);
  const hasMap = isMapped && (await mayHave(meter, ET66, call));
  const map = hasMap ? ((await unlessRefused(meter.read(ET66, call)))?.extendedSourceIds.flat() ?? []) : [];
  return ids.map((id, index) => ({ index, source: map[mappedEntry(id) ?? -1] ?? id }));
};

/** @throws LinkError, ResponseError, LayoutError */
export const readStatus = async (
  meter: Meter,
  set: number,
  shape: BlockShape,
  call: CallOptions,
): Promise<ProfileStatus> => {
  const status = await meter.read(BT63, ["dataSets", set - 1], call);
  const { blockOrder, intervalOrder, validBlocks, lastBlock, lastBlockSequenceNumber } = status;
  const path = `BT63.dataSets.${set - 1}`;
  if (blockOrder !== 0 || intervalOrder !== 0)
    throw failure(path, "blocks or intervals are in descending order, which no documented meter does");
  if (validBlocks > shape.blocks) throw failure(path, `${validBlocks} of ${shape.blocks} blocks are valid`);
  if (lastBlock >= shape.blocks) throw failure(path, `the newest block is ${lastBlock} of ${shape.blocks}`);
  return { newest: { block: lastBlock, sequence: lastBlockSequenceNumber }, validBlocks };
};

/** Whether the load profile is still the one that was set up, if the firmware has a number for that. */
export const isSameConfiguration = async (
  meter: Meter,
  set: number,
  { configurationId }: ProfileSetup,
  call: CallOptions,
): Promise<boolean> =>
  configurationId === undefined ||
  (await meter.read(ET21, ["dataSets", set - 1, "loadProfileConfigurationId"], call)) === configurationId;

/** From ET42, if the firmware has it: the count at which energy registers roll over. */
export const readRollover = async (
  meter: Meter,
  energyUnit: EnergyUnit | null,
  call: CallOptions,
): Promise<number | null> => {
  // The digits count Wh; the guide does not say how many a register of 10 or 100 Wh has (p. 125).
  if (energyUnit !== 1) return null;
  if (!(await mayHave(meter, ET42, call))) return null;
  const digits = (await unlessRefused(meter.read(ET42, call)))?.accumulatorRolloverDigit;
  return digits !== undefined && digits >= 5 && digits <= 9 ? 10 ** digits : null;
};
