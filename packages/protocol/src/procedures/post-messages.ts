/**
 * What a MEP client posts with EP39, apart from how it is written down. The guides name the messages (MEP guide 1.1, pp.
 * 19, 34, 40, 41 and 57) and describe none, so their form is data that the application brings: for each message the type
 * number and the fields that follow it.
 */
import { LayoutError } from "../errors.ts";

/** A message of a MEP client to its meter. */
export type PostMessage =
  /** The answer to a scheduled read request. */
  | { readonly kind: "scheduled-read"; readonly data: Uint8Array }
  /** The same with the device's alarms, a bit each, as ET14 shows them. */
  | { readonly kind: "scheduled-read-and-alarms"; readonly data: Uint8Array; readonly alarms: number }
  /** The answer to an entry of ET15, or the news that it failed. */
  | {
      readonly kind: "on-demand";
      readonly transaction: number;
      readonly handle: number;
      readonly success: boolean;
      readonly data: Uint8Array;
    }
  | { readonly kind: "clear-mbus-alert" }
  | { readonly kind: "clear-delta-alert" };
export type PostKind = PostMessage["kind"];

/**
 * A field of a posted message. `success` is one byte, 1 or 0; `transaction`, `handle`, `alarms` and `length16` are 16-bit
 * little-endian numbers; `length8` is a byte; `data` are the bytes that the length counts, or all that follow.
 */
export type PostField = "success" | "transaction" | "handle" | "alarms" | "length8" | "length16" | "data";

/** How one message is written: its type, then its fields in this order. */
export interface PostForm {
  /** 0..255. */
  readonly type: number;
  readonly fields: readonly PostField[];
}

/** The forms that are known; a message without one cannot be posted. */
export type PostForms = { readonly [K in PostKind]?: PostForm };

const thirdPartyFields = ["success", "length16", "data"] as const;

/**
 * What is known from outside: type 4 is what a public client sends for scheduled data, 12 stands in the guide (p. 41). It
 * says nothing of alarms, of a transaction or of other types. Unverified.
 */
export const thirdPartyForms: PostForms = {
  "scheduled-read-and-alarms": { type: 4, fields: thirdPartyFields },
  "clear-delta-alert": { type: 12, fields: thirdPartyFields },
};

const none = new Uint8Array(0);
const sizes: Readonly<Record<Exclude<PostField, "data">, 1 | 2>> = {
  success: 1,
  transaction: 2,
  handle: 2,
  alarms: 2,
  length8: 1,
  length16: 2,
};

const numbersOf = (message: PostMessage, data: Uint8Array): Readonly<Record<Exclude<PostField, "data">, number>> => ({
  success: message.kind === "on-demand" && !message.success ? 0 : 1,
  transaction: message.kind === "on-demand" ? message.transaction : 0,
  handle: message.kind === "on-demand" ? message.handle : 0,
  alarms: message.kind === "scheduled-read-and-alarms" ? message.alarms : 0,
  length8: data.length,
  length16: data.length,
});

/**
 * The parameters of EP39 in BT07, from byte 3 on; undefined if the forms have none for this message.
 *
 * @throws LayoutError range, if a number does not fit its field
 * @example
 * encodePost(thirdPartyForms, { kind: "scheduled-read-and-alarms", alarms: 0, data: Uint8Array.of(9) }) // Uint8Array [4, 1, 1, 0, 9]
 */
export const encodePost = (forms: PostForms, message: PostMessage): Uint8Array | undefined => {
  const form = forms[message.kind];
  if (form === undefined) return undefined;
  const data = "data" in message ? message.data : none;
  const numbers = numbersOf(message, data);
  const out: number[] = [form.type];
  for (const field of form.fields) {
    if (field === "data") out.push(...data);
    else {
      const value = numbers[field];
      if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * sizes[field]))
        throw new LayoutError("range", { path: field, offset: 3 + out.length }, `${value} does not fit`);
      out.push(value & 0xff);
      if (sizes[field] === 2) out.push(value >> 8);
    }
  }
  return Uint8Array.from(out);
};

/**
 * The message in these parameters.
 *
 * @throws LayoutError `range` for a type that the forms do not have, `truncated` where bytes are missing
 * @example
 * decodePost(thirdPartyForms, Uint8Array.of(12, 1, 0, 0)).kind // "clear-delta-alert"
 */
export const decodePost = (forms: PostForms, parameters: Uint8Array): PostMessage => {
  const [type] = parameters;
  const kinds = Object.keys(forms) as PostKind[];
  const kind = kinds.find((name) => forms[name]?.type === type);
  const form = kind === undefined ? undefined : forms[kind];
  if (kind === undefined || form === undefined)
    throw new LayoutError("range", { path: "type", offset: 3 }, `no message has the type ${type ?? "of no bytes"}`);
  const numbers = { success: 1, transaction: 0, handle: 0, alarms: 0, length8: 0, length16: 0 };
  let [at, length, data]: [number, number | undefined, Uint8Array] = [1, undefined, none];
  for (const field of form.fields) {
    const size = field === "data" ? (length ?? parameters.length - at) : sizes[field];
    if (at + size > parameters.length)
      throw new LayoutError(
        "truncated",
        { path: field, offset: 3 + at },
        `needs ${size} bytes, ${parameters.length - at} are left`,
      );
    if (field === "data") data = parameters.slice(at, at + size);
    else {
      numbers[field] = (parameters[at] ?? 0) + (size === 2 ? 256 * (parameters[at + 1] ?? 0) : 0);
      if (field === "length8" || field === "length16") length = numbers[field];
    }
    at += size;
  }
  return messageOf(kind, numbers, data);
};

const messageOf = (
  kind: PostKind,
  { success, transaction, handle, alarms }: Readonly<Record<"success" | "transaction" | "handle" | "alarms", number>>,
  data: Uint8Array,
): PostMessage => {
  if (kind === "scheduled-read") return { kind, data };
  if (kind === "scheduled-read-and-alarms") return { kind, data, alarms };
  if (kind === "on-demand") return { kind, transaction, handle, success: success === 1, data };
  return { kind };
};
