/** The services around requests: what a client sends to have a session, and what the meter's words to each mean. */
import { hexByte } from "../digits.ts";
import { code, responseCode } from "../mep/frame/response-codes.ts";
import { leastPacketSize } from "./packet.ts";
import {
  decodeIdentified,
  decodeNegotiated,
  encodeService,
  type Negotiated,
  type PacketLimits,
  type ServiceRequest,
} from "./services.ts";

/** Services that are not for tables. */
export type SessionStep = ServiceRequest["kind"];

/** One service under way. */
export type Step = SessionStep | "request";

/** How far a session has got, as far as its client knows. `unknown` after something went unanswered: then it is ended first. */
export type Stage = "unknown" | "base" | "identified" | "negotiated" | "logged-on" | "open";

/** What brings a session on from each stage. */
export const stepAfter: Readonly<Record<Stage, Step>> = {
  unknown: "terminate",
  base: "identification",
  identified: "negotiate",
  negotiated: "logon",
  "logged-on": "security",
  open: "request",
};

/** What a client signs on with. */
export interface SignOn {
  readonly password: Uint8Array | undefined;
  readonly userId: number;
  readonly user: string;
  /** What it asks for. */
  readonly limits: PacketLimits;
  /** Codes of the speeds that it can change to. */
  readonly bauds: readonly number[];
  readonly waitSeconds: number;
}

/** The bytes of a step. @throws UsageError (`range`) for what does not fit its field */
export const stepMessage = (step: SessionStep, signOn: SignOn): Uint8Array => {
  const { password, userId, user, limits, bauds, waitSeconds } = signOn;
  switch (step) {
    case "logon":
      return encodeService({ kind: step, userId, user });
    case "security":
      return encodeService({ kind: step, password: password ?? new Uint8Array() });
    case "negotiate":
      return encodeService({ kind: step, ...limits, bauds });
    case "wait":
      return encodeService({ kind: step, seconds: waitSeconds });
    default:
      return encodeService({ kind: step });
  }
};

/** What an answer says. */
export type StepResult =
  | { readonly type: "done"; readonly agreed?: Negotiated }
  /** Not an answer to such a service: a late answer to an earlier one. */
  | { readonly type: "stale" }
  /** The meter is in another state than we think, or wants to begin again: it did not do it. */
  | { readonly type: "lost" }
  /** Ask again later: it did not do it. */
  | { readonly type: "busy" }
  | { readonly type: "refused"; readonly code: number };

/** Codes that end no request, whatever was asked; undefined for others. */
export const transientResult = (data: Uint8Array): StepResult | undefined => {
  if (data.length !== 1) return undefined;
  const [first] = data;
  if (first === code.invalidState || first === code.renegotiate) return { type: "lost" };
  if (first === code.busy || first === code.notReady) return { type: "busy" };
  return undefined;
};

/** What the answer to a step says. Never throws. */
export const stepResult = (step: SessionStep, data: Uint8Array): StepResult => {
  // Both end something: whatever the meter says to it, it is over.
  if (step === "terminate" || step === "logoff") return { type: "done" };
  const transient = transientResult(data);
  if (transient !== undefined) return transient;
  if (data.length === 1 && data[0] !== code.ok) return { type: "refused", code: data[0] as number };
  if (step === "identification") return decodeIdentified(data) === undefined ? { type: "stale" } : { type: "done" };
  if (step === "negotiate") {
    const found = decodeNegotiated(data);
    if (found === undefined || found.packetSize < leastPacketSize || found.packets < 1) return { type: "stale" };
    return { type: "done", agreed: found };
  }
  return data.length === 1 ? { type: "done" } : { type: "stale" };
};

/** For messages: what was refused and how. */
export const refusalOf = (step: SessionStep, refused: number): string => {
  const name = step === "identification" ? "the session" : `the ${step}`;
  return `the meter refuses ${name}: ${responseCode(refused).meaning} (response ${hexByte(refused)})`;
};
