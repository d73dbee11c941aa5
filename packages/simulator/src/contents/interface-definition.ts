/** ET42: what other tables say, repeated in one table. */
import { encode, reaches, sizeOf, tableExists } from "@meterport/protocol/layout/index";
import { BT23, ET42, ET57 } from "@meterport/protocol/tables/index";
import { blockShape } from "./block-shape.ts";
import { dataTypes } from "./devices.ts";
import { mappedSources, sourcesOf } from "./load-profile.ts";
import { demandSources } from "./registers.ts";
import type { Setup } from "./setup.ts";

const fixedLength = 41;
const logLength = 3;
const setLength = 14;
const firstMapped = 112;
const rolloverDigits = 9;

const extendedSource = (setup: Setup, id: number): number => mappedSources(setup)[id - firstMapped] ?? id;

export const interfaceDefinition = (setup: Setup): Uint8Array => {
  const { dimensions, profile, demand } = setup;
  const { BT21, BT61, BT71, ET36, ET54 } = dimensions;
  const since360 = reaches(profile, { meter: [3, 60], module: [1, 20] });
  const since370 = reaches(profile, { meter: [3, 70], module: [1, 20] });
  const requiredLength = since370 ? 8 : since360 ? 3 : 0;
  const first = blockShape(BT61.dataSets[0] ?? { blocks: 0, intervals: 0, channels: 0, maximumIntervalTime: 0 });
  const types = tableExists(ET57, profile) ? dataTypes(setup) : [];
  const others = BT61.dataSets.slice(1).map(blockShape);
  const several = others.length > 0;
  const active = others.map(({ blocks }) => blocks > 0);
  // Sets that are not in use are left out.
  const sets = others.flatMap((shape, i) => (active[i] === true ? [{ shape, sources: sourcesOf(setup, i + 1) }] : []));
  const setsLength = sets.reduce((sum, { shape }) => sum + setLength + 2 * shape.channels, several ? 1 : 0);
  const demands = demandSources.slice(0, BT21.demands);
  const { count } = ET36;
  const tableLength =
    fixedLength +
    logLength * count +
    demands.length +
    BT21.coincidents +
    2 * first.channels +
    (1 + 4 * types.length) +
    setsLength +
    requiredLength;
  const value = {
    tableLength,
    fixedSectionLength: fixedLength,
    logListSize: count,
    icaNak: false,
    billingLoadProfileFormat2: reaches(profile, { meter: [3, 50], module: [1, 20] }),
    c1219Compliance: 0,
    billingInterfaceDefinitionNumber: 0,
    demandResetCounter: BT21.demandResetCounter,
    cumulativeDemand: BT21.cumulativeDemand,
    continuousCumulativeDemand: BT21.continuousCumulativeDemand,
    demandConfigured: demand,
    unreadLogEntriesBitmapEnabled: true,
    selfReads: BT21.selfReads,
    summations: BT21.summations,
    demands: BT21.demands,
    coincidentValues: BT21.coincidents,
    occurrences: BT21.occurrences,
    tiers: BT21.tiers,
    presentDemands: BT21.presentDemands,
    presentValues: BT21.presentValues,
    demandSubInterval: demand ? 15 : 0,
    demandMultiplier: demand ? 1 : 0,
    tierSize: Math.floor(sizeOf(BT23, dimensions) / (1 + BT21.tiers)),
    blockSize: first.blockSize,
    blocks: first.blocks,
    channels: first.channels,
    intervalDuration: first.minutes,
    intervalSize: first.intervalSize,
    options: 0,
    intervalsPerBlock: first.intervals,
    blockStartHour: 0,
    blockStartMinute: 0,
    historyLogEventNumber: BT71.eventNumber,
    historyLogDateTime: BT71.historyDateTime,
    historyLogSequenceNumber: BT71.historySequenceNumber,
    historyLogInhibitOverflow: false,
    eventLogInhibitOverflow: false,
    historyLogCount: BT71.historyEntries,
    historyLogEntrySize: BT71.historyDataLength,
    fixedTail: new Uint8Array(0),
    logs: ET36.actualDimensions.map(({ currentEntries, entrySize }) => ({ count: currentEntries, entrySize })),
    demandSources: [...demands],
    coincidentSources: Array<number>(BT21.coincidents).fill(0),
    loadProfileExtendedSources: sourcesOf(setup, 0).slice(0, first.channels),
    mdttCurrentEntries: types.length,
    mdttEntries: types,
    ...(several
      ? {
          dataSet2Active: active[0] === true,
          dataSet3Active: active[1] === true,
          dataSet4Active: active[2] === true,
          dataSets: sets.map(({ shape, sources }) => ({
            blockSize: shape.blockSize,
            blocks: shape.blocks,
            channels: shape.channels,
            intervalDuration: shape.minutes,
            intervalSize: shape.intervalSize,
            options: 0,
            intervalsPerBlock: shape.intervals,
            blockStartHour: 0,
            blockStartMinute: 0,
            loadProfileExtendedSources: sources.map((id) => extendedSource(setup, id)),
          })),
        }
      : {}),
    ...(since360 ? { requiredSectionLength: requiredLength, et74EntryCount: ET54.et74EntryCount ?? 0 } : {}),
    ...(since370
      ? {
          et77EntryCount: 0,
          et79EntryCount: ET54.et79EntryCount ?? 0,
          energyRegisterUnit: 1,
          accumulatorRolloverDigit: rolloverDigits,
        }
      : {}),
    ...(since360 ? { requiredTail: new Uint8Array(0) } : {}),
  };
  return encode(ET42, value, dimensions);
};
