import { array, at, bool, dimOr, filler, niFormat1, struct, type TableValue, table, u16 } from "../../layout/index.ts";
import { ET11 } from "./et11-mfg-dimension.ts";

/**
 * MEP guide 1.1, pp. 180-181. Kept in RAM: a power cycle resets it. Page 180 lets the basic key write it, Appendix C
 * (p. 268) has it as read-only; the text of the table counts.
 */
export const ET71 = table(
  "ET71",
  0x0847,
  "Delta Data Alerts",
  { read: "basic", write: "basic" },
  {
    deltaData: at(
      0,
      array(
        dimOr(ET11, "mepDataAlertSources", 0),
        struct({
          deltaDataMonitorSource: at(0, u16, "Extended id of the source that is watched", {
            vci: "H",
            value: 255,
            names: { 255: "not in use" },
          }),
          configuredDelta: at(2, u16, "Change that raises the alert; 0 = off", { vci: "H", value: 0 }),
          comparisonValue: at(4, niFormat1, "What the source is compared with; the meter moves it at each alert", {
            vci: "H/M",
            value: 0,
          }),
          sampledDataValue: at(8, niFormat1, "Value of the source, about once a second", { vci: "M", value: 0 }),
          sourceIdInvalid: at(12, bool(0), "There is no such source", { vci: "M", value: 0 }),
          // The "Alert State" bit of pp. 41 and 181 must be one of these; the layout does not have it.
          filler1: at(12, filler(1, 7), "Unused", { vci: "M" }),
        }),
      ),
      "One entry per watched source",
    ),
  },
  { since: { meter: [3, 40], module: [1, 20] } },
);
export type ET71 = TableValue<typeof ET71>;
