import type { AppOptions } from "../http/app.ts";

/** A shelf with nothing on it, and a meter whose log is empty. */
export const noCaptures: Pick<AppOptions, "captures" | "redact" | "meterLog"> = {
  captures: { list: () => [], read: () => undefined },
  redact: async () => undefined,
  meterLog: async () => ({ time: 0, entries: [] }),
};
