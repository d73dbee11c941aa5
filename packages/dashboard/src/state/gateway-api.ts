import type { ApiCapture, LogAnswer, MeterDetail, MeterSummary, OutputSummary } from "@meterport/gateway/http/api";
import { capturesOf, type History, historyOf, meterOf, metersOf, outputsOf, problemOf } from "./api-answers.ts";
import { logOf } from "./log-answer.ts";

/** The gateway's API as this page uses it; each call gives null if there is no usable answer. */
export interface GatewayApi {
  readonly meters: () => Promise<MeterSummary[] | null>;
  readonly outputs: () => Promise<OutputSummary[] | null>;
  readonly meter: (id: string) => Promise<MeterDetail | null>;
  /** `from`, `to` and `step` in seconds. */
  readonly history: (id: string, from: number, to: number, step: number) => Promise<History | null>;
  readonly captures: (id: string) => Promise<ApiCapture[] | null>;
  /** The address of an original capture. */
  readonly captureUrl: (id: string, name: string) => string;
  /** A redacted capture, or the gateway's sentence on why there is none. */
  readonly redactedCapture: (id: string, name: string) => Promise<Saved | { readonly problem: string | null }>;
  /** The newest entries of the meter's own log, or the gateway's sentence on why there are none. */
  readonly log: (id: string, limit: number) => Promise<LogAnswer | { readonly problem: string | null }>;
  readonly eventsUrl: (id: string) => string;
  /** The gateway's time, milliseconds since 1970, as far as its answers show it. */
  readonly time: () => number;
}

/** A file for the reader. */
export interface Saved {
  readonly name: string;
  readonly content: Blob;
}

/** An answer that takes longer counts as none. */
const TIMEOUT_MS = 8000;
/** Redacting takes seconds on a small machine, and other requests may come first. */
const REDACTION_TIMEOUT_MS = 120_000;
/** The log is read between live readings, over a line that may be slow. */
const LOG_TIMEOUT_MS = 70_000;
/** The header counts whole seconds, so smaller differences mean nothing. */
const CLOCK_TOLERANCE_MS = 1500;

/** The API of the gateway below `base`, the address of the page. */
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
      // No answer, not JSON, or too late: for the reader, the gateway cannot be reached.
      return null;
    }
  };
  const meterPath = (id: string): string => `meters/${encodeURIComponent(id)}`;
  const captureUrl = (id: string, name: string): string =>
    address(`${meterPath(id)}/captures/${encodeURIComponent(name)}`);
  const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
  return {
    meters: async () => metersOf(await ask("meters")),
    outputs: async () => outputsOf(await ask("outputs")),
    meter: async (id) => meterOf(await ask(meterPath(id))),
    history: async (id, from, to, step) => {
      const query = new URLSearchParams({ from: iso(from), to: iso(to), step: String(step) });
      return historyOf(await ask(`${meterPath(id)}/history?${query}`));
    },
    captures: async (id) => capturesOf(await ask(`${meterPath(id)}/captures`)),
    captureUrl,
    redactedCapture: async (id, name) => {
      try {
        const response = await fetchFrom(`${captureUrl(id, name)}?redacted=1`, {
          cache: "no-store",
          signal: AbortSignal.timeout(REDACTION_TIMEOUT_MS),
        });
        if (!response.ok) return { problem: problemOf(await response.json()) };
        const given = /filename="([\w.-]{1,200})"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
        return { name: given ?? "redacted.ndjson", content: await response.blob() };
      } catch {
        return { problem: null };
      }
    },
    log: async (id, limit) => {
      try {
        const response = await fetchFrom(address(`${meterPath(id)}/log?limit=${limit}`), {
          cache: "no-store",
          signal: AbortSignal.timeout(LOG_TIMEOUT_MS),
        });
        const answer = await response.json();
        return (response.ok ? logOf(answer) : null) ?? { problem: problemOf(answer) };
      } catch {
        return { problem: null };
      }
    },
    eventsUrl: (id) => address(`${meterPath(id)}/events`),
    time: () => now() + offset,
  };
}
