import {
  array,
  at,
  atLeast,
  bool,
  dimOr,
  filler,
  struct,
  type TableValue,
  table,
  u8,
  u16,
  when,
} from "../../layout/index.ts";
import { ET11 } from "./et11-mfg-dimension.ts";

// Page 135 names meters only; module 1.20 has the byte after this one (p. 136), so it has this one too, and the bit that goes with it.
const since340 = atLeast({ meter: [3, 40], module: [1, 20] });
const since370 = atLeast({ meter: [3, 70], module: [1, 20] });

/** MEP guide 1.1, pp. 133-136. One client below firmware 4.0, which does not publish the count. */
export const ET51 = table(
  "ET51",
  0x0833,
  "MEP Device Configuration",
  { read: "basic", write: "basic" },
  {
    clients: at(
      0,
      array(
        dimOr(ET11, "mepChannelCount", 1),
        struct({
          // The printed default contradicts page 26 and ET55, where the timers are off.
          enableOpticalDosTimer: at(
            0,
            bool(0),
            "Optical denial-of-service timers; in ET55 where two MEP ports are enabled",
            {
              vci: "H",
              value: true,
            },
          ),
          monitorMepHealth: at(0, bool(1), "Requests of the client are watched, ET14 tells whether it is up", {
            vci: "H",
            value: false,
          }),
          // The MEP guide names no firmware; the Optical guide does (p. 17).
          resetDeviceDownMep: at(0, bool(2), "The client is reset when it goes from up to down", {
            vci: "H",
            value: false,
            since: "meter 3.40, module 1.20",
          }),
          resetMepNow: at(0, bool(3), "Resets the client, then clears itself", {
            vci: "H",
            value: false,
            since: "meter 3.60, module 1.20",
          }),
          filler4: at(0, filler(4, 6), "Unused", { vci: "H" }),
          disableMep: at(0, bool(7), "The meter does nothing for MEP at all", { vci: "H", value: false }),
          healthTimeout: at(1, u16, "Silence of the client before it counts as down", {
            vci: "H",
            unit: "s",
            value: 60,
          }),
          onDemandTimeout: at(3, u8, "Age at which an entry of ET15 or ET20 ends as not answered", {
            vci: "H",
            unit: "s",
            value: 30,
          }),
          opticalSessionTimeout: at(4, u16, "Longest optical session; in ET55 where two MEP ports are enabled", {
            vci: "H",
            unit: "s",
            value: 600,
          }),
          opticalSessionHoldOff: at(6, u16, "Pause after that; in ET55 where two MEP ports are enabled", {
            vci: "H",
            unit: "s",
            value: 300,
          }),
          mepDownResetDuration: at(8, when(since340, u8), "How long the reset line is held; 0 counts as 1", {
            vci: "H",
            unit: "s",
            value: 1,
          }),
          deactivateHan: at(9, when(since370, bool(0)), "The home area network of the client is to be off", {
            vci: "H",
          }),
          filler1: at(9, when(since370, filler(1, 7)), "Unused"),
        }),
      ),
      "One entry per MEP client",
    ),
  },
);
export type ET51 = TableValue<typeof ET51>;
