import { at, atLeast, either, reserved, type TableValue, table, u8, u32 } from "../../layout/index.ts";

const since400 = atLeast({ meter: [4, 0] });

/** MEP guide 1.1, pp. 104-105. */
export const ET23 = table(
  "ET23",
  0x0817,
  "Miscellaneous Information",
  { read: "basic", write: "advanced" },
  {
    lonTalkMessagesReceived: at(0, u32, "Explicit LonTalk messages received, not validated", { vci: "M" }),
    lonTalkMessagesValidated: at(4, u32, "Explicit LonTalk messages whose digest was right", { vci: "M" }),
    reserved8: at(8, reserved(86), "Internal"),
    disconnectInternalStatus: at(94, u8, "What the load disconnect was told to do; says nothing on modules", {
      vci: "M",
      names: { 0: "closed", 1: "closing", 2: "opened", 3: "opening" },
    }),
    // The table may be written with the advanced key, this field never (p. 105).
    activeCalendarId: at(95, u32, "Id of the TOU calendar in force; must never be written", { vci: "M" }),
    // Printed 99..185, and 99..217 from 4.0.
    reserved99: at(99, reserved(either(since400, 119, 87)), "Internal"),
  },
);
export type ET23 = TableValue<typeof ET23>;
