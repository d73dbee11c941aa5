/** Where the engine logs what happened. */

/** One line per event. */
export interface Log {
  readonly info: (text: string) => void;
  readonly warn: (text: string) => void;
  readonly error: (text: string) => void;
}

/** For tests, and for callers that want no log. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
