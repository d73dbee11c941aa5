/** The remote calls of a Shelly, in the frames of its protocol. The same over HTTP, WebSocket and UDP. */
import { objectIn } from "../listening/json-object.ts";
import { type DecimalJson, decimalJson } from "./decimal-json.ts";
import type { Params, ShellyDevice } from "./shelly-device.ts";
import type { ShellyDigest } from "./shelly-digest.ts";

export const paramsOf = (value: unknown): Params =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Params) : {};

const longestName = 64;

/** What a client sent for itself, given back as it was. */
const echoed = (value: unknown): string | number | null =>
  typeof value === "number" && Number.isFinite(value)
    ? value
    : typeof value === "string"
      ? value.slice(0, longestName)
      : null;

/** The answer to a frame: text; or why there is none. */
export type FrameAnswer =
  | { readonly text: string; readonly values: boolean; readonly from: string | null; readonly allowed: boolean }
  /** Its values are old. */
  | "silence"
  /** It is no request. */
  | "unread";

/** What anyone may know without the password. */
export const isOpen = (method: string): boolean => method.toLowerCase() === "shelly.getdeviceinfo";

/**
 * @param digest undefined if no password is needed
 * @param trusted whether the request itself has shown that it knows the password
 */
export const answerFrame = (
  device: ShellyDevice,
  text: string,
  digest: ShellyDigest | undefined,
  trusted = false,
): FrameAnswer => {
  const frame = objectIn(text);
  if (frame === undefined || typeof frame.method !== "string") return "unread";
  const allowed = digest === undefined || trusted || digest.allowsFrame(frame.auth);
  const outcome =
    allowed || isOpen(frame.method) ? device.call(frame.method, paramsOf(frame.params)) : { error: digest.refusal() };
  if (outcome === "silence") return "silence";
  const from = typeof frame.src === "string" ? frame.src.slice(0, longestName) : null;
  const said: DecimalJson = {
    id: echoed(frame.id),
    src: device.id,
    ...(from === null ? {} : { dst: from }),
    ...("error" in outcome ? { error: outcome.error } : { result: outcome.result }),
  };
  return { text: decimalJson(said), values: "values" in outcome, from, allowed };
};
