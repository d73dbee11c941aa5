/** The end of each entry of the recurring read logs ET45 and ET74. MEP guide 1.1, pp. 126-127, 183. */
import { at, type Dim, entryDim, exceeds, minus, own, u8, u16 } from "../../layout/index.ts";
import { billingReadFields } from "./billing-read.ts";
import { adjustableLog, ET36 } from "./et36-mfg-table-actual-dimensions.ts";

/** ET36 describes ET45; ET74 has the same entries. */
export const recurringEntrySize = entryDim(ET36, "actualDimensions", adjustableLog.ET45, "entrySize");

/** Handles from 1000 on are MEP clients (pp. 28, 31): unlike in ET16 the place of an entry does not tell. */
const fromMep = exceeds(own("handle"), 999);

/** From the handle on; `start` is where the page prints it, `entrySize` what the whole entry occupies. */
export const recurringReadFields = <E>(start: number, entrySize: Dim<E>) => ({
  handle: at(start, u16, "Device that was read: 1..999 M-Bus, 1000..1999 MEP client 1, 2000..2999 MEP client 2", {
    vci: "M",
  }),
  executionStatus: at(start + 2, u8, "When it was read", { vci: "M", names: { 0: "normal", 2: "after a power-up" } }),
  result: at(start + 3, u8, "How it went", { vci: "M", names: { 4: "success" } }),
  ...billingReadFields(start + 4, minus(entrySize, 8), fromMep),
});
