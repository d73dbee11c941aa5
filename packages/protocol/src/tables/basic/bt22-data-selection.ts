import { array, at, bitBytes, bytes, dim, plus, type TableValue, table, u8 } from "../../layout/index.ts";
import { BT21 } from "./bt21-actual-register.ts";

const summations = dim(BT21, "summations");
const demands = dim(BT21, "demands");
const coincidents = dim(BT21, "coincidents");
const afterDemands = plus(summations, demands);
const afterFlags = plus(afterDemands, bitBytes(demands));

/** MEP guide 1.1, pp. 208-213. */
export const BT22 = table(
  "BT22",
  0x0016,
  "Data Selection",
  { read: "basic", write: "never" },
  {
    summationSources: at(0, array(summations, u8), "Source id of each summation of BT23", { vci: "M" }),
    demandSelect: at(summations, array(demands, u8), "Source id of each demand of BT23", { vci: "M" }),
    minMaxFlags: at(
      afterDemands,
      bytes(bitBytes(demands), "SET"),
      "Bit per demand, lowest first: 1 maximum, 0 minimum",
      { vci: "M" },
    ),
    coincidentSelect: at(afterFlags, array(coincidents, u8), "Source id of each coincident value", { vci: "M" }),
    coincidentDemand: at(
      plus(afterFlags, coincidents),
      array(coincidents, u8),
      "Index into `demandSelect` of the demand that each coincident value goes with",
      { vci: "M" },
    ),
  },
);
export type BT22 = TableValue<typeof BT22>;
