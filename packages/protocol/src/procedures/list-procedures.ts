/**
 * BP04 and BP05, which tell the meter what of a log has been read. The guides name them only (MEP guide 1.1, pp. 49 and
 * 187); layouts are those of ANSI C12.19-1997 and were never seen on such a meter.
 */
import { at, procedure, struct, u8, u16 } from "../layout/index.ts";

const list = at(3, u8, "Which list", {
  vci: "H",
  names: {
    1: "event log",
    2: "self-reads",
    3: "load profile set 1",
    4: "load profile set 2",
    5: "load profile set 3",
    6: "load profile set 4",
    7: "all load profile sets",
    8: "history log",
    255: "all lists",
  },
});

/** ANSI C12.19-1997, procedure 4. Its entries count as never recorded: what is unread is lost. */
export const BP04 = procedure(
  "BP04",
  4,
  "Reset List Pointers",
  { call: "advanced" },
  { request: struct({ list }, { from: 3 }), response: struct({}, { from: 4 }) },
);

/** ANSI C12.19-1997, procedure 5. A difference: called twice it passes over twice as many entries. */
export const BP05 = procedure(
  "BP05",
  5,
  "Update Last Read Entry",
  { call: "advanced" },
  {
    request: struct({ list, entriesRead: at(4, u16, "Entries that have been read", { vci: "H" }) }, { from: 3 }),
    response: struct({}, { from: 4 }),
  },
);
