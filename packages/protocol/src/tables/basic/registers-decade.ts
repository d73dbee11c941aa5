import { at, bool, filler, uint } from "../../layout/index.ts";

/** The first two bytes, which BT20 (what is possible) and BT21 (what is) share, as BT21 has them. */
export const registerFlags = {
  season: at(0, bool(0), "BT20..BT29 carry the season", { vci: "F", value: true }),
  dateTime: at(0, bool(1), "BT20..BT29 carry dates and times", { vci: "F", value: true }),
  demandResetCounter: at(0, bool(2), "Billing data begin with the number of demand resets", { vci: "M" }),
  demandResetLock: at(0, bool(3), "A lockout period after a demand reset can be set", { vci: "M" }),
  cumulativeDemand: at(0, bool(4), "Demands carry their cumulative value", { vci: "M" }),
  continuousCumulativeDemand: at(0, bool(5), "Demands carry their continuous cumulative value", { vci: "M" }),
  timeRemaining: at(0, bool(6), "Present demands carry the time to the end of their interval", {
    vci: "P",
    value: false,
  }),
  filler7: at(0, filler(7, 7), "Filler"),
  selfReadInhibitOverflow: at(1, bool(0), "Self-reads stop when the memory is full", { vci: "F", value: false }),
  selfReadSequenceNumber: at(1, bool(1), "BT26 carries a number of two bytes that names the configuration", {
    vci: "P",
  }),
  dailySelfRead: at(1, bool(2), "Daily self-reads are supported", { vci: "F", value: true }),
  weeklySelfRead: at(1, bool(3), "Weekly self-reads are supported", { vci: "F", value: true }),
  selfReadDemandReset: at(1, uint(4, 5), "Whether self-reads and demand resets cause each other", {
    vci: "P",
    value: 0,
    names: { 0: "neither" },
  }),
  filler14: at(1, filler(6, 7), "Filler"),
} as const;
