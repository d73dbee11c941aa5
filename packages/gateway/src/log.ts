/** The log: one line per event on standard error. */
import type { Log } from "@meterport/engine/ports/log";
import { plainText } from "@meterport/protocol/plain-text";
import type { Clock } from "@meterport/protocol/ports";

/** The most severe first; `trace` logs every frame that crosses a link. */
export const logLevels = ["error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof logLevels)[number];

/** A log that also takes details for troubleshooting. */
export type LevelLog = Log & Readonly<Record<LogLevel, (text: string) => void>>;

/** Control characters could forge a second line or drive a terminal, so they become spaces. */
const oneLine = (text: string): string => plainText(text.replace(/\p{Cc}+/gu, " ")).slice(0, 1_000);

/** Whether a log of this level includes lines of level `of`. */
export const tells = (level: LogLevel, of: LogLevel): boolean => logLevels.indexOf(of) <= logLevels.indexOf(level);

/** A log that passes finished lines to `write`: those of `level` and of more severe ones. */
export const lineLog = (
  clock: Pick<Clock, "wall">,
  write: (line: string) => void,
  level: () => LogLevel = () => "info",
): LevelLog => {
  const at = (of: LogLevel) => (text: string) => {
    if (tells(level(), of)) write(`${new Date(clock.wall()).toISOString()} ${of.padEnd(5)} ${oneLine(text)}\n`);
  };
  return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug"), trace: at("trace") };
};
