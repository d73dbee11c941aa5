/** What ET89 holds from byte 130 on, for code that knows how long its first field is. */
import {
  array,
  at,
  atLeast,
  bool,
  bytes,
  dimOr,
  filler,
  plus,
  struct,
  times,
  u16,
  uint,
  when,
} from "../../layout/index.ts";
import { ET90 } from "./et90-dimension-ln.ts";

const since460 = atLeast({ meter: [4, 60] });

const events = dimOr(ET90, "pendingSecurityEvents", 0);
const eventSize = dimOr(ET90, "pendingSecurityEventSize", 0);

/** Printed from 131 + A on. */
const event = struct(
  {
    alarmId: at(131, u16, "What is to be reported", { vci: "M", value: 0 }),
    argument: at(133, u16, "Its argument", { vci: "M", value: 0 }),
    count: at(135, u16, "How often it happened in this window", { vci: "M", value: 0 }),
    minutesToReport: at(137, u16, "Time until the window ends", { vci: "M", value: 0, unit: "min" }),
  },
  { from: 131 },
);

/** Printed from 138 + B on. */
const port = struct(
  {
    sessionState: at(138, uint(0, 2), "Session that the port has", {
      vci: "M",
      value: 0,
      names: { 0: "none", 1: "RC4, unencrypted", 2: "RC4, encrypted", 3: "C12.18, unencrypted", 4: "TLS" },
    }),
    tlsState: at(138, uint(3, 7), "How far the TLS handshake has come", { vci: "M", value: 0 }),
    tlsError: at(139, u16, "Latest error of the TLS library, as a positive number", { vci: "M", value: 0 }),
    tlsErrorCount: at(141, u16, "TLS errors so far, never cleared", { vci: "M", value: 0 }),
  },
  { from: 138 },
);

/**
 * ET89 from byte 130 on (firmware 4.50), for a mask of `maskLength` bytes: "A" on the page, which no table gives.
 * "B" is taken so that no gap is left. MEP guide 1.1, pp. 195-196.
 *
 * @example
 * unreadMaskAndBeyond(1).needs.includes("ET90") // true
 */
export const unreadMaskAndBeyond = (maskLength: number) =>
  struct(
    {
      adjustableLogUnreadEntryMask: at(130, bytes(maskLength), "LN adjustable logs that have unread entries", {
        vci: "M",
        value: 1,
      }),
      blockRemoteProcedureDisconnect: at(130 + maskLength, bool(0), "No disconnect by remote procedure", {
        vci: "M",
        value: false,
      }),
      blockAutomaticAndPushbuttonDisconnect: at(130 + maskLength, bool(1), "No disconnect by itself or push button", {
        vci: "M",
        value: false,
      }),
      blockLocalProcedureDisconnect: at(130 + maskLength, bool(2), "No disconnect by local procedure", {
        vci: "M",
        value: false,
      }),
      blockRemoteUnblock: at(130 + maskLength, bool(3), "No unblocking from remote", { vci: "M", value: false }),
      disconnectFiller4: at(130 + maskLength, filler(4, 7), "Not described"),
      pendingSecurityEvents: at(131 + maskLength, array(events, event, eventSize), "Events that wait to be reported"),
      tlsPorts: at(
        plus(131 + maskLength, times(events, eventSize)),
        when(since460, array(3, port)),
        "Optical port, MEP client 1, MEP client 2",
      ),
    },
    { from: 130 },
  );
