/** The frames of a WebSocket, at the end of a server. Pure: bytes in, messages out. RFC 6455, section 5. */

export type Received =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "ping"; readonly bytes: Uint8Array }
  /** The client says goodbye, or broke a rule: the connection ends with this code. */
  | { readonly kind: "end"; readonly code: number };

/** Status codes of section 7.4.1. */
export const endCodes = { normal: 1000, broken: 1002, unsupported: 1003, invalid: 1007, tooLong: 1009 } as const;

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
/** Messages of clients are short requests. */
const longestMessage = 4 << 10;
const longestControl = 125;

const concat = (a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> => {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
};

interface Frame {
  readonly final: boolean;
  readonly opcode: number;
  readonly payload: Uint8Array;
  /** Bytes that the whole frame took. */
  readonly length: number;
}

/** A frame, null if more bytes are needed, or the code with which the connection ends. */
const frameIn = (bytes: Uint8Array): Frame | null | number => {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return null;
  // Reserved bits belong to extensions, and we agreed on none. A client masks each frame.
  if ((first & 0x70) !== 0 || (second & 0x80) === 0) return endCodes.broken;
  const opcode = first & 0x0f;
  const final = (first & 0x80) !== 0;
  const short = second & 0x7f;
  if (opcode >= 8 && (!final || short > longestControl)) return endCodes.broken;
  // Eight bytes of length are more than we take in any case.
  if (short === 127) return endCodes.tooLong;
  const start = short === 126 ? 8 : 6;
  if (bytes.length < start) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = short === 126 ? view.getUint16(2) : short;
  if (length > longestMessage) return endCodes.tooLong;
  if (bytes.length < start + length) return null;
  const mask = bytes.subarray(start - 4, start);
  const payload = bytes.slice(start, start + length).map((byte, n) => byte ^ (mask[n % 4] ?? 0));
  return { final, opcode, payload, length: start + length };
};

/** Reads what a client sends, in any pieces. After an end it reads nothing more. */
export class FrameReader {
  #bytes: Uint8Array = new Uint8Array();
  /** Of a message in several frames. */
  #parts: Uint8Array | undefined;
  #ended = false;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });

  push(bytes: Uint8Array): readonly Received[] {
    const received: Received[] = [];
    this.#bytes = concat(this.#bytes, bytes);
    while (!this.#ended) {
      const frame = frameIn(this.#bytes);
      if (frame === null) break;
      if (typeof frame === "number") {
        received.push(this.#end(frame));
        break;
      }
      this.#bytes = this.#bytes.slice(frame.length);
      const event = this.#handle(frame);
      if (event !== undefined) received.push(event);
    }
    return received;
  }

  #end(code: number): Received {
    this.#ended = true;
    this.#bytes = new Uint8Array();
    this.#parts = undefined;
    return { kind: "end", code };
  }

  #handle({ final, opcode, payload }: Frame): Received | undefined {
    if (opcode === opcodes.ping) return { kind: "ping", bytes: payload };
    if (opcode === opcodes.pong) return undefined;
    if (opcode === opcodes.close) return this.#end(endCodes.normal);
    if (opcode === opcodes.binary) return this.#end(endCodes.unsupported);
    if (
      opcode === opcodes.text ? this.#parts !== undefined : opcode !== opcodes.continuation || this.#parts === undefined
    )
      return this.#end(endCodes.broken);
    const whole = concat(this.#parts ?? new Uint8Array(), payload);
    if (whole.length > longestMessage) return this.#end(endCodes.tooLong);
    this.#parts = final ? undefined : whole;
    if (!final) return undefined;
    try {
      return { kind: "text", text: this.#decoder.decode(whole) };
    } catch {
      return this.#end(endCodes.invalid);
    }
  }
}

const frame = (opcode: number, payload: Uint8Array): Uint8Array => {
  const { length } = payload;
  const head = length < 126 ? [length] : length < 65_536 ? [126, length >> 8, length & 0xff] : undefined;
  if (head === undefined) throw new RangeError(`a message of ${length} bytes is longer than 65,535`);
  return concat(Uint8Array.of(0x80 | opcode, ...head), payload);
};

export const textFrame = (text: string): Uint8Array => frame(opcodes.text, new TextEncoder().encode(text));
export const pongFrame = (bytes: Uint8Array): Uint8Array => frame(opcodes.pong, bytes);
export const closeFrame = (code: number): Uint8Array => frame(opcodes.close, Uint8Array.of(code >> 8, code & 0xff));
