/** The meter of the guide's printed exchanges. */
import { Secret } from "@meterport/protocol/mep/security/key";
import { numberOf } from "@meterport/protocol/tables/catalogue";
import { BT23, ET11, ET14, ET52 } from "@meterport/protocol/tables/index";
import { VirtualMeter } from "./virtual-meter.ts";

/** The sequence number that the meter expects where each printed exchange begins. */
export const goldenSequences = {
  /** MEP guide 1.1, pp. 21-22. */
  resync: 0x77635b90,
  /** p. 23. */
  registration: 0x77636e2f,
  /** pp. 51-56. */
  transaction: 0x5b4e42e5,
  /** pp. 59-60. */
  removal: 0x5b4e4309,
} as const;

/** What of BT23 is printed (p. 22): eight seconds without power, three outages, six errors. */
const registers: readonly (readonly [at: number, value: number])[] = [
  [16, 8],
  [20, 3],
  [40, 6],
];
/** Bytes of BT23 that the dimensions of p. 55 give. */
const registerBytes = 981;

/** ET11 states 769 bytes for ET52 in the example of p. 54, which no rule by firmware gives. */
const requestLength = [0x01, 0x03];
/** The head of ET14 (p. 56): an M-Bus device and MEP client 1. */
const deviceStatus = [0, 0, 0, 0, 0, 0x11, 0x01, 0x00, 0x01, 0x04, 0x2f, 0x00];
/** The queue of ET15 (p. 56): five requests that were answered. */
const onDemand = [
  [0],
  [0x42, 0x00, 0x01, 0x00, 0x02, 0x01],
  [0x45, 0x00, 0x01, 0x00, 0x02, 0x01],
  [0x48, 0x00, 0x01, 0x00, 0x02, 0x01],
  [0x03, 0x00, 0xf8, 0x03, 0x02, 0x01],
  [0x4b, 0x00, 0x01, 0x00, 0x02, 0x01],
].flat();
/** Where client 1's entry begins in ET14, and what EP17 looks for there: handle 0x03F8, up. */
const clientEntry = 6 + 4 * 36;
const client = [0xf8, 0x03, 0x03];

/**
 * A meter of firmware 3.30 with the keys, tables and number that answer what the guide prints, byte for byte; the clock
 * shows the time of Appendix A (p. 256) when `now` is 0.
 *
 * The examples come from more than one meter: the registers of p. 22 have no demand, the dimensions of p. 55 have, so
 * BT23 is to be taken as bytes here.
 *
 * @example
 * goldenMeter().sequence === 0x77635b90 // true
 */
export const goldenMeter = (sequence: number = goldenSequences.resync): VirtualMeter => {
  const key = new Secret(new Uint8Array(16).fill(1));
  const meter = new VirtualMeter({
    profile: { family: "meter", firmware: [3, 30] },
    keys: { basic: key, advanced: key },
    scenario: "quiet",
    seed: 1,
    start: Date.UTC(2004, 1, 16, 15, 59, 55),
    sequence,
    demand: true,
  });
  const { memory } = meter;
  const bt23 = new Uint8Array(registerBytes);
  for (const [at, value] of registers) bt23[at] = value;
  memory.set(BT23.number, bt23);
  memory.patch(ET11.number, 7, Uint8Array.from(requestLength));
  memory.set(ET52.number, new Uint8Array(0x0301));
  memory.patch(ET14.number, 0, Uint8Array.from(deviceStatus));
  memory.patch(ET14.number, clientEntry, Uint8Array.from(client));
  memory.set(numberOf("ET15"), Uint8Array.from(onDemand));
  return meter;
};
