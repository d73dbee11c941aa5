import { at, filler, ltimeDate, type TableValue, table, uint } from "../../layout/index.ts";
import { clockFlags } from "./clock-flags.ts";

/** MEP guide 1.1, pp. 235-237. Moves each minute. */
export const BT55 = table(
  "BT55",
  0x0037,
  "Local Clock State",
  { read: "basic", write: "never" },
  {
    clock: at(0, ltimeDate, "Date and time of the tariff clock, local time", { vci: "M" }),
    ...clockFlags,
    // Counted from 0; the display counts tiers from 1.
    currentTier: at(7, uint(0, 2), "Tier in effect", { vci: "M" }),
    filler3: at(7, filler(3, 5), "Filler"),
    tierDrive: at(7, uint(6, 7), "What decided the tier", {
      vci: "M",
      names: { 0: "calendar", 1: "by hand until the next switch", 2: "by hand for good", 3: "override, see ET54" },
    }),
    specialSchedule: at(7, uint(8, 11), "Special (holiday) schedule in effect", { vci: "M" }),
    // "The range is 0-3" (p. 237) is stale: there are up to 12 seasons (p. 229).
    season: at(7, uint(12, 15), "Season in effect", { vci: "M" }),
  },
);
export type BT55 = TableValue<typeof BT55>;
