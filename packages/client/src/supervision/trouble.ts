/** What an error says about its link. */
import { LinkError, type LinkFailure, MeterportError, UsageError } from "@meterport/protocol/errors";
import type { LinkCause } from "./link-status.ts";

export interface Trouble {
  /** `answer`: the meter answered authentically, but did not give what was requested; the link is intact. */
  readonly kind: "silent" | "refused" | "answer";
  readonly cause: LinkCause;
  /** The failure code for requests made meanwhile. */
  readonly failure: LinkFailure;
}

/** The port answers, but rejects us. A handshake that failed for another reason than the key may be noise. */
const refusing: readonly string[] = ["wrong-key", "no-tls", "tls-required"];

/**
 * What a failed request means for the link.
 *
 * @example
 * import { LinkError } from "@meterport/protocol/errors"
 * troubleOf(new LinkError("echo", "read BT01", "only our own bytes came back")).kind // "silent"
 * troubleOf(new LinkError("wrong-key", "read BT01", "the meter refuses the key")).cause.code // "wrong-key"
 */
export const troubleOf = (error: unknown): Trouble => {
  if (error instanceof LinkError)
    return {
      kind: refusing.includes(error.code) ? "refused" : "silent",
      cause: { code: error.code, text: error.message },
      failure: error.code,
    };
  if (error instanceof MeterportError)
    return {
      kind: error.name === "TlsError" || error.name === "UsageError" ? "refused" : "answer",
      cause: { code: error.code, text: error.message },
      failure: "no-answer",
    };
  const text = error instanceof Error ? `unexpected: ${error.message}` : "unexpected failure";
  return { kind: "silent", cause: { code: "unexpected", text }, failure: "no-answer" };
};

/** Our requests were too many, were cancelled, or were laid out for other dimensions: they never reached the meter. */
const unasked: readonly string[] = ["queue-full", "aborted", "moved"];

/**
 * Whether an error is the caller's own, and says nothing about the link.
 *
 * @example
 * import { LinkError, UsageError } from "@meterport/protocol/errors"
 * isOfCaller(new UsageError("no-such-table", "ET99 does not exist on meter:3.70")) // true
 * isOfCaller(new LinkError("queue-full", "read BT52", "not sent, 256 requests are waiting already")) // true
 * isOfCaller(new LinkError("no-answer", "read BT52", "no answer after 3 attempts")) // false
 */
export const isOfCaller = (error: unknown): boolean =>
  !(error instanceof MeterportError) ||
  error instanceof UsageError ||
  (error instanceof LinkError && unasked.includes(error.code));

/**
 * The same trouble, with alerts that came outside requests: they come once a second, and may fall between two looks.
 *
 * @example
 * import { LinkError } from "@meterport/protocol/errors"
 * const silence = troubleOf(new LinkError("no-answer", "read BT01", "no answer after 1 attempt"));
 * withAlerts(silence, 2).cause.code // "only-alerts"
 * withAlerts(silence, 0).cause.code // "no-answer"
 */
export const withAlerts = (trouble: Trouble, alerts: number): Trouble => {
  if (alerts === 0 || trouble.cause.code !== "no-answer") return trouble;
  const text = "only alerts come, no answer: the meter talks but does not hear us";
  return { ...trouble, cause: { code: "only-alerts", text }, failure: "only-alerts" };
};
