/**
 * What a Modbus server answers to a request, without its transport. Pure. Functions and exceptions as in *MODBUS Application Protocol
 * Specification* 1.1b3: chapters 6.3, 6.4, 6.13, 6.21 and 7.
 */

/** Chapter 7. */
export const exceptions = {
  illegalFunction: 0x01,
  illegalAddress: 0x02,
  illegalValue: 0x03,
  deviceFailure: 0x04,
  targetSilent: 0x0b,
} as const;

export type ExceptionCode = (typeof exceptions)[keyof typeof exceptions];

/** What answers a read: words, or the code of an exception. */
export type RegisterReader = (from: number, count: number) => Uint16Array | ExceptionCode;

export interface ServedDevice {
  readonly read: RegisterReader;
  /** Objects 0 to 2 and 4 to 5 of the device identification: maker, product code, revision, product name, model name. */
  readonly objects: ReadonlyMap<number, string>;
}

export const functions = { readHolding: 0x03, readInput: 0x04, reportId: 0x11, encapsulated: 0x2b } as const;

/** The most registers of one read. */
const mostRegisters = 125;
/** "Read device identification" among what function 0x2B carries. */
const deviceIdentification = 0x0e;
/** Basic and regular objects, as a stream or one by one. */
const conformity = 0x82;
const lastOf: { readonly [code: number]: number } = { 1: 0x02, 2: 0x7f, 3: 0x7f };
/** Bytes of a text, so that all objects fit one answer. */
const longestObject = 32;

const ascii = (text: string): number[] =>
  [...text].slice(0, longestObject).map((character) => {
    const code = character.codePointAt(0) ?? 0;
    return code >= 0x20 && code < 0x7f ? code : 0x3f;
  });

export const exceptionPdu = (functionCode: number, code: ExceptionCode): Uint8Array =>
  Uint8Array.of((functionCode | 0x80) & 0xff, code);

const readRegisters = (pdu: Uint8Array, device: ServedDevice): Uint8Array => {
  const functionCode = pdu[0] as number;
  if (pdu.length !== 5) return exceptionPdu(functionCode, exceptions.illegalValue);
  const view = new DataView(pdu.buffer, pdu.byteOffset, pdu.length);
  const [from, count] = [view.getUint16(1), view.getUint16(3)];
  if (count < 1 || count > mostRegisters) return exceptionPdu(functionCode, exceptions.illegalValue);
  if (from + count > 0x1_0000) return exceptionPdu(functionCode, exceptions.illegalAddress);
  const words = device.read(from, count);
  if (typeof words === "number") return exceptionPdu(functionCode, words);
  const answer = new Uint8Array(2 + 2 * count);
  const out = new DataView(answer.buffer);
  out.setUint8(0, functionCode);
  out.setUint8(1, 2 * count);
  words.forEach((word, n) => {
    out.setUint16(2 + 2 * n, word);
  });
  return answer;
};

/** One byte that is free to choose. Its length is free as well, but libmodbus and what is built on it expect one. */
const serverId = 0x01;
const running = 0xff;

/** That it runs, and its maker and product name. */
const reportId = (pdu: Uint8Array, { objects }: ServedDevice): Uint8Array => {
  if (pdu.length !== 1) return exceptionPdu(functions.reportId, exceptions.illegalValue);
  const name = ascii(`${objects.get(0) ?? ""} ${objects.get(4) ?? ""}`.trim());
  return Uint8Array.of(functions.reportId, name.length + 2, serverId, running, ...name);
};

const identify = (pdu: Uint8Array, { objects }: ServedDevice): Uint8Array => {
  const refuse = (code: ExceptionCode): Uint8Array => exceptionPdu(functions.encapsulated, code);
  const [, kind, code = 0, asked = 0] = pdu;
  if (kind !== deviceIdentification) return refuse(exceptions.illegalFunction);
  if (pdu.length !== 4) return refuse(exceptions.illegalValue);
  let ids: readonly number[];
  if (code === 4) {
    if (!objects.has(asked)) return refuse(exceptions.illegalAddress);
    ids = [asked];
  } else {
    const last = lastOf[code];
    if (last === undefined) return refuse(exceptions.illegalValue);
    const known = [...objects.keys()].filter((id) => id <= last).sort((a, b) => a - b);
    // An object that there is not begins the list again.
    const first = known.includes(asked) ? asked : 0;
    ids = known.filter((id) => id >= first);
  }
  const list = ids.flatMap((id) => {
    const text = ascii(objects.get(id) ?? "");
    return [id, text.length, ...text];
  });
  return Uint8Array.of(functions.encapsulated, deviceIdentification, code, conformity, 0, 0, ids.length, ...list);
};

/**
 * The answer to a request. Anything but reading is refused as a function that there is not.
 *
 * @param pdu function code and data, at least one byte
 */
export const answerPdu = (pdu: Uint8Array, device: ServedDevice): Uint8Array => {
  switch (pdu[0]) {
    case functions.readHolding:
    case functions.readInput:
      return readRegisters(pdu, device);
    case functions.reportId:
      return reportId(pdu, device);
    case functions.encapsulated:
      return identify(pdu, device);
    default:
      return exceptionPdu(pdu[0] ?? 0, exceptions.illegalFunction);
  }
};
