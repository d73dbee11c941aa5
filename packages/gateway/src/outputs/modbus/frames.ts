/**
 * The two ways in which Modbus requests arrive: with the header of Modbus TCP, or as on a serial line with a CRC. Both take bytes in
 * any pieces and keep a bounded rest. Pure.
 */
import { crc16 } from "../lines/crc16.ts";
import { functions } from "./pdu.ts";

export interface Request {
  readonly unit: number;
  readonly pdu: Uint8Array;
  /** The number by which a client of Modbus TCP finds the answer; 0 on a serial line. */
  readonly transaction: number;
}

export interface Framer {
  /** Takes bytes that will not change again. `broken` means that nothing that follows can be understood. */
  readonly push: (bytes: Uint8Array) => { readonly requests: readonly Request[]; readonly broken: boolean };
  /** The line has been silent: what is left ends here. */
  readonly silence: () => readonly Request[];
  /** Bytes that wait for the rest of their request. */
  readonly waiting: () => number;
  readonly frame: (request: Request, answer: Uint8Array) => Uint8Array;
}

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
};

const none = new Uint8Array();
const headerLength = 7;
/** Unit and PDU: *MODBUS Messaging on TCP/IP* 1.0b, chapter 3.1.3. */
const mostLength = 254;

/** Modbus TCP. */
export const tcpFramer = (): Framer => {
  let rest: Uint8Array = none;
  return {
    push: (bytes) => {
      rest = joined(rest, bytes);
      const requests: Request[] = [];
      while (rest.length >= headerLength) {
        const view = new DataView(rest.buffer, rest.byteOffset, rest.length);
        const [protocol, length] = [view.getUint16(2), view.getUint16(4)];
        if (protocol !== 0 || length < 2 || length > mostLength) {
          rest = none;
          return { requests, broken: true };
        }
        const end = 6 + length;
        if (rest.length < end) break;
        const transaction = view.getUint16(0);
        requests.push({ transaction, unit: view.getUint8(6), pdu: rest.slice(headerLength, end) });
        rest = rest.subarray(end);
      }
      rest = rest.slice();
      return { requests, broken: false };
    },
    silence: () => [],
    waiting: () => rest.length,
    frame: ({ transaction, unit }, answer) => {
      const framed = new Uint8Array(headerLength + answer.length);
      const view = new DataView(framed.buffer);
      view.setUint16(0, transaction);
      view.setUint16(4, answer.length + 1);
      view.setUint8(6, unit);
      framed.set(answer, headerLength);
      return framed;
    },
  };
};

/** Bytes of a request of known length, with unit and CRC. */
const fixedLength: { readonly [code: number]: number } = {
  ...{ 1: 8, 2: 8, [functions.readHolding]: 8, [functions.readInput]: 8, 5: 8, 6: 8 },
  [functions.reportId]: 4,
  [functions.encapsulated]: 7,
};
/** No frame on a serial line is longer: *MODBUS over Serial Line* 1.02, chapter 2.5.1. */
const mostRtu = 256;
const leastRtu = 4;

/** How long the request is that begins here; undefined if only a silence can tell, or if more bytes must come. */
const lengthAt = (bytes: Uint8Array): number | undefined => {
  const code = bytes[1] ?? 0;
  // Write multiple coils or registers: refused, but understood.
  if (code === 15 || code === 16) return bytes.length < 7 ? undefined : 9 + (bytes[6] ?? 0);
  return fixedLength[code];
};

const hasCrc = (bytes: Uint8Array): boolean => {
  const end = bytes.length - 2;
  return crc16(bytes.subarray(0, end), 0xffff) === ((bytes[end] as number) | ((bytes[end + 1] as number) << 8));
};

const requestOf = (bytes: Uint8Array): Request => ({
  transaction: 0,
  unit: bytes[0] as number,
  pdu: bytes.slice(1, -2),
});

/** A request at the end of bytes that began with something else. */
const lastRequestIn = (bytes: Uint8Array): readonly Request[] => {
  for (let at = 1; at <= bytes.length - leastRtu; at++) {
    const tail = bytes.subarray(at);
    if (lengthAt(tail) === tail.length && hasCrc(tail)) return [requestOf(tail)];
  }
  return [];
};

/**
 * Modbus RTU. A request ends by its length rather than by a silence, because nobody can tell a silence of two milliseconds behind a USB
 * adapter or a network. What does not begin a request, such as the answer of another device on the line, is passed over byte by byte.
 */
export const rtuFramer = (): Framer => {
  let rest: Uint8Array = none;
  return {
    push: (bytes) => {
      rest = joined(rest, bytes);
      const requests: Request[] = [];
      for (;;) {
        const length = lengthAt(rest);
        if (length === undefined || rest.length < length) {
          if (rest.length <= mostRtu) break;
          rest = rest.subarray(1);
        } else if (hasCrc(rest.subarray(0, length))) {
          requests.push(requestOf(rest.subarray(0, length)));
          rest = rest.subarray(length);
        } else rest = rest.subarray(1);
      }
      rest = rest.slice();
      return { requests, broken: false };
    },
    silence: () => {
      const bytes = rest;
      rest = none;
      if (bytes.length >= leastRtu && hasCrc(bytes)) return [requestOf(bytes)];
      return lastRequestIn(bytes);
    },
    waiting: () => rest.length,
    frame: ({ unit }, answer) => {
      const framed = new Uint8Array(answer.length + 3);
      framed[0] = unit;
      framed.set(answer, 1);
      const crc = crc16(framed.subarray(0, -2), 0xffff);
      framed[framed.length - 2] = crc & 0xff;
      framed[framed.length - 1] = crc >>> 8;
      return framed;
    },
  };
};
