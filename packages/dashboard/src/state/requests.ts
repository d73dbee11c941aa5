import type { KeyProblem } from "@meterport/gateway/http/api";
import { codeOf, keyProblemsOf, problemOf } from "./loose.ts";

/** What an address answered. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      /** The status of the answer; 0 if there was none in time, or none that can be understood. */
      readonly status: number;
      /** The gateway's stable code; "unreachable" without an answer. */
      readonly code: string;
      /** The gateway's own sentence, in English. */
      readonly message: string | null;
      /** Of a change of the configuration: what is wrong with each key. */
      readonly problems?: readonly KeyProblem[];
    };

export interface RequestOptions {
  /** Milliseconds; 8 s if omitted. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** Requests to the gateway's API. None of them throws. */
export interface Requests {
  /** The address of a path below `api/v1/`, for links and streams. */
  readonly address: (path: string) => string;
  /** `parse` gives null for an answer that it does not understand. */
  readonly get: <T>(path: string, parse: (data: unknown) => T | null, options?: RequestOptions) => Promise<Answer<T>>;
  /** A change; `parse` is asked for the body of the answer, null if there is none. */
  readonly send: <T>(
    method: "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body: object | null,
    parse: (data: unknown) => T | null,
    options?: RequestOptions,
  ) => Promise<Answer<T>>;
  /** A part of a file for the gateway. */
  readonly put: <T>(
    path: string,
    content: Blob,
    parse: (data: unknown) => T | null,
    options?: RequestOptions,
  ) => Promise<Answer<T>>;
  /** A file, with the name that the gateway gives it. */
  readonly file: (path: string, options?: RequestOptions) => Promise<Answer<SavedFile>>;
  /** The gateway's time, milliseconds since 1970, as far as its answers show it. */
  readonly time: () => number;
}

/** A file for the reader. */
export interface SavedFile {
  readonly name: string | null;
  readonly content: Blob;
}

/** An answer that takes longer counts as none. */
const TIMEOUT_MS = 8000;
/** The header counts whole seconds, so smaller differences mean nothing. */
const CLOCK_TOLERANCE_MS = 1500;

const unreachable = { ok: false, status: 0, code: "unreachable", message: null } as const;

/** Requests to the gateway below `base`, the address of the page. */
export function requestsTo(base: string, fetchFrom: typeof fetch, now: () => number): Requests {
  let offset = 0;
  const address = (path: string): string => new URL(`api/v1/${path}`, base).href;
  const ask = async <T>(
    path: string,
    init: RequestInit,
    { timeout = TIMEOUT_MS, signal }: RequestOptions,
    take: (response: Response) => Promise<T | null>,
  ): Promise<Answer<T>> => {
    try {
      const limit = AbortSignal.timeout(timeout);
      const response = await fetchFrom(address(path), {
        cache: "no-store",
        ...init,
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      });
      const date = Date.parse(response.headers.get("date") ?? "");
      if (Number.isFinite(date)) {
        const difference = date + 500 - now();
        offset = Math.abs(difference) > CLOCK_TOLERANCE_MS ? difference : 0;
      }
      if (!response.ok) {
        const problem: unknown = await response.json().catch(() => null);
        const problems = keyProblemsOf(problem);
        return {
          ...{ ok: false, status: response.status, code: codeOf(problem), message: problemOf(problem) },
          ...(problems.length === 0 ? {} : { problems }),
        };
      }
      const value = await take(response);
      return value === null ? unreachable : { ok: true, value };
    } catch {
      // No answer, not JSON, or too late: for the reader, the gateway cannot be reached.
      return unreachable;
    }
  };
  const json = async (response: Response): Promise<unknown> => {
    const body = await response.text();
    return body === "" ? null : JSON.parse(body);
  };
  return {
    address,
    get: (path, parse, options = {}) =>
      ask(path, { headers: { accept: "application/json" } }, options, async (response) => parse(await json(response))),
    send: (method, path, body, parse, options = {}) => {
      // The gateway takes a change from its own page only, and no other page can send this header.
      const headers = { accept: "application/json", "content-type": "application/json", "x-meterport": "1" };
      const init = { method, headers, ...(body === null ? {} : { body: JSON.stringify(body) }) };
      return ask(path, init, options, async (response) => parse(await json(response)));
    },
    put: (path, content, parse, options = {}) => {
      const headers = { accept: "application/json", "content-type": "application/octet-stream", "x-meterport": "1" };
      return ask(path, { method: "PUT", headers, body: content }, options, async (response) =>
        parse(await json(response)),
      );
    },
    file: (path, options = {}) =>
      ask(path, {}, options, async (response) => {
        const name = /filename="([\w.-]{1,200})"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
        return { name: name ?? null, content: await response.blob() };
      }),
    time: () => now() + offset,
  };
}
