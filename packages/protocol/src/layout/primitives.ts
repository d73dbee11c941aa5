/** Integers, byte runs and text: the leaves. Table data is little-endian (MEP guide 1.1, p. 46). */
import { toHex } from "../bytes.ts";
import { LayoutError } from "../errors.ts";
import { type Dim, toExpr } from "./expression.ts";
import type { Layout } from "./layout.ts";

/** A leaf layout with a printed type name. */
export interface Int extends Layout<number> {
  readonly bytes: number;
  readonly signed: boolean;
}

const intLayout = (bytes: number, signed: boolean, type = `${signed ? "INT" : "UINT"}${8 * bytes}`): Int => {
  const span = 2 ** (8 * bytes);
  const low = signed ? -span / 2 : 0;
  const high = signed ? span / 2 - 1 : span - 1;
  return {
    bytes,
    signed,
    fixedSize: bytes,
    needs: [],
    size: () => bytes,
    describe: () => ({ kind: "int", bytes, signed, type }),
    decode: (reader) => {
      const start = reader.skip(bytes);
      let value = 0;
      for (let i = start + bytes - 1; i >= start; i--) value = value * 256 + (reader.bytes[i] as number);
      return signed && value > high ? value - span : value;
    },
    encode: (writer, value) => {
      if (!Number.isInteger(value) || value < low || value > high) throw writer.notWhole(value, low, high);
      writer.integer(value, bytes);
    },
  };
};

export const u8: Int = intLayout(1, false);
export const u16: Int = intLayout(2, false);
export const u24: Int = intLayout(3, false);
export const u32: Int = intLayout(4, false);
export const u40: Int = intLayout(5, false);
export const u48: Int = intLayout(6, false);
export const i8: Int = intLayout(1, true);
export const i16: Int = intLayout(2, true);
export const i24: Int = intLayout(3, true);
export const i32: Int = intLayout(4, true);
export const i40: Int = intLayout(5, true);
export const i48: Int = intLayout(6, true);
/** NI_FMAT1 and NI_FMAT2 are INT32 in these meters, as BT00 states (MEP guide 1.1, p. 46). */
export const niFormat1: Int = intLayout(4, true, "NI_FMAT1");
export const niFormat2: Int = intLayout(4, true, "NI_FMAT2");
/** An unsigned word of the given width, for gathered bits. */
export const word = (bytes: number): Int => words[bytes - 1] ?? intLayout(bytes, false);
const words: readonly Int[] = [u8, u16, u24, u32, u40, u48];

/** What a program declares again and again is kept once: tables hold hundreds of fields of a few lengths. */
const onceEach = <K, V>(make: (key: K) => V): ((key: K) => V) => {
  const made = new Map<K, V>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
};

/** Raw bytes of a length that may come from elsewhere. Decodes to a copy. What reads them otherwise says its `type`. */
export const bytes = <E>(length: Dim<E>, type?: string, padding?: "nul" | "space"): Layout<Uint8Array, E> => {
  const expr = toExpr(length);
  return {
    fixedSize: expr.fixed,
    needs: expr.needs,
    indexed: expr.indexed,
    size: (env, scope) => expr.eval(env, scope),
    describe: () => ({
      kind: "bytes",
      length: expr.text,
      type: type ?? `ARRAY[${expr.text}] of UINT8`,
      size: expr.tree,
      padding,
    }),
    decode: (reader, env, scope) => reader.take(expr.eval(env, scope)).slice(),
    encode: (writer, value, env, scope) => {
      const length = expr.eval(env, scope);
      if (!(value instanceof Uint8Array) || value.length !== length)
        throw writer.error(
          "shape",
          `needs ${length} bytes, got ${value instanceof Uint8Array ? value.length : "none"}`,
        );
      writer.put(value);
    },
  };
};

/**
 * Bytes that the guide gives no meaning. They survive a round trip: present in the value only where one of them is
 * not zero, written as zeros where absent.
 */
export const reserved = <E>(length: Dim<E>): Layout<Uint8Array | undefined, E> =>
  typeof length === "number" ? reservedBytes(length) : reservedRun(length);
const reservedRun = <E>(length: Dim<E>): Layout<Uint8Array | undefined, E> => {
  const raw = bytes(length, `RESERVED[${toExpr(length).text}]`);
  return {
    ...raw,
    reserved: true,
    decode: (reader, env, scope) => {
      const value = raw.decode(reader, env, scope);
      return value.some((byte) => byte !== 0) ? value : undefined;
    },
    encode: (writer, value, env, scope) => {
      if (value === undefined) writer.zeros(raw.size(env, scope));
      else raw.encode(writer, value, env, scope);
    },
  };
};

const reservedBytes = onceEach((length: number) => reservedRun(length));

/** All bytes that are left: the last field of a message whose length nothing announces. Decodes to a copy. */
export const rest = (): Layout<Uint8Array> => ({
  fixedSize: undefined,
  needs: [],
  size: () => {
    throw new LayoutError("shape", { path: "", offset: 0 }, "its length is whatever is left");
  },
  describe: () => ({
    kind: "bytes",
    length: "rest",
    type: "ARRAY[rest] of UINT8",
    size: undefined,
    padding: undefined,
  }),
  decode: (reader) => reader.take(reader.limit - reader.pos).slice(),
  encode: (writer, value) => {
    if (!(value instanceof Uint8Array)) throw writer.error("shape", "needs bytes");
    writer.put(value);
  },
});

/**
 * Characters, one byte each (ISO 8859-1, of which ASCII is the half that the meters use). The padding at the end, NUL
 * or space, is taken off and put back; everything else survives a round trip, so a text after a NUL is seen.
 */
export const text = (length: number, padding: "nul" | "space" = "nul"): Layout<string> =>
  padding === "nul" ? nulText(length) : paddedText(length, padding);
const paddedText = (length: number, padding: "nul" | "space"): Layout<string> => {
  const pad = padding === "nul" ? 0 : 0x20;
  return {
    ...bytes(length, `ARRAY[${length}] of CHAR`, padding),
    decode: (reader) => {
      const raw = reader.take(length);
      let end = length;
      while (end > 0 && raw[end - 1] === pad) end--;
      return String.fromCharCode(...raw.subarray(0, end));
    },
    encode: (writer, value) => {
      if (typeof value !== "string" || value.length > length)
        throw writer.error("shape", `needs a text of at most ${length} characters`);
      const raw = new Uint8Array(length).fill(pad);
      for (let i = 0; i < value.length; i++) {
        const code = value.charCodeAt(i);
        if (code > 0xff) throw writer.error("range", `"${value[i]}" is not a character of ISO 8859-1`);
        raw[i] = code;
      }
      writer.put(raw);
    },
  };
};

const nulText = onceEach((length: number) => paddedText(length, "nul"));

/** Packed decimal digits, two to a byte, most significant first, as text; other nibbles appear as a..f. */
export const digits = (length: number): Layout<string> => ({
  ...bytes(length, `ARRAY[${length}] of BCD`),
  decode: (reader) => toHex(reader.take(length)),
  encode: (writer, value) => {
    if (typeof value !== "string" || !/^[0-9a-f]*$/i.test(value) || value.length !== 2 * length)
      throw writer.error("shape", `needs ${2 * length} digits`);
    const raw = new Uint8Array(length);
    for (let i = 0; i < length; i++) raw[i] = Number.parseInt(value.slice(2 * i, 2 * i + 2), 16);
    writer.put(raw);
  },
});
