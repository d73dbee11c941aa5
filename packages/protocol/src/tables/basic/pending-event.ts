/**
 * When a pending table takes effect: the descriptor in front of each pending table, and the entries of BT04. Optical
 * guide 1.1, pp. 12-13.
 */
import { at, bool, bytes, filler, uint, type ValueControl } from "../../layout/index.ts";

/** Values of `eventCode`. */
export const pendingEventCode = {
  /** `eventStorage` is a STIME_DATE in UTC; all zeros: there is no pending table. */
  absoluteTime: 0,
  /** `eventStorage` is weeks, days, hours, minutes and seconds from the moment of the write. */
  relativeTime: 1,
  /** Never by itself; by BP12 or BP13 only. `eventStorage` means nothing. */
  procedureOnly: 2,
} as const;

/** Six bytes. `vci`: the host sets them in front of a table, the meter reports them in BT04. */
export const pendingEventFields = (vci: ValueControl) =>
  ({
    eventCode: at(0, uint(0, 3), "What activates the table", {
      vci,
      names: { 0: "absolute time", 1: "relative time", 2: "a procedure only" },
    }),
    selfReadFlag: at(0, bool(4), "A self-read goes before", { vci }),
    demandResetFlag: at(0, bool(5), "A demand reset goes before", { vci }),
    filler6: at(0, filler(6, 7), "Not printed"),
    eventStorage: at(1, bytes(5, "ARRAY[5] of CHAR"), "The time, as the event code says: UTC date or time from now", {
      vci,
    }),
  }) as const;
