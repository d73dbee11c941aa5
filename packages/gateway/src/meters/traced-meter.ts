/** A meter whose sessions are logged frame by frame. */
import { traceSession } from "@meterport/client/trace/link-trace";
import type { Clock } from "@meterport/protocol/ports";
import { type LevelLog, type LogLevel, tells } from "../log.ts";
import type { MeterAccess } from "./meter-link.ts";

export interface TracedMeterOptions {
  readonly id: string;
  readonly level: LogLevel;
  readonly log: Pick<LevelLog, "debug" | "trace">;
  readonly clock: Pick<Clock, "now">;
}

/**
 * The same way to a meter. At `debug` the log gets unusual events on its line, at `trace` every request and answer
 * too; keys and data are in neither. At any other level nothing is added.
 */
export const tracedMeter = (access: MeterAccess, { id, level, log, clock }: TracedMeterOptions): MeterAccess => {
  if (!tells(level, "debug")) return access;
  return {
    ...access,
    connect: (transport, signal, onSession) =>
      access.connect(transport, signal, (session) => {
        traceSession(session, {
          now: clock.now,
          tell: ({ kind, text }) => log[kind === "event" ? "debug" : "trace"](text, { meter: id }),
        });
        onSession(session);
      }),
  };
};
