/** How often each meter was written to, across runs of the command. */
import type { WearState, WearStore } from "@meterport/client";
import type { Io } from "./io.ts";

/** What a meter goes by, known only once it has answered. */
export interface WearName {
  /** Maker, model and serial number: the number alone may be another maker's as well. */
  readonly full: string;
  /** The serial number alone, by which earlier versions kept it. */
  readonly former: string;
}

export const wearStoreOf = (io: Io, name: () => WearName): WearStore => ({
  load: async () => {
    const { full, former } = name();
    return (io.state.load(`wear-${full}`) ?? io.state.load(`wear-${former}`)) as WearState | undefined;
  },
  save: async (state) => io.state.save(`wear-${name().full}`, state),
});
