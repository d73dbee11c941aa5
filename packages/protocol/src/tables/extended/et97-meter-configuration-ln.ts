import {
  array,
  at,
  atLeast,
  bool,
  bytes,
  dim,
  filler,
  plus,
  struct,
  type TableValue,
  table,
  times,
  u8,
  u16,
  uint,
  when,
} from "../../layout/index.ts";
import { ET90 } from "./et90-dimension-ln.ts";

const since402 = atLeast({ meter: [4, 2] });
/** "A" on the page, which does not say what it is: the end of the messages before it. */
const past = (offset: number) => plus(times(8, dim(ET90, "ftzMessages")), offset);

const comparisonModes = {
  0: "standard",
  1: "under the mask",
  2: "none: always a new device",
  3: "none: always the same device",
};

/** Printed from A + 63 on. */
const relay = struct(
  {
    groupIds: at(63, array(5, u16), "Groups that this relay belongs to"),
    mode: at(73, uint(0, 2), "What the relay is used for", {
      vci: "H",
      value: 0,
      names: { 0: "standard", 1: "load management" },
    }),
    requireExplicitHeartbeat: at(73, bool(3), "Only a keep-alive counts as heartbeat, not any message", {
      vci: "H",
      value: false,
    }),
    modeFiller4: at(73, filler(4, 7), "Reserved, 0", { vci: "H", value: 0 }),
    heartbeatInterval: at(74, u16, "Load management: time between keep-alives; 0 = none expected", {
      vci: "H",
      value: 0,
      unit: "min",
    }),
    maintenanceModeEntry: at(76, uint(0, 1), "What starts maintenance", {
      vci: "H",
      value: 0,
      names: { 0: "command only", 1: "terminal cover removed" },
    }),
    maintenanceModeDisplay: at(76, uint(2, 3), "Relay on the display during maintenance, and its push button", {
      vci: "H",
      value: 0,
      names: { 0: "not shown, button off", 1: "shown, button off", 2: "shown, button on" },
    }),
    maintenanceModeOpen: at(76, bool(4), "Relay opens when maintenance starts", { vci: "H", value: false }),
    // No offset is printed for these two bits (p. 201); they fill the byte.
    maintenanceModeExit: at(76, uint(5, 6), "What ends maintenance", {
      names: { 0: "command", 1: "cover replaced, after a delay", 2: "cover replaced, at a time of day" },
    }),
    maintenanceFiller7: at(76, filler(7, 7), "Reserved, 0", { vci: "H", value: 0 }),
    maintenanceModeExitDelay: at(77, u8, "Delay after the cover is replaced, with exit 1", {
      vci: "H",
      value: 0,
      unit: "s",
    }),
    maintenanceModeExitHour: at(78, u8, "Hour at which maintenance ends with exit 2, local", { vci: "H" }),
    maintenanceModeExitMinute: at(79, u8, "Minute of that hour", { vci: "H" }),
  },
  { from: 63 },
);

/** MEP guide 1.1, pp. 198-202. */
export const ET97 = table(
  "ET97",
  0x0861,
  "Meter Configuration LN",
  { read: "basic", write: "advanced" },
  {
    ftzMessageContents: at(
      0,
      array(dim(ET90, "ftzMessages"), bytes(8)),
      "Latest FTz messages: energy units left and characters of their unit, without the OBIS code",
    ),
    mep1IdComparisonMode: at(past(0), u8, "How it is told whether MEP client 1 is another device", {
      vci: "H",
      value: 0,
      names: comparisonModes,
    }),
    mep1IdMask: at(past(1), bytes(30), "Bits of the identification that count, with mode 1", {
      vci: "H",
      value: 0,
      identifies: "all",
    }),
    mep2IdComparisonMode: at(past(31), when(since402, u8), "How it is told whether MEP client 2 is another device", {
      vci: "H",
      value: 0,
      names: comparisonModes,
    }),
    mep2IdMask: at(past(32), when(since402, bytes(30)), "Bits of the identification that count, with mode 1", {
      vci: "H",
      value: 0,
      identifies: "all",
    }),
    powerBoostRelay: at(past(62), when(since402, bool(0)), "Relays close only with a pulse of the power boost line", {
      value: "0; after an upgrade from before 4.31: 1 with relay 1 and without relay 2",
    }),
    mbusAutoDiscoveryUse300Baud: at(past(62), when(since402, bool(1)), "Search for M-Bus devices includes 300 baud", {
      vci: "H",
      value: false,
    }),
    relayFiller2: at(past(62), when(since402, filler(2, 7)), "Reserved"),
    relays: at(past(63), when(since402, array(2, relay)), "Control relay 1, then control relay 2"),
    // Page 201 prints the interval, a UINT16, at A + 97 and the flags that make TLS a duty for the optical port, MEP
    // client 1 and MEP client 2 at A + 98, + 99 and + 100: one byte belongs to both. Either the interval has one byte,
    // or the flags stand one byte later and the table is one byte longer. Nothing in the text decides it, and a flag
    // taken for another port's locks that port, so these bytes stay raw. Never write them but as they were read.
    securityLogIntervalAndTlsFlags: at(
      past(97),
      when(since402, bytes(4)),
      "Security log interval in minutes, then which ports require TLS: where one ends is not known",
      { vci: "H", value: 0 },
    ),
  },
  // Page 198: 3.82, and 4.02 and later.
  {
    since: { meter: [3, 82], module: [1, 31] },
    missingOn: {
      meter: [
        [
          [4, 0],
          [4, 2],
        ],
      ],
    },
  },
);
export type ET97 = TableValue<typeof ET97>;
