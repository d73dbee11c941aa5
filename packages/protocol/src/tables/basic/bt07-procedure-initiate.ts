import { at, rest, type TableValue, table, u8, uint } from "../../layout/index.ts";

/**
 * MEP guide 1.1, pp. 57-59. The guide names no key that reads it. Page 58 ends the procedure numbers at 2065, which
 * EP39 and EP61 contradict; the field has 12 bits.
 */
export const BT07 = table(
  "BT07",
  0x0007,
  "Procedure Initiate",
  { read: "never", write: "basic" },
  {
    procedure: at(0, uint(0, 11), "Number: n for BPn, 2048 + n for EPn", { vci: "H" }),
    responseHandling: at(0, uint(12, 15), "When a response is posted", {
      vci: "P",
      value: 0,
      names: { 0: "on completion" },
    }),
    sequence: at(2, u8, "5..9 for MEP clients, another one than last time: a repeated one is refused (0x04)", {
      vci: "H",
    }),
    parameters: at(3, rest(), "What the procedure needs, see its own layout; at most BT00.9 bytes unless in ET52", {
      vci: "H",
    }),
  },
);
export type BT07 = TableValue<typeof BT07>;
