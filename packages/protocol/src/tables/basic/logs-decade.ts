/** The fields in which BT70 (what is possible) and BT71 (what is) agree. Optical guide 1.1, pp. 52-53. */
import { at, bool, filler, u8 } from "../../layout/index.ts";

export const logFlags = {
  eventNumber: at(0, bool(0), "Both logs share one event number", { vci: "F", value: false }),
  historyDateTime: at(0, bool(1), "Entries carry date and time", { vci: "F", value: true }),
  historySequenceNumber: at(0, bool(2), "Entries carry a sequence number", { vci: "F", value: true }),
  historyInhibitOverflow: at(0, bool(3), "A full history log takes no more entries", { vci: "F", value: false }),
  eventInhibitOverflow: at(0, bool(4), "A full event log takes no more entries", { vci: "F", value: false }),
  filler5: at(0, filler(5, 7), "Filler"),
} as const;

export const logArguments = {
  historyDataLength: at(3, u8, "Bytes of argument in a history log entry", { vci: "F", value: 2, unit: "byte" }),
  eventDataLength: at(4, u8, "Bytes of argument in an event log entry", { vci: "F", value: 2, unit: "byte" }),
} as const;
