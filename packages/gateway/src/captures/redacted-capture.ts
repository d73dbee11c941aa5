/** Prepares a capture of the shelf for sharing. */
import { type Capture, captureText, parseCapture } from "@meterport/protocol/capture/capture";
import { redactCapture } from "@meterport/protocol/capture/redaction/redact";
import { UsageError } from "@meterport/protocol/errors";
import { type Profile, parseProfile } from "@meterport/protocol/layout/index";

/** The input for redacting; plain data, because it goes to another thread. */
export interface RedactionOrder {
  readonly text: string;
  /** The meter's key. */
  readonly key: Uint8Array;
  /** The seed of the pseudonyms. */
  readonly seed: Uint8Array;
  /** "meter:3.70", for captures that do not identify the device. */
  readonly profile: string | undefined;
}

/** The text, or one sentence, without a full stop, that gives the reason. */
export type Redaction = { readonly text: string } | { readonly problem: string };

/** A meter may report an unknown firmware: then a usual profile is assumed. */
const profileOf = (name: string | undefined): { readonly profile?: Profile } => {
  try {
    return name === undefined ? {} : { profile: parseProfile(name) };
  } catch (error) {
    if (error instanceof UsageError) return {};
    throw error;
  }
};

/** Messages that verify keep their readings; if none do, as after a change of key, only lengths and codes are left. */
const redacted = (capture: Capture, { key, seed, profile }: RedactionOrder): Capture => {
  const options = { seed, ...profileOf(profile) };
  try {
    return redactCapture(capture, { ...options, key }).capture;
  } catch (error) {
    if (!(error instanceof UsageError) || error.code !== "capture") throw error;
    return redactCapture(capture, { ...options, key: undefined }).capture;
  }
};

/** Redacts a capture with the key of its meter, and re-seals it with the throw-away key. */
export const redactedCapture = (order: RedactionOrder): Redaction => {
  try {
    return { text: captureText(redacted(parseCapture(order.text), order)) };
  } catch (error) {
    if (error instanceof UsageError) return { problem: error.message };
    throw error;
  }
};
