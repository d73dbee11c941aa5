import { array, at, entryDim, struct, type TableValue, table, u8, u16 } from "../../layout/index.ts";
import { registerSnapshot } from "../basic/register-snapshot.ts";
import { shortLogHeader } from "../basic/short-log-header.ts";
import { adjustableLog, ET36 } from "./et36-mfg-table-actual-dimensions.ts";

/** MEP guide 1.1, pp. 116-117. BT25 is a copy of its newest entry. It has no entries until EP32 configures demand. */
export const ET41 = table(
  "ET41",
  0x0829,
  "Historical Demand Reset Log",
  { read: "basic", write: "never" },
  {
    ...shortLogHeader,
    demandResetEntries: at(
      6,
      array(
        entryDim(ET36, "actualDimensions", adjustableLog.ET41, "currentEntries"),
        struct(
          {
            length: at(6, u16, "Bytes of the entry that count", { vci: "M", unit: "byte" }),
            resetReason: at(8, u8, "What caused the reset", {
              vci: "M",
              names: { 0: "schedule", 1: "procedure EP33 or EP34", 2: "push button", 3: "pending table" },
            }),
            bidn: at(9, u16, "BIDN: names the configuration under which the entry was recorded", { vci: "M" }),
            ...registerSnapshot(11),
          },
          { from: 6 },
        ),
        entryDim(ET36, "actualDimensions", adjustableLog.ET41, "entrySize"),
      ),
      "Demand resets",
    ),
  },
);
export type ET41 = TableValue<typeof ET41>;
