import { array, at, ltimeDate, reserved, struct, type TableValue, table, u8, u16, u32 } from "../../layout/index.ts";
import { outageCount } from "./et09-columns.ts";
import { criticalVoltage } from "./et09-critical-voltage.ts";
import { harmonics } from "./et09-harmonics.ts";
import { voltageEvents } from "./et09-voltage-events.ts";

/** MEP guide 1.1, pp. 73-83. */
export const ET09 = table(
  "ET09",
  0x0809,
  "Power Quality",
  { read: "basic", write: "advanced" },
  {
    longOutageDurationThreshold: at(0, u16, "Outages from here on are long ones; 0 = all", { vci: "H", unit: "s" }),
    sag1SurgeTimeThreshold: at(2, u8, "How long a sag or surge must last; the seconds are added to it; 0 = any", {
      vci: "H",
      unit: "min",
    }),
    sag1Threshold: at(3, u8, "First sag threshold, under rated voltage", { vci: "H", unit: "%", value: 10 }),
    surgeThreshold: at(4, u8, "Surge threshold, over rated voltage", { vci: "H", unit: "%", value: 10 }),
    overCurrentThreshold: at(5, u8, "Over-current threshold, over reference current", { vci: "H", unit: "%" }),
    powerOutages: at(
      6,
      array(
        outageCount,
        struct(
          {
            powerOn: at(6, ltimeDate, "Power came back, UTC", { vci: "M" }),
            resetCause: at(12, u8, "Why the meter started", {
              vci: "M",
              names: { 3: "power failure", 8: "brown-out" },
            }),
            reserved13: at(13, reserved(1), "Internal", { vci: "M" }),
            powerOff: at(14, ltimeDate, "Power failed, UTC", { vci: "M" }),
            powerOffDuration: at(20, u32, "Full seconds without power", { vci: "M", unit: "s" }),
          },
          { from: 6 },
        ),
      ),
      "Latest outages, newest first",
    ),
    ...voltageEvents,
    ...harmonics,
    ...criticalVoltage,
  },
);
export type ET09 = TableValue<typeof ET09>;
