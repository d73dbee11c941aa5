import { at, ltimeDate, type TableValue, table } from "../../layout/index.ts";
import { clockFlags } from "./clock-flags.ts";

/** MEP guide 1.1, pp. 230-231. Moves each second. */
export const BT52 = table(
  "BT52",
  0x0034,
  "UTC Clock",
  { read: "basic", write: "never" },
  {
    clock: at(0, ltimeDate, "Date and time of the meter, UTC", { vci: "M" }),
    ...clockFlags,
  },
);
export type BT52 = TableValue<typeof BT52>;
