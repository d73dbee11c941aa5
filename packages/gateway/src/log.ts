/** The log: one line per event on standard error, for people or as JSON. */
import type { Log, LogSubject } from "@meterport/engine/ports/log";
import { plainText } from "@meterport/protocol/plain-text";
import type { Clock, Millis } from "@meterport/protocol/ports";

/** The most severe first; `trace` logs every frame that crosses a link. */
export const logLevels = ["error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof logLevels)[number];

/** `text` for people, `json` for programs that collect logs: one object a line. */
export const logFormats = ["text", "json"] as const;
export type LogFormat = (typeof logFormats)[number];

/** A log that also takes details for troubleshooting. */
export type LevelLog = Log & Readonly<Record<LogLevel, (text: string, about?: LogSubject) => void>>;

/** Control characters could forge a second line or drive a terminal, so they become spaces. */
const oneLine = (text: string): string => plainText(text.replace(/\p{Cc}+/gu, " ")).slice(0, 1_000);

/** Whether a log of this level includes lines of level `of`. */
export const tells = (level: LogLevel, of: LogLevel): boolean => logLevels.indexOf(of) <= logLevels.indexOf(level);

/** Takes each line that is logged. */
export type LogNote = (time: Millis, level: LogLevel, message: string, about: LogSubject) => void;

export interface LogSettings {
  readonly level: LogLevel;
  readonly format: LogFormat;
}

const byDefault: LogSettings = { level: "info", format: "text" };

/**
 * A log that passes finished lines to `write`: those of the set level and of more severe ones.
 *
 * @param settings is asked for each line, as a reload may change them
 * @param note takes each line as well
 */
export const lineLog = (
  clock: Pick<Clock, "wall">,
  write: (line: string) => void,
  settings: () => LogSettings = () => byDefault,
  note: LogNote = () => {},
): LevelLog => {
  const at =
    (of: LogLevel) =>
    (text: string, about: LogSubject = {}): void => {
      const { meter } = about;
      const { level, format } = settings();
      if (!tells(level, of)) return;
      const wall = clock.wall();
      const time = new Date(wall).toISOString();
      note(wall, of, oneLine(text), about);
      if (format === "json") {
        write(
          `${JSON.stringify({ time, level: of, ...(meter === undefined ? {} : { meter }), message: oneLine(text) })}\n`,
        );
        return;
      }
      write(`${time} ${of.padEnd(5)} ${oneLine(meter === undefined ? text : `${meter}: ${text}`)}\n`);
    };
  return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug"), trace: at("trace") };
};
