/** BT30, BT33, BT70, BT71, ET36, ET75 and ET90: the sizes of logs, lists and dimensions. */
import { encode, type Table, tableExists } from "@meterport/protocol/layout/index";
import { BT30, BT33, BT70, BT71, type Dimensions, ET36, ET74, ET75, ET90 } from "@meterport/protocol/tables/index";
import { filled, zeroValue } from "./filled.ts";
import type { Filling } from "./memory.ts";
import type { Setup } from "./setup.ts";

/** Display sources of the primary list, in the order in which they are shown; the guide does not say what they are. */
const displaySources = [0x0120, 0x0020];

const display = ({ dimensions }: Setup): Uint8Array => {
  const value = zeroValue(BT33, dimensions);
  for (const list of value.primaryDisplayLists) Object.assign(list, { onTime: 6, defaultList: 1, listItems: 3 });
  for (const [i, source] of displaySources.entries()) value.displaySources[i] = source;
  return encode(BT33, value, dimensions);
};

const logs = ({ dimensions, profile }: Setup): Uint8Array =>
  encode(
    BT70,
    {
      ...dimensions.BT71,
      standardEvents: 64,
      manufacturerEvents: 152,
      // Before 2.12 no BT71 says what is in use.
      historyEntries: tableExists(BT71, profile) ? 200 : dimensions.BT71.historyEntries,
    },
    dimensions,
  );

export const logTables = (setup: Setup): readonly (readonly [number, Filling])[] => {
  const { dimensions, profile } = setup;
  const emptyLog = <Id extends string, T extends { listType: boolean }>(table: Table<Id, T, Dimensions>) =>
    tableExists(table, profile)
      ? ([
          [table.number, () => encode(table, { ...zeroValue(table, dimensions), listType: true }, dimensions)],
        ] as const)
      : [];
  return [
    [BT30.number, () => encode(BT30, dimensions.BT30, dimensions)],
    [BT33.number, () => display(setup)],
    [BT70.number, () => logs(setup)],
    ...(tableExists(BT71, profile) ? ([[BT71.number, () => encode(BT71, dimensions.BT71, dimensions)]] as const) : []),
    [ET36.number, () => encode(ET36, dimensions.ET36, dimensions)],
    ...emptyLog(ET74),
    ...emptyLog(ET75),
    ...(tableExists(ET90, profile) ? ([[ET90.number, () => filled(ET90, dimensions, dimensions.ET90)]] as const) : []),
  ];
};
