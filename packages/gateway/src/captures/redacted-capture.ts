/** A capture of the shelf as it may be given away. */
import { type Capture, captureText, parseCapture } from "@meterport/protocol/capture/capture";
import { redactCapture } from "@meterport/protocol/capture/redaction/redact";
import { UsageError } from "@meterport/protocol/errors";
import { type Profile, parseProfile } from "@meterport/protocol/layout/index";

/** What it takes to redact; plain data, because it goes to another thread. */
export interface RedactionOrder {
  readonly text: string;
  /** The meter's key. */
  readonly key: Uint8Array;
  /** What pseudonyms are made with. */
  readonly seed: Uint8Array;
  /** "meter:3.70", for captures that do not tell. */
  readonly profile: string | undefined;
}

/** The text, or one sentence without a full stop on why there is none. */
export type Redaction = { readonly text: string } | { readonly problem: string };

/** A meter may call itself what nobody knows yet: then it is one of the usual ones. */
const profileOf = (name: string | undefined): { readonly profile?: Profile } => {
  try {
    return name === undefined ? {} : { profile: parseProfile(name) };
  } catch (error) {
    if (error instanceof UsageError) return {};
    throw error;
  }
};

/** What verifies keeps its readings; where nothing does, as under a key that was changed since, lengths and codes are left. */
const redacted = (capture: Capture, { key, seed, profile }: RedactionOrder): Capture => {
  const options = { seed, ...profileOf(profile) };
  try {
    return redactCapture(capture, { ...options, key }).capture;
  } catch (error) {
    if (!(error instanceof UsageError) || error.code !== "capture") throw error;
    return redactCapture(capture, { ...options, key: undefined }).capture;
  }
};

/** Redacts a capture with the key of its meter, and seals it anew with the throw-away key. */
export const redactedCapture = (order: RedactionOrder): Redaction => {
  try {
    return { text: captureText(redacted(parseCapture(order.text), order)) };
  } catch (error) {
    if (error instanceof UsageError) return { problem: error.message };
    throw error;
  }
};
