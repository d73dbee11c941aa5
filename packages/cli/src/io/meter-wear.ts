/** Counts the writes to each meter across runs of the command. */
import type { WearState, WearStore } from "@meterport/client";
import type { Io } from "./io.ts";

/** The names of a meter, known only once it has answered. */
export interface WearName {
  /** Manufacturer, model and serial number: two manufacturers may use the same number. */
  readonly full: string;
  /** The serial number alone, as earlier versions used it. */
  readonly former: string;
}

export const wearStoreOf = (io: Io, name: () => WearName): WearStore => ({
  load: async () => {
    const { full, former } = name();
    return (io.state.load(`wear-${full}`) ?? io.state.load(`wear-${former}`)) as WearState | undefined;
  },
  save: async (state) => io.state.save(`wear-${name().full}`, state),
});
