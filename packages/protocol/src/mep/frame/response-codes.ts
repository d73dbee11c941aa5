/**
 * The response codes of the MEP port (MEP guide 1.1, pp. 17-18), with the abbreviations that C12.18 uses, and those that the
 * optical port has beside them (ANSI C12.18-1996).
 */

/** What a response code means. */
export interface ResponseCode {
  readonly code: number;
  /** Abbreviation of ANSI C12.18 where it has one, else ours. */
  readonly name: string;
  /** One plain sentence without a full stop, to be put after a request's name. */
  readonly meaning: string;
}

/** Bytes that the message layer itself cares for. */
export const code = {
  ok: 0x00,
  error: 0x01,
  serviceNotSupported: 0x02,
  insufficientSecurity: 0x03,
  operationNotPossible: 0x04,
  inappropriateAction: 0x05,
  busy: 0x06,
  notReady: 0x07,
  locked: 0x08,
  renegotiate: 0x09,
  invalidState: 0x0a,
  notAuthentic: 0x0b,
  wrongSequence: 0x0c,
} as const;

const known: ReadonlyMap<number, ResponseCode> = new Map(
  (
    [
      [code.ok, "ok", "the meter did it"],
      [code.error, "err", "the meter does not recognise the request"],
      [code.serviceNotSupported, "sns", "the meter does not support this request"],
      [code.insufficientSecurity, "isc", "the key does not permit it, or the meter's hardware lock is set"],
      [code.operationNotPossible, "onp", "the meter cannot do it now"],
      [
        code.inappropriateAction,
        "iar",
        "the table does not exist on this meter, or not at this offset, or may not be written",
      ],
      [code.busy, "bsy", "the meter is busy with something else"],
      [code.notReady, "dnr", "the meter does not have the data ready yet"],
      [code.locked, "dlk", "the meter has locked the data"],
      [code.renegotiate, "rno", "the meter wants the session to be set up again"],
      [code.invalidState, "isss", "no TLS session is established"],
      [code.notAuthentic, "auth", "the meter knows no key that fits the digest"],
      [code.wrongSequence, "seq", "the meter expects another sequence number"],
    ] as const
  ).map(([byte, name, meaning]) => [byte, { code: byte, name, meaning }]),
);

/** Every known code, in ascending order. */
export const responseCodes: readonly ResponseCode[] = [...known.values()];

/**
 * What a response code means; unknown codes get the name "unknown".
 *
 * @example
 * responseCode(0x05).name // "iar"
 */
export const responseCode = (byte: number): ResponseCode =>
  known.get(byte) ?? { code: byte, name: "unknown", meaning: "the meter gave a code that the guide does not name" };
