/** An entry of BT26 and of ET31. MEP guide 1.1, pp. 111, 220. */
import { at, dim, either, exceeds, struct, u16, when } from "../../layout/index.ts";
import { BT21 } from "./bt21-actual-register.ts";
import { registerSnapshot } from "./register-snapshot.ts";

const withDemand = exceeds(dim(BT21, "demands"), 0);

export const selfReadEntry = struct(
  {
    bidn: at(6, when(withDemand, u16), "BIDN: names the configuration under which the entry was recorded", {
      vci: "M",
    }),
    // BT26 (p. 220) prints 8, 13 and 14, which holds with the number before; ET31 (p. 111) prints "6 (+2)".
    ...registerSnapshot(either(withDemand, 8, 6)),
  },
  { from: 6 },
);
