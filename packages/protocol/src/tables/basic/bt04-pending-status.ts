import {
  array,
  at,
  bytes,
  dim,
  filler,
  plus,
  stimeDate,
  struct,
  type TableValue,
  table,
  u8,
  uint,
} from "../../layout/index.ts";
import { BT00 } from "./bt00-general-configuration.ts";
import { pendingEventFields } from "./pending-event.ts";

const basicBytes = dim(BT00, "basicTablesUsedSize");
const extendedBytes = dim(BT00, "extendedTablesUsedSize");
const afterSets = plus(basicBytes, extendedBytes);

/** Optical guide 1.1, pp. 12-13; the MEP guide lists the table (p. 265) without its layout. */
export const BT04 = table(
  "BT04",
  0x0004,
  "Pending Status",
  { read: "basic", write: "never" },
  {
    // "ARRAY[BT00.13] OF BOOL": a bitmap of that many bytes.
    basicPending: at(0, bytes(basicBytes, "SET"), "Bit per basic table, lowest first: it has a pending table", {
      vci: "M",
    }),
    extendedPending: at(
      basicBytes,
      bytes(extendedBytes, "SET"),
      "Bit per extended table, lowest first: it has a pending table",
      { vci: "M" },
    ),
    lastActivation: at(afterSets, stimeDate, "When a pending table last took effect", { vci: "M" }),
    activationCount: at(plus(afterSets, 5), u8, "Activations that are pending", { vci: "M" }),
    pendingActivations: at(
      plus(afterSets, 6),
      array(
        dim(BT00, "pendingTables"),
        struct({
          ...pendingEventFields("M"),
          tableId: at(6, uint(0, 11), "Number of the table that is replaced, without the 4096 of pending tables", {
            vci: "M",
          }),
          stillPending: at(6, uint(12, 12), "Whether it still waits", {
            vci: "M",
            names: { 0: "no", 1: "pending" },
          }),
          filler13: at(6, filler(13, 15), "Not printed"),
        }),
      ),
      "Entries of pending tables",
    ),
  },
);
export type BT04 = TableValue<typeof BT04>;
