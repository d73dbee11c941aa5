import type { Store } from "@meterport/engine/ports/store";
import type { AppOptions } from "../http/app.ts";

/** A shelf with nothing on it, a meter whose log is empty, and no points. */
export const noCaptures: Pick<AppOptions, "captures" | "redact" | "meterLog" | "pointInfo" | "started"> = {
  captures: { list: () => [], read: () => undefined },
  redact: async () => undefined,
  pointInfo: () => undefined,
  started: () => true,
  meterLog: async () => ({ time: 0, entries: [] }),
};

/** A store that can do this and nothing else. */
export const storeWith = (part: Partial<Store>): Store => part as Store;
