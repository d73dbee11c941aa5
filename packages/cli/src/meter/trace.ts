/** `--trace`: prints what crosses a link, decoded, line by line on standard error. */
import type { Session } from "@meterport/client/session/session";
import { plainText } from "@meterport/protocol/plain-text";
import type { Millis } from "@meterport/protocol/ports";
import type { Io } from "../io/io.ts";
import type { TraceDetail } from "../options/shared-options.ts";

const timeWidth = 9;

/**
 * A time as the trace writes it, in seconds.
 *
 * @example
 * traceTime(12_345.6) // "   12.346"
 */
const traceTime = (elapsed: Millis): string => (elapsed / 1000).toFixed(3).padStart(timeWidth);

/** When each run began: a reopened link continues with the same times. */
const begun = new WeakMap<Io, Millis>();

/** Traces each session of a command, with times from the first one; undefined without a trace. */
export const tracing = async (
  detail: TraceDetail | undefined,
  io: Io,
): Promise<{ readonly onSession?: (session: Session) => void }> => {
  if (detail === undefined) return {};
  const { traceSession } = await import("@meterport/client/trace/link-trace");
  const { now } = io.clock;
  const began = begun.get(io) ?? now();
  begun.set(io, began);
  return {
    onSession: (session) =>
      traceSession(session, {
        now,
        full: detail === "full",
        tell: ({ text }) => io.stderr.write(`${traceTime(now() - began)} ${plainText(text)}\n`),
      }),
  };
};
