/**
 * The billing read that ET16, ET45 and ET74 keep, the guide's "MBR". MEP guide 1.1, pp. 98-101. Each form takes all the
 * room of its entry: `length` says how many of the bytes count, but a slot that was never used holds anything, and a
 * length that cannot be must not make the rest of the table unreadable.
 */
import {
  at,
  bool,
  bytes,
  type Cond,
  choice,
  type Dim,
  digits,
  filler,
  form,
  ltimeDate,
  minus,
  next,
  ownIs,
  reserved,
  struct,
  u8,
  u16,
  u32,
  uint,
} from "../../layout/index.ts";

const serialNumber = "Serial number: packed digits in the order of the bytes, the lowest pair first";
const applicationErrors = { 0: "none", 1: "busy", 2: "any application error", 3: "reserved" };

/** Answer with CI 0x72 (p. 99); offsets from the start of the billing read. */
const variable = <E>(room: Dim<E>) =>
  struct(
    {
      length: at(7, u8, "Bytes of the first telegram after this one, its zero at the end included", {
        vci: "M",
        unit: "byte",
      }),
      serialNumber: at(8, digits(4), serialNumber, { vci: "M", identifies: "all" }),
      manufacturerId: at(12, u16, "Three letters of 5 bits, the first one highest", { vci: "M" }),
      version: at(14, u8, "Generation of the device", { vci: "M" }),
      medium: at(15, u8, "What is measured", {
        vci: "M",
        names: { 3: "gas", 4: "heat", 6: "hot water", 7: "water" },
      }),
      accessNumber: at(16, u8, "Counts the answers of the device", { vci: "M" }),
      applicationError: at(17, uint(0, 1), "State of the application", { vci: "M", names: applicationErrors }),
      powerLow: at(17, bool(2), "Power is low", { vci: "M" }),
      permanentError: at(17, bool(3), "Permanent error", { vci: "M" }),
      temporaryError: at(17, bool(4), "Temporary error", { vci: "M" }),
      manufacturerStatus: at(17, uint(5, 7), "The manufacturer's own", { vci: "M" }),
      signature: at(18, u16, "Whether and how it was encrypted", { vci: "M" }),
      dataRecords: at(
        20,
        bytes(minus(room, 20)),
        "Data records: length - 13 bytes and a zero; further telegrams, the last one perhaps cut; the rest means nothing",
        { vci: "M", identifies: "all" },
      ),
    },
    { from: 7 },
  );

/** Answer with CI 0x73 (pp. 100-101). */
const fixed = <E>(room: Dim<E>) =>
  struct(
    {
      length: at(7, u8, "Bytes of the telegram after this one: 16", { vci: "M", unit: "byte" }),
      serialNumber: at(8, digits(4), serialNumber, { vci: "M", identifies: "all" }),
      accessNumber: at(12, u8, "Counts the answers of the device", { vci: "M" }),
      countersBinary: at(13, bool(0), "Counters are signed binary; else BCD", { vci: "M" }),
      countersAtFixedDate: at(13, bool(1), "Counters of a fixed date; else actual ones", { vci: "M" }),
      powerLow: at(13, bool(2), "Power is low", { vci: "M" }),
      permanentError: at(13, bool(3), "Permanent error", { vci: "M" }),
      temporaryError: at(13, bool(4), "Temporary error", { vci: "M" }),
      manufacturerStatus: at(13, uint(5, 7), "The manufacturer's own", { vci: "M" }),
      mediumUnit: at(14, u16, "Medium and units, always low byte first", { vci: "M" }),
      counter1: at(16, u32, "First counter, in the byte order and coding told above", { vci: "M" }),
      counter2: at(20, u32, "Second counter", { vci: "M" }),
      reserved24: next(reserved(minus(room, 24)), "The rest of the entry"),
    },
    { from: 7 },
  );

/** What a MEP client has sent (p. 101). */
const mep = <E>(room: Dim<E>) =>
  struct(
    {
      readCount: at(7, u16, "Successful billing reads from the MEP port", { vci: "M" }),
      length: at(9, u16, "Bytes of data that count", { vci: "M", unit: "byte" }),
      data: at(11, bytes(minus(room, 11)), "What the client sent; past its length it means nothing", {
        vci: "M",
        identifies: "all",
      }),
    },
    { from: 7 },
  );

/**
 * Fields of a billing read that occupies `room` bytes. `start`: the offset that the page prints for the first of them;
 * `fromMep`: where the read is one of a MEP client, not of an M-Bus device.
 */
export const billingReadFields = <E, C>(start: number, room: Dim<E>, fromMep: Cond<C>) => ({
  readTime: at(start, ltimeDate, "Latest successful read, local time", { vci: "M" }),
  dataOrder: at(start + 6, bool(0), "Mode 2: numbers of several bytes begin with the highest; M-Bus only", {
    vci: "M",
  }),
  responseType: at(start + 6, bool(1), "Fixed data structure; else variable; M-Bus only", { vci: "M" }),
  keyAvailability: at(start + 6, bool(2), "There was a key, and it was decrypted where necessary", { vci: "M" }),
  authentication: at(start + 6, uint(3, 4), "Whether the device is the right one", {
    vci: "M",
    names: { 0: "passed", 1: "id failure", 2: "date failure", 3: "passed with alternate date" },
  }),
  securityFailed: at(start + 6, bool(5), "Security failed over all", { vci: "M" }),
  responseFiller6: at(start + 6, filler(6, 7), "Not described"),
  response: at(
    start + 7,
    choice({
      mep: form(fromMep, mep(room), "What a MEP client sent"),
      variable: form(ownIs("responseType", false), variable(room), "M-Bus answer of variable structure (CI 0x72)"),
      fixed: form(ownIs("responseType", true), fixed(room), "M-Bus answer of fixed structure (CI 0x73)"),
    }),
    "The answer, in one of three forms",
  ),
});
