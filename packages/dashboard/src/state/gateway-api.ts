import type { ApiCapture, LogAnswer } from "@meterport/gateway/http/api";
import { capturesOf, type Meter, meterOf } from "./api-answers.ts";
import { logOf } from "./log-answer.ts";
import { type PointsPage, pointsPageOf, pointsPath } from "./point-rows.ts";
import type { Answer, Requests } from "./requests.ts";

/** As many as a short list has: of more, the page asks for those that the reader looks for. */
export const FEW_POINTS = 8;

/** The gateway's API as this page uses it; each call gives null if there is no usable answer. */
export interface GatewayApi {
  /** The first of the points, and how many there are. */
  readonly points: () => Promise<PointsPage | null>;
  /** Whether the gateway has a point with this id; null if it does not say. */
  readonly knows: (id: string) => Promise<boolean | null>;
  readonly meter: (id: string) => Promise<Meter | null>;
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

/** Redacting takes seconds on a small machine, and other requests may come first. */
const REDACTION_TIMEOUT_MS = 120_000;
/** The log is read between live readings, over a line that may be slow. */
const LOG_TIMEOUT_MS = 70_000;

function given<T>(answer: Answer<T>): T | null {
  return answer.ok ? answer.value : null;
}

/** The path of a metering point below `api/v1/`. */
function meterPath(id: string): string {
  return `meters/${encodeURIComponent(id)}`;
}

export function gatewayApi(requests: Requests): GatewayApi {
  const { get } = requests;
  const capturePath = (id: string, name: string): string => `${meterPath(id)}/captures/${encodeURIComponent(name)}`;
  return {
    points: async () => given(await get(pointsPath({ limit: FEW_POINTS }), pointsPageOf)),
    knows: async (id) => {
      const answer = await get(meterPath(id), meterOf);
      return answer.ok ? true : answer.status === 404 ? false : null;
    },
    meter: async (id) => given(await get(meterPath(id), meterOf)),
    captures: async (id) => given(await get(`${meterPath(id)}/captures`, capturesOf)),
    captureUrl: (id, name) => requests.address(capturePath(id, name)),
    redactedCapture: async (id, name) => {
      const answer = await requests.file(`${capturePath(id, name)}?redacted=1`, { timeout: REDACTION_TIMEOUT_MS });
      if (!answer.ok) return { problem: answer.message };
      return { name: answer.value.name ?? "redacted.ndjson", content: answer.value.content };
    },
    log: async (id, limit) => {
      const answer = await get(`${meterPath(id)}/log?limit=${limit}`, logOf, { timeout: LOG_TIMEOUT_MS });
      return answer.ok ? answer.value : { problem: answer.message };
    },
    eventsUrl: (id) => requests.address(`${meterPath(id)}/events`),
    time: requests.time,
  };
}
