/** The API over many meters that stand still; every tenth is silent, and the power of the first is unknown. Group 1 has every third, group 10 the next ones, the others are in none. */
import { type MeterView, verdictOf } from "@meterport/engine/points/meter-view";
import { silentLog } from "@meterport/engine/ports/log";
import type { Store } from "@meterport/engine/ports/store";
import { LinkError } from "@meterport/protocol/errors";
import type { Clock } from "@meterport/protocol/ports";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { createApp } from "../http/app.ts";
import { stillMeter } from "./http-setup.ts";
import { noCaptures, storeWith } from "./no-captures.ts";

const noStore = storeWith({
  status: () => Promise.reject(new Error("there is no store")),
  cursors: async () => new Map(),
});

export const manyMeters = (count: number, clock: Clock = new VirtualClock(), store: Store = noStore) => {
  const { view } = stillMeter();
  const still = view.summary();
  const views = new Map<string, MeterView>();
  for (let n = 0; n < count; n++) {
    const id = `m${String(n).padStart(4, "0")}`;
    const link = { ...still.link, state: n % 10 === 0 ? ("silent" as const) : still.link.state };
    const verdict = verdictOf({ summary: () => ({ ...still, link }) });
    const summary = () => ({ ...still, id, name: `Meter ${id.slice(1)}`, link });
    views.set(id, {
      ...view,
      id,
      summary,
      verdict: () => verdict,
      live: () => ({ ...view.live(), id, power_w: n === 0 ? null : (n * 37) % 1_000 }),
    });
  }
  const ask = () => Promise.reject(new LinkError("no-answer", "read", "there is no meter"));
  const app = createApp({
    ...noCaptures,
    meters: views,
    pointInfo: (id) => {
      if (!views.has(id)) return undefined;
      const group = ["Group 1", "Group 10", null][Number(id.slice(1)) % 3] ?? null;
      return { zone: "Europe/Copenhagen", group, fuseAmps: null, ask };
    },
    store,
    clock,
    log: silentLog,
    version: "0",
    dashboard: "/none",
    host: "127.0.0.1",
    allowedHosts: [],
  });
  const get = (path: string) => Promise.resolve(app.fetch(new Request(`http://127.0.0.1:8765${path}`)));
  return {
    views,
    ids: [...views.keys()],
    get,
    json: async <T>(path: string): Promise<T> => (await (await get(path)).json()) as T,
  };
};
