import type { AppOptions } from "../http/app.ts";

/** A shelf with nothing on it. */
export const noCaptures: Pick<AppOptions, "captures" | "redact"> = {
  captures: { list: () => [], read: () => undefined },
  redact: async () => undefined,
};
