import {
  at,
  cutMark,
  filler,
  next,
  numberSet,
  own,
  type TableValue,
  table,
  text,
  u8,
  uint,
} from "../../layout/index.ts";

const mark = "setsEnd";

/**
 * MEP guide 1.1, pp. 202-204; the Optical guide (p. 51) prints the same fields. Both call what follows byte 18 reserved.
 * A real meter sends there the six sets of ANSI C12.19-1997, table 0, as long as bytes 13 to 16 say (capture: BT00 of a
 * meter of the third generation, in bt00.vectors.ts). Firmware that ends at byte 18 leaves them out.
 */
export const BT00 = table(
  "BT00",
  0x0000,
  "General Configuration",
  { read: "basic", write: "never" },
  {
    dataOrder: at(0, uint(0, 0), "Byte order of fields of several bytes", {
      vci: "P",
      value: 0,
      names: { 0: "little-endian", 1: "big-endian" },
    }),
    charFormat: at(0, uint(1, 3), "Character set", { vci: "P", value: 1, names: { 1: "ASCII", 2: "ISO 8859-1" } }),
    filler4: at(0, filler(4, 7), "Filler"),
    timeFormat: at(1, uint(0, 2), "Form of dates and times", { vci: "F", value: 2, names: { 2: "one UINT8 a field" } }),
    dataAccessMethod: at(1, uint(3, 4), "How parts of a table are reached", {
      vci: "F",
      value: 1,
      names: { 1: "offset and count" },
    }),
    identificationFormat: at(1, uint(5, 5), "Form of the ids in BT01, BT05 and BT06", {
      vci: "P",
      value: 1,
      names: { 0: "CHAR", 1: "BCD" },
    }),
    integerFormat: at(1, uint(6, 7), "Form of signed integers", {
      vci: "F",
      value: 0,
      names: { 0: "two's complement" },
    }),
    nonIntegerFormat1: at(2, uint(0, 3), "Type of NI_FMAT1", { vci: "P", value: 8, names: { 8: "INT32" } }),
    nonIntegerFormat2: at(2, uint(4, 7), "Type of NI_FMAT2", { vci: "P", value: 8, names: { 8: "INT32" } }),
    manufacturer: at(3, text(4, "space"), "Manufacturer: NES or ELON", { vci: "P", value: "NES" }),
    nameplateType: at(7, u8, "Kind of meter", { vci: "F", value: 2, names: { 2: "electricity" } }),
    defaultSetUsed: at(8, u8, "Default sets of ANSI C12.10 in use", { vci: "F", value: 0, names: { 0: "none" } }),
    procedureParameterLength: at(9, u8, "Longest parameters of a procedure in BT07", {
      vci: "P",
      value: 255,
      unit: "byte",
    }),
    responseDataLength: at(10, u8, "Longest result of a procedure in BT08, ET59 and ET85", {
      vci: "P",
      value: 12,
      unit: "byte",
    }),
    standardVersion: at(11, u8, "Version of ANSI C12.19", { vci: "F", value: 1 }),
    standardRevision: at(12, u8, "Revision of ANSI C12.19", { vci: "P", value: 0 }),
    basicTablesUsedSize: at(13, u8, "Bytes in the set of basic tables", { vci: "P", value: 10 }),
    extendedTablesUsedSize: at(14, u8, "Bytes in the set of extended tables: 13, or 20 from firmware 4.0", {
      vci: "P",
      value: 13,
    }),
    basicProceduresUsedSize: at(15, u8, "Bytes in the set of basic procedures", { vci: "P", value: 2 }),
    extendedProceduresUsedSize: at(16, u8, "Bytes in the set of extended procedures", { vci: "P", value: 12 }),
    // The Optical guide prints 4, yet defines alarms up to byte 9 of BT03; 9 is the MEP guide's.
    manufacturerStatusLength: at(17, u8, "Bytes of manufacturer alarms and statuses", { vci: "P", value: 9 }),
    pendingTables: at(18, u8, "Pending tables: 2 or 3, 4 from firmware 4.0", { vci: "P", value: 3 }),
    basicTablesUsed: next(numberSet(own("basicTablesUsedSize"), mark), "Basic tables that the meter has: n is BTn"),
    extendedTablesUsed: next(
      numberSet(own("extendedTablesUsedSize"), mark),
      "Extended tables that the meter has: n is ETn",
    ),
    basicProceduresUsed: next(
      numberSet(own("basicProceduresUsedSize"), mark),
      "Basic procedures that the meter has: n is BPn",
    ),
    extendedProceduresUsed: next(
      numberSet(own("extendedProceduresUsedSize"), mark),
      "Extended procedures that the meter has: n is EPn",
    ),
    // As long as the sets of tables in use (ANSI C12.19-1997); they do not say which key writes them.
    basicTablesWritable: next(
      numberSet(own("basicTablesUsedSize"), mark),
      "Basic tables that can be written with some key: n is BTn",
    ),
    extendedTablesWritable: next(
      numberSet(own("extendedTablesUsedSize"), mark),
      "Extended tables that can be written with some key: n is ETn",
    ),
    setsEnd: next(cutMark(), "Where the answer ends, if that is within a set; takes no bytes"),
  },
);
export type BT00 = TableValue<typeof BT00>;
