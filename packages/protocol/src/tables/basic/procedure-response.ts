/** What BT08, ET59 and ET85 share: the answer to the last procedure. MEP guide 1.1, pp. 58-59. */
import { at, filler, rest, u8, uint } from "../../layout/index.ts";

export const procedureResponseFields = {
  procedure: at(0, uint(0, 11), "Number of the procedure: n for BPn, 2048 + n for EPn", { vci: "M" }),
  filler12: at(0, filler(12, 15), "Filler"),
  sequence: at(2, u8, "That of the request in BT07: another one means another request, maybe of another client", {
    vci: "M",
  }),
  result: at(3, u8, "Result; a procedure may give some of them its own meaning", {
    vci: "M",
    names: {
      0: "done",
      1: "accepted, but not done completely",
      2: "a parameter is invalid",
      3: "conflicts with the present setup of the device",
      4: "not possible at this time",
      5: "the key does not permit it",
      6: "the device does not know this procedure",
    },
  }),
  data: at(4, rest(), "What the procedure gives back, see its own layout; at most BT00.10 bytes", { vci: "M" }),
} as const;
