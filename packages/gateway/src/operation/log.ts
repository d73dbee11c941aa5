/** The log: one line per event on standard error. */
import type { Log } from "@meterport/engine/ports/log";
import type { Clock } from "@meterport/protocol/ports";

/** Control characters could forge a second line or drive a terminal, so they become spaces. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, " ").slice(0, 1_000);

/** A log that hands finished lines to `write`. */
export const lineLog = (clock: Pick<Clock, "wall">, write: (line: string) => void): Log => {
  const at = (level: string) => (text: string) =>
    write(`${new Date(clock.wall()).toISOString()} ${level} ${oneLine(text)}\n`);
  return { info: at("info "), warn: at("warn "), error: at("error") };
};
