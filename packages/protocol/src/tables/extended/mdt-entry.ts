import { array, at, bool, struct, u8, uint } from "../../layout/index.ts";

/** One entry of ET57, which ET42 repeats. MEP guide 1.1, p. 170. */
export const mdtEntry = struct({
  entryType: at(0, uint(0, 1), "What the entry is", {
    vci: "H",
    value: 0,
    names: { 0: "empty", 1: "M-Bus", 2: "MEP", 3: "extension of the entry before" },
  }),
  mdt: at(0, uint(2, 6), "M-Bus data type; means nothing in an extension", { vci: "H", value: 0 }),
  special: at(0, bool(7), "Goes before other entries of the same data type, such as temperature-compensated values", {
    vci: "H",
    value: false,
  }),
  drh: at(1, array(3, u8), "M-Bus: data record header; MEP: offset in the message, length and bytes to compare", {
    vci: "H",
  }),
});
