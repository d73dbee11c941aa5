import { array, at, dim, next, reserved, struct, type TableValue, table, u8 } from "../../layout/index.ts";
import { ET11 } from "./et11-mfg-dimension.ts";

/** MEP guide 1.1, p. 171. Entries stand in the order of ET13. */
export const ET58 = table(
  "ET58",
  0x083a,
  "M-Bus/MEP Status Extension",
  { read: "basic", write: "never" },
  {
    devices: at(
      0,
      array(
        dim(ET11, "deviceCount"),
        struct({
          controlStatus: at(0, u8, "Latest status; ET34's control MDT says of what", { vci: "M" }),
          reserved1: next(reserved(19), "Reserved"),
        }),
      ),
      "One entry per M-Bus device and MEP client",
    ),
  },
);
export type ET58 = TableValue<typeof ET58>;
