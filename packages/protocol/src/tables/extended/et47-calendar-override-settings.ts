import { at, ltimeDate, type TableValue, table, u8, u32 } from "../../layout/index.ts";

/** The settings alone: the pending mirror of this table has them too. MEP guide 1.1, pp. 128-129. */
const calendarOverrideFields = {
  // Meters before 3.70 and modules before 1.20 serve the tiers 0 to 3 only.
  tariff: at(0, u8, "Tier to force, 0..7; 255 ends an override", {
    vci: "HD/HI",
    value: 255,
    names: { 255: "cancel" },
  }),
  cancellation: at(1, u8, "What ends the override", {
    vci: "HD/HI",
    names: {
      0: "next tier switch of the calendar",
      1: "nothing",
      2: "after the override duration",
      3: "at the cancellation time",
    },
  }),
  overrideDuration: at(2, u32, "How long it lasts with cancellation 2; 0 = no switch", { vci: "HD/HI", unit: "s" }),
  cancellationTime: at(6, ltimeDate, "When it ends with cancellation 3, UTC", { vci: "HD/HI" }),
  calendarId: at(12, u32, "Calendar in force while it lasts; must be a valid one", { vci: "HD/HI" }),
} as const;

/** MEP guide 1.1, pp. 128-129. */
export const ET47 = table(
  "ET47",
  0x082f,
  "Calendar Override Settings",
  { read: "basic", write: "advanced" },
  calendarOverrideFields,
);
export type ET47 = TableValue<typeof ET47>;
