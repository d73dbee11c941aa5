/** `--trace`: what crosses a link, decoded, line by line on standard error. */
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
export const traceTime = (elapsed: Millis): string => (elapsed / 1000).toFixed(3).padStart(timeWidth);

/** When each run began: what is opened again goes on in the same time. */
const begun = new WeakMap<Io, Millis>();

/** What traces each session of a command, by times from the first one; nothing where no trace is wanted. */
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
