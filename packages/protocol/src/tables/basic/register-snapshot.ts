/** A dated copy of BT23, as BT24, BT25, BT26, ET31 and ET41 keep it. MEP guide 1.1, pp. 111, 117, 218, 220. */
import { at, type Dim, either, flag, plus, stimeDate, u8, when } from "../../layout/index.ts";
import { BT21 } from "./bt21-actual-register.ts";
import { BT23 } from "./bt23-current-register-data.ts";

const dated = flag(BT21, "dateTime");
const seasonal = flag(BT21, "season");

/**
 * The three fields from `offset` on. Date and season are absent where BT21 says so, and the number of demand resets is
 * part of the copy where it is part of BT23 (p. 207).
 */
export const registerSnapshot = <A>(offset: Dim<A>) => {
  const afterDate = plus(offset, either(dated, 5, 0));
  return {
    timeAndDate: at(offset, when(dated, stimeDate), "When this was taken, local time", { vci: "M" }),
    season: at(afterDate, when(seasonal, u8), "Season in effect", { vci: "M" }),
    registerData: at(plus(afterDate, either(seasonal, 1, 0)), BT23, "The registers as in BT23", { vci: "M" }),
  };
};
