/**
 * Very many metering points behind the gateway's real HTTP server and page, without lines to meters: what each says is set by a test.
 * Ten thousand real links would measure the links.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LinkState, LiveAnswer } from "@meterport/engine/model/point-model";
import type { MeterChange, MeterView } from "@meterport/engine/points/meter-view";
import { silentLog } from "@meterport/engine/ports/log";
import { createApp } from "@meterport/gateway/http/app";
import type { Peer } from "@meterport/gateway/http/peer";
import { listen } from "@meterport/gateway/http/server";
import { openLocalSqliteStore } from "@meterport/gateway/stores/sqlite/sqlite-store";
import { stillMeter } from "@meterport/gateway/testing/http-setup";
import { noCaptures } from "@meterport/gateway/testing/no-captures";
import { systemClock } from "@meterport/transports/clock";

export interface FleetMeter {
  readonly id: string;
  readonly name: string;
  readonly group: string | null;
  readonly state: LinkState;
  readonly cause: string | null;
  /** W; null while it is not known. */
  readonly power: number | null;
  /** When that was measured, ISO 8601; the present if omitted. */
  readonly time?: string | undefined;
}

export interface ServedFleet {
  /** "http://127.0.0.1:40123" */
  readonly url: string;
  readonly meters: ReadonlyMap<string, FleetMeter>;
  /** Changes what a meter says, and tells those who listen. */
  readonly change: (id: string, part: Partial<FleetMeter>) => void;
  /** How many streams tell what a meter says. */
  readonly followers: (id: string) => number;
  readonly store: ReturnType<typeof openLocalSqliteStore>;
  readonly close: () => Promise<void>;
}

/** The built page. */
export const builtPage = fileURLToPath(new URL("../../packages/dashboard/dist", import.meta.url));

/** What each meter says at first: by its place in the list. */
export const fleetMeter = (index: number): FleetMeter => ({
  id: `m${String(index).padStart(5, "0")}`,
  name: `Flat ${index + 1}`,
  group: index % 10 === 9 ? null : `House ${Math.floor(index / 100) + 1}`,
  state: index % 50 === 7 ? "silent" : index % 333 === 5 ? "refused" : "up",
  cause: index % 50 === 7 ? "no-answer" : index % 333 === 5 ? "wrong-key" : null,
  power: index % 50 === 7 || index % 333 === 5 ? null : ((index * 37) % 4_000) - 800,
});

const viewOf = (get: () => FleetMeter, since: string) => {
  const { view } = stillMeter();
  const [still, plain] = [view.summary(), view.live()];
  const listeners = new Set<(change: MeterChange) => void>();
  const last = { time: since };
  const link = () => {
    const { state, cause } = get();
    return { ...still.link, state, cause, since, last_reading: last.time, url: "tcp://127.0.0.1:1" };
  };
  const summary = () => ({ ...still, id: get().id, name: get().name, simulated: false, link: link() });
  const live = (): LiveAnswer => {
    const { id, power } = get();
    if (power === null) return { ...plain, id, time: null, quality: "stale", power_w: null } as LiveAnswer;
    return { ...plain, id, time: last.time, quality: "good", power_w: power };
  };
  const meter: MeterView = {
    id: get().id,
    summary,
    live,
    detail: () => ({ ...summary(), identity: null }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const tell = (): void => {
    if (get().power !== null) last.time = get().time ?? new Date(systemClock.wall()).toISOString();
    for (const listener of listeners) {
      listener({ event: "link", data: link() });
      listener({ event: "live", data: live() });
    }
  };
  return { meter, tell, followers: (): number => listeners.size };
};

/**
 * @param meters what they say at first, in the order of the list
 * @param dashboard folder of the page
 */
export const serveFleet = async (meters: readonly FleetMeter[], dashboard = builtPage): Promise<ServedFleet> => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-fleet-"));
  const said = new Map(meters.map((meter) => [meter.id, meter]));
  const since = new Date(systemClock.wall()).toISOString();
  const made = meters.map(({ id, ...first }) => viewOf(() => said.get(id) ?? { id, ...first }, since));
  const tells = new Map(made.map(({ meter, ...rest }) => [meter.id, rest]));
  const store = openLocalSqliteStore(folder, silentLog, systemClock.wall);
  const ask = () => Promise.reject(new Error("there is no meter"));
  const app = createApp({
    ...noCaptures,
    meters: new Map(made.map(({ meter }) => [meter.id, meter])),
    pointInfo: (id) => {
      const meter = said.get(id);
      return meter === undefined ? undefined : { zone: "Europe/Copenhagen", group: meter.group, fuseAmps: null, ask };
    },
    ...{ store, clock: systemClock, log: silentLog, version: "0", dashboard, host: "127.0.0.1", allowedHosts: [] },
  });
  const fetch = (request: Request, peer: Peer) => app.fetch(request, peer);
  const server = await listen({ host: "127.0.0.1", port: 0, portAsked: true, fetch, log: silentLog });
  let closed = false;
  return {
    url: server.url,
    meters: said,
    store,
    followers: (id) => tells.get(id)?.followers() ?? 0,
    change: (id, part) => {
      const meter = said.get(id);
      if (meter === undefined) throw new Error(`there is no meter ${id}`);
      said.set(id, { ...meter, ...part });
      tells.get(id)?.tell();
    },
    close: async () => {
      if (closed) return;
      closed = true;
      app.streams.close();
      app.pointStreams.close();
      await server.close();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
};
