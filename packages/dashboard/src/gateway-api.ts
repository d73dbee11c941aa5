import type { MeterDetail, MeterSummary } from "@meterport/gateway/api";
import { type History, historyOf, meterOf, metersOf } from "./api-answers.ts";

/** The gateway's API as this page uses it; each call gives null when there is no usable answer. */
export interface GatewayApi {
  readonly meters: () => Promise<MeterSummary[] | null>;
  readonly meter: (id: string) => Promise<MeterDetail | null>;
  /** `from`, `to` and `step` in seconds. */
  readonly history: (id: string, from: number, to: number, step: number) => Promise<History | null>;
  readonly eventsUrl: (id: string) => string;
  /** Milliseconds since 1970 as the gateway counts them, as far as its answers told. */
  readonly time: () => number;
}

/** An answer that takes longer is taken for none. */
const TIMEOUT_MS = 8000;
/** The header counts whole seconds, so smaller differences mean nothing. */
const CLOCK_TOLERANCE_MS = 1500;

/** Talks to the gateway below `base`, the address of the page. */
export function gatewayApi(base: string, fetchFrom: typeof fetch, now: () => number): GatewayApi {
  let offset = 0;
  const address = (path: string): string => new URL(`api/v1/${path}`, base).href;
  const ask = async (path: string): Promise<unknown> => {
    try {
      const response = await fetchFrom(address(path), {
        cache: "no-store",
        headers: { accept: "application/json" },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const date = Date.parse(response.headers.get("date") ?? "");
      const difference = date + 500 - now();
      offset = Math.abs(difference) > CLOCK_TOLERANCE_MS ? difference : 0;
      return response.ok ? await response.json() : null;
    } catch {
      // No answer, no JSON, or too late: to the reader all of these are a gateway that cannot be reached.
      return null;
    }
  };
  const meterPath = (id: string): string => `meters/${encodeURIComponent(id)}`;
  const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
  return {
    meters: async () => metersOf(await ask("meters")),
    meter: async (id) => meterOf(await ask(meterPath(id))),
    history: async (id, from, to, step) => {
      const query = new URLSearchParams({ from: iso(from), to: iso(to), step: String(step) });
      return historyOf(await ask(`${meterPath(id)}/history?${query}`));
    },
    eventsUrl: (id) => address(`${meterPath(id)}/events`),
    time: () => now() + offset,
  };
}
