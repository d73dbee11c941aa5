/** Settings and records of ET09 that came with firmware 3.10: over-current time and harmonic distortion. MEP guide 1.1, pp. 80-81. */
import { array, at, ltimeDate, next, reserved, struct, u8, u16, when } from "../../layout/index.ts";
import { pastOutages, since310 } from "./et09-columns.ts";

// The offsets within a record are those printed for the first one, without the outage records before it.
const thdEvent = struct(
  {
    eventCount: at(151, u16, "Events", { vci: "M" }),
    eventTime: at(153, ltimeDate, "Latest event, UTC", { vci: "M" }),
    maxThd: at(159, u16, "Highest distortion of the latest event", { vci: "M", unit: "0.1 %" }),
    maxThdTime: at(161, ltimeDate, "When it was highest, UTC", { vci: "M" }),
    averageThd: at(167, u16, "Average distortion of the latest event", { vci: "M", unit: "0.1 %" }),
    // The page declares records of 22 bytes and describes 18; A = P + 357 = P + 147 + 3 * (4 + 3 * 22) proves the 22.
    reserved169: next(reserved(4), "Not described"),
  },
  { from: 151 },
);

export const harmonics = {
  powerUpQualityHoldTime: at(pastOutages(144), when(since310, u8), "Nothing is recorded so long after power-up", {
    vci: "H",
    unit: "s",
    value: 2,
  }),
  overCurrentTimeThreshold: at(
    pastOutages(145),
    when(since310, u16),
    "How long an over-current must last, at most 65000; 0 = any",
    { vci: "H", unit: "s" },
  ),
  thdRecords: at(
    pastOutages(147),
    when(
      since310,
      array(
        3,
        struct(
          {
            thdTimeThreshold: at(147, u16, "How long distortion must last, in steps of 10 s, at least 10; 0 = any", {
              vci: "H",
              unit: "s",
            }),
            // Printed as 0.1 %, with 10000 for 100 %, which would be 0.01 %.
            thdThreshold: at(149, u16, "Distortion that counts, 0..10000; 0 = off", { vci: "H", unit: "0.1 %" }),
            events: at(151, array(3, thdEvent), "L1, L2, L3"),
          },
          { from: 147 },
        ),
      ),
    ),
    "Distortion of voltage, of current, of apparent power; modules: voltage only",
  ),
} as const;
