import {
  array,
  at,
  atLeast,
  bool,
  bytes,
  filler,
  ltimeDate,
  rest,
  struct,
  type TableValue,
  table,
  u8,
  u16,
  u32,
  uint,
  when,
} from "../../layout/index.ts";

const since450 = atLeast({ meter: [4, 50] });

const relayStates = { 0: "open", 1: "closed", 2: "unknown" };

/** The operation modes of one relay. */
const relay = struct(
  {
    currentOpMode: at(75, uint(0, 2), "Mode that rules the relay", {
      vci: "M",
      value: 3,
      names: { 0: "maintenance", 1: "locked", 2: "remote", 3: "local" },
    }),
    modeFiller3: at(75, filler(3, 7), "Not described"),
    maintenanceTimeRemaining: at(76, uint(0, 18), "Time until maintenance mode ends", {
      vci: "M",
      value: 0,
      unit: "s",
    }),
    maintenanceNoExpire: at(76, bool(19), "Maintenance mode does not end by itself", { vci: "M", value: false }),
    maintenanceState: at(76, uint(20, 21), "State that maintenance mode asks for", {
      vci: "M",
      value: 2,
      names: relayStates,
    }),
    maintenanceFiller22: at(76, filler(22, 31), "Reserved", { vci: "M", value: 0 }),
    lockedTimeRemaining: at(80, uint(0, 18), "Time until locked mode ends", { vci: "M", value: 0, unit: "s" }),
    lockedNoExpire: at(80, bool(19), "Locked mode does not end by itself", { vci: "M", value: false }),
    lockedState: at(80, uint(20, 21), "State that locked mode asks for", { vci: "M", value: 2, names: relayStates }),
    lockedFiller22: at(80, filler(22, 31), "Reserved", { vci: "M", value: 0 }),
    remoteTimeRemaining: at(84, uint(0, 18), "Time until remote mode ends", { vci: "M", value: 0, unit: "s" }),
    remoteNoExpire: at(84, bool(19), "Remote mode does not end by itself", { vci: "M", value: false }),
    remoteState: at(84, uint(20, 21), "State that remote mode asks for", { vci: "M", value: 2, names: relayStates }),
    remoteFiller22: at(84, filler(22, 31), "Reserved", { vci: "M", value: 0 }),
    localTimeRemaining: at(88, uint(0, 18), "Time until local mode ends", { vci: "M", value: 0, unit: "s" }),
    localNoExpire: at(88, bool(19), "Local mode does not end by itself", { vci: "M", value: true }),
    localState: at(88, uint(20, 21), "State that local mode asks for", { vci: "M", value: 0, names: relayStates }),
    localFiller22: at(88, filler(22, 31), "Reserved", { vci: "M", value: 0 }),
  },
  { from: 75 },
);

const validationErrors = {
  0: "none",
  1: "image not signed",
  2: "key id not defined",
  3: "key invalidated",
  16: "invalid signature",
  17: "invalid signature length",
  18: "invalid signature data",
  32: "invalid public key format",
  33: "invalid key EC point",
  240: "unknown error",
};

/** MEP guide 1.1, pp. 192-196. What follows byte 130 is `unreadMaskAndBeyond` of its own file. */
export const ET89 = table(
  "ET89",
  0x0859,
  "Meter LN Status",
  { read: "basic", write: "never" },
  {
    priorMep1Handle: at(0, u16, "Handle of MEP client 1 before the present one", { vci: "M", value: 0 }),
    priorMep1Id: at(2, bytes(30), "Its identification, as in ET50", { vci: "M", value: 0, identifies: "mep-client" }),
    mep1ReregisterRequests: at(32, u8, "Attempts to register again; rolls over, then both counts are 0", {
      vci: "M",
      value: 0,
    }),
    mep1ReregisterAllowed: at(33, u8, "Of those, how many gave a new handle", { vci: "M", value: 0 }),
    priorMep2Handle: at(34, u16, "Handle of MEP client 2 before the present one", { vci: "M", value: 0 }),
    priorMep2Id: at(36, bytes(30), "Its identification, as in ET50", { vci: "M", value: 0, identifies: "mep-client" }),
    mep2ReregisterRequests: at(66, u8, "Attempts to register again; rolls over, then both counts are 0", {
      vci: "M",
      value: 0,
    }),
    mep2ReregisterAllowed: at(67, u8, "Of those, how many gave a new handle", { vci: "M", value: 0 }),
    lastH1TelegramTime: at(68, when(since450, ltimeDate), "When the latest H1 telegram was sent"),
    // The bits of this byte are printed at "0" (pp. 193-194), the filler as 1..7 although bit 1 has a meaning.
    h1DevicePresent: at(74, when(since450, bool(0)), "H1 data request line is driven from outside"),
    plcDisabled: at(74, when(since450, bool(1)), "PLC is disabled"),
    statusFiller2: at(74, when(since450, filler(2, 7)), "Filler"),
    relays: at(75, when(since450, array(2, relay)), "Control relay 1, then control relay 2"),
    imageValidationKeyIds: at(109, when(since450, array(2, u16)), "Public keys that check signatures of images", {
      vci: "M",
      value: 0,
    }),
    key0Invalidated: at(113, when(since450, bool(0)), "The first of these keys is invalid", { vci: "M", value: false }),
    key1Invalidated: at(113, when(since450, bool(1)), "The second of these keys is invalid", {
      vci: "M",
      value: false,
    }),
    keyFiller2: at(113, when(since450, filler(2, 7)), "Not described"),
    lastValidationError: at(114, when(since450, u8), "Outcome of the latest image check", {
      vci: "M",
      value: 0,
      names: validationErrors,
    }),
    lastValidationKeyId: at(115, when(since450, u16), "Key that checked the latest image", { vci: "M", value: 0 }),
    lastImageLength: at(117, when(since450, u32), "Length of the latest image", { vci: "M", value: 0, unit: "byte" }),
    signatureLength: at(121, when(since450, u8), "Length of its signature", { vci: "M", value: 0, unit: "byte" }),
    signature: at(122, when(since450, bytes(8)), "First bytes of its signature", { vci: "M", value: 0 }),
    // A mask of A bytes comes first, and nothing says what A is: the fields after it have no known place.
    unreadMaskAndBeyond: at(
      130,
      when(since450, rest()),
      "Mask of unread LN logs, disconnect blocks, security events and TLS port status",
      { vci: "M" },
    ),
  },
  // No page says since when; it counts what the comparison modes of ET97 decide, and is on modules too (p. 193).
  { since: { meter: [3, 82], module: [1, 31] } },
);
export type ET89 = TableValue<typeof ET89>;
