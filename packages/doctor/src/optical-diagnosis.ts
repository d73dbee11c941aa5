/** What an examination of a link to an optical port can find beyond what a MEP port can also have. */

/** In the order of examination. */
export const opticalLayers = [
  "open",
  "bytes",
  "echo",
  "framing",
  "identification",
  "negotiation",
  "logon",
  "line",
  "key",
  "long-replies",
  "access",
  "clock",
] as const;

/** Layers that only this port has: the steps to a session (ANSI C12.18-1996). */
export type OpticalCheckName = "identification" | "negotiation" | "logon";

/** Problems that only this port can have. */
export const opticalSicknesses = [
  "no-light",
  "own-light",
  "stray-light",
  "loose-head",
  "head-supply",
  "head-sags",
  "asleep",
  "short-packets",
  "other-meter",
  "no-session",
  "interrupted",
  "no-password",
  "password-refused",
  "password-unheard",
] as const;
export type OpticalSickness = (typeof opticalSicknesses)[number];

export type OpticalFinding =
  | "other-supply"
  | "stray-bytes"
  | "foreign-words"
  | "identified"
  | "identified-late"
  | "woken"
  | "packets-short"
  | "negotiated"
  | "logged-on"
  | "service-refused"
  | "packets-graded"
  | "password-missing"
  | "password-accepted"
  | "password-refused-once"
  | "password-unanswered"
  | "read-only-rights"
  | "open-tables-only";
