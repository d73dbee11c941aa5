import { at, bool, filler, ltimeDate, procedure, struct, uint } from "../layout/index.ts";

/**
 * ANSI C12.19-1997, procedure 10; the guides name it only (MEP guide 1.1, p. 66). Never seen on such a meter. Dates have
 * the six bytes of LTIME_DATE, the format that BT00 states.
 */
export const BP10 = procedure(
  "BP10",
  10,
  "Set Date and Time",
  { call: "advanced" },
  {
    request: struct(
      {
        setTime: at(3, bool(0), "The time is set", { vci: "H" }),
        setDate: at(3, bool(1), "The date is set", { vci: "H" }),
        setQualifier: at(3, bool(2), "The qualifier is set", { vci: "H" }),
        filler3: at(3, filler(3, 7), "Unused"),
        dateTime: at(4, ltimeDate, "Date and time to be set", { vci: "H" }),
        dayOfWeek: at(10, uint(0, 2), "0 = Sunday", { vci: "H" }),
        daylightSaving: at(10, bool(3), "Daylight saving time is in effect", { vci: "H" }),
        utc: at(10, bool(4), "The time is UTC", { vci: "H" }),
        timeZoneApplied: at(10, bool(5), "The time zone is applied to it", { vci: "H" }),
        daylightSavingApplied: at(10, bool(6), "Daylight saving time is applied to it", { vci: "H" }),
        filler7: at(10, filler(7, 7), "Unused"),
      },
      { from: 3 },
    ),
    response: struct(
      {
        before: at(4, ltimeDate, "The clock before", { vci: "M" }),
        after: at(10, ltimeDate, "The clock after", { vci: "M" }),
      },
      { from: 4 },
    ),
  },
);
