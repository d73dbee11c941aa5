import { at, digits, type TableValue, table, text, u8 } from "../../layout/index.ts";

/**
 * MEP guide 1.1, pp. 204-205. Bytes 12, 13 and 16..23 are "Reserved" there (with slipped offsets, "5..15" and "5..16");
 * the Optical guide (p. 21) names them. Its serial number is "ARRAY[16] OF BCD": 16 digits in 8 bytes.
 */
export const BT01 = table(
  "BT01",
  0x0001,
  "General Manufacturer Information",
  { read: "basic", write: "never" },
  {
    manufacturer: at(0, text(4, "space"), "Name of the manufacturer", { vci: "H" }),
    model: at(4, text(8, "space"), "Model", { vci: "H" }),
    hardwareVersion: at(12, u8, "High byte of the hardware version", { vci: "M" }),
    hardwareRevision: at(13, u8, "Low byte of the hardware version", { vci: "M" }),
    firmwareVersion: at(14, u8, "High byte of the firmware version x.yy.zz, packed 4, 7 and 5 bits", { vci: "M" }),
    firmwareRevision: at(15, u8, "Low byte of the firmware version", { vci: "M" }),
    serialNumber: at(16, digits(8), "Serial number of the manufacturer", { vci: "H", identifies: "all" }),
  },
);
export type BT01 = TableValue<typeof BT01>;
