import { at, atLeast, reserved, type TableValue, table, u8, u16, when } from "../../layout/index.ts";

const since420 = atLeast({ meter: [4, 20] });
// Page 196 sizes the security events of ET89, which came with 4.50, by two bytes past the printed layout.
const since450 = atLeast({ meter: [4, 50] });

/** MEP guide 1.1, pp. 196-198. Before 4.10 the bytes before the FTz messages mean nothing. */
export const ET90 = table(
  "ET90",
  0x085a,
  "Dimension LN",
  { read: "basic", write: "never" },
  {
    ipAddressLength: at(0, u16, "Bytes of an IP address in ET92 to ET96", { vci: "P", value: 50, since: "meter 4.10" }),
    urgentAlarmBitmaskLength: at(2, u8, "Bytes of the urgent alarm bitmask in ET92", {
      vci: "P",
      value: 20,
      since: "meter 4.10",
    }),
    connectionReasonBitmapLength: at(3, u8, "Bytes of the connection reasons in ET93", {
      vci: "P",
      value: 2,
      since: "meter 4.10",
    }),
    modemApnLength: at(4, u8, "Longest APN in ET95", { vci: "P", value: 64, since: "meter 4.10" }),
    modemApnUserLength: at(5, u8, "Longest APN user in ET95", { vci: "P", value: 32, since: "meter 4.10" }),
    modemApnPasswordLength: at(6, u8, "Longest APN password in ET95", { vci: "P", value: 32, since: "meter 4.10" }),
    modemSimPinLength: at(7, u8, "Longest SIM PIN in ET94", { vci: "P", value: 5, since: "meter 4.10" }),
    modemManufacturerLength: at(8, u8, "Longest manufacturer in ET95", { vci: "P", value: 32, since: "meter 4.10" }),
    modemModelLength: at(9, u8, "Longest model in ET95", { vci: "P", value: 32, since: "meter 4.10" }),
    modemRevisionLength: at(10, u8, "Longest revision in ET95", { vci: "P", value: 32, since: "meter 4.10" }),
    modemImeiLength: at(11, u8, "Longest IMEI in ET95", { vci: "P", value: 32, since: "meter 4.10" }),
    modemSimPhoneNumberLength: at(12, u8, "Longest SIM phone number in ET93 and ET95", {
      vci: "P",
      value: 32,
      since: "meter 4.10",
    }),
    modemCurrentMobileOperatorNameLength: at(13, u8, "Longest mobile operator name in ET95", {
      vci: "P",
      value: 40,
      since: "meter 4.10",
    }),
    modemSocketMaximumConnections: at(14, u8, "Connections that the modem supports", {
      vci: "P",
      value: 2,
      since: "meter 4.10",
    }),
    modemMaximumConnectionServices: at(15, u8, "IP services that the modem supports", {
      vci: "P",
      value: 10,
      since: "meter 4.10",
    }),
    ftzMessages: at(16, u8, "Display sources for FTz messages, as many as ET97 holds", { vci: "P", value: 3 }),
    modemAtCommandReplyLength: at(17, when(since420, u16), "Longest reply to an AT command in ET98", {
      vci: "P",
      value: 200,
    }),
    modemSimIccidLength: at(19, when(since420, u8), "Longest SIM ICCID in ET95", { vci: "P", value: 23 }),
    reserved20: at(20, when(since450, reserved(5)), "Not described"),
    pendingSecurityEvents: at(25, when(since450, u8), "Pending security events in ET89"),
    pendingSecurityEventSize: at(26, when(since450, u8), "Bytes of such an event in ET89"),
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
export type ET90 = TableValue<typeof ET90>;
