/** How often each meter was written to, across runs of the command. */
import type { WearState, WearStore } from "@meterport/client";
import type { Io } from "./io.ts";

/** `name` tells the meter's serial number, or whatever else it goes by; it is known only once the meter has answered. */
export const wearStoreOf = (io: Io, name: () => string): WearStore => ({
  load: async () => io.state.load(`wear-${name()}`) as WearState | undefined,
  save: async (state) => io.state.save(`wear-${name()}`, state),
});
