/** Where the engine logs what happened. */

/** What a line is about, for logs that programs read. */
export interface LogSubject {
  /** Id of a metering point. */
  readonly meter?: string | undefined;
  /** Whether the same is stored as an event of that point. */
  readonly isEvent?: boolean | undefined;
}

/** One line per event. */
export interface Log {
  readonly info: (text: string, about?: LogSubject) => void;
  readonly warn: (text: string, about?: LogSubject) => void;
  readonly error: (text: string, about?: LogSubject) => void;
}

/** A log of one metering point. */
export const logOf = (log: Log, meter: string): Log => ({
  info: (text) => log.info(text, { meter }),
  warn: (text) => log.warn(text, { meter }),
  error: (text) => log.error(text, { meter }),
});

/** For tests, and for callers that want no log. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
