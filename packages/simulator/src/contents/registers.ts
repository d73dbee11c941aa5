/** BT20, BT21, BT22, BT27: what BT23 and BT28 consist of. */
import { encode, tableExists } from "@meterport/protocol/layout/index";
import { presentValueOrder, summationOrder } from "@meterport/protocol/meaning/source-order";
import { BT20, BT21, BT22, BT27 } from "@meterport/protocol/tables/index";
import type { Filling } from "./memory.ts";
import type { Setup } from "./setup.ts";

/** Total powers first, then the reactive quadrants: the sources of the eight demands. */
export const demandSources: readonly number[] = [8, 9, 10, 11, 104, 105, 106, 107];
/** "Present Dmd 1" and the ones after it. */
const firstPresentDemand = 88;

export const registerTables = (setup: Setup): readonly (readonly [number, Filling])[] => {
  const { dimensions, profile, demand } = setup;
  const selection = (): Uint8Array =>
    encode(
      BT22,
      {
        summationSources: [...summationOrder(profile, demand)],
        demandSelect: demand ? [...demandSources] : [],
        // Every demand keeps its maximum.
        minMaxFlags: demand ? Uint8Array.of(0xff) : new Uint8Array(0),
        coincidentSelect: [],
        coincidentDemand: [],
      },
      dimensions,
    );
  const present = (): Uint8Array =>
    encode(
      BT27,
      {
        presentDemandSources: demand ? demandSources.map((_, i) => firstPresentDemand + i) : [],
        // As many as the dimensions say: both lists stop at the firmware's last value.
        presentValueSources: presentValueOrder(profile).slice(0, dimensions.BT21.presentValues),
      },
      dimensions,
    );
  return [
    [BT20.number, () => encode(BT20, dimensions.BT20, dimensions)],
    ...(tableExists(BT21, profile) ? ([[BT21.number, () => encode(BT21, dimensions.BT21, dimensions)]] as const) : []),
    [BT22.number, selection],
    [BT27.number, present],
  ];
};
