import type { SessionAnswer } from "@meterport/gateway/http/api";
import { problemOf } from "./api-answers.ts";

/** What the page needs to know of who its reader is. */
export type Who = Pick<SessionAnswer, "state" | "name" | "kind" | "pairing">;

/** Null if it worked; else the gateway's code and, if it gave one, its English sentence. */
export type Refusal = null | { readonly code: string; readonly message: string | null };

export interface SessionApi {
  /** Null if there is no usable answer. */
  readonly who: () => Promise<Who | null>;
  readonly signIn: (name: string, password: string) => Promise<Refusal>;
  /** Makes the first user with the code on the console. */
  readonly pair: (code: string, name: string, password: string) => Promise<Refusal>;
  readonly signOut: () => Promise<boolean>;
}

const TIMEOUT_MS = 15_000;
const LONGEST_NAME = 100;

/** @example whoOf({ state: "open", name: "local", kind: "local", pairing: false })?.state // "open" */
export function whoOf(data: unknown): Who | null {
  if (typeof data !== "object" || data === null) return null;
  const { state, name, kind, pairing } = data as Readonly<Record<string, unknown>>;
  if (state !== "signed-in" && state !== "signed-out" && state !== "open") return null;
  return {
    state,
    name: typeof name === "string" ? name.slice(0, LONGEST_NAME) : null,
    kind: kind === "user" || kind === "token" || kind === "ingress" || kind === "local" ? kind : null,
    pairing: pairing === true,
  };
}

function codeOf(data: unknown): string {
  const code = (data as Readonly<Record<string, unknown>> | null)?.error;
  return typeof code === "string" ? code.slice(0, 40) : "unknown";
}

/** Signing in and out at the gateway below `base`, the address of the page. */
export function sessionApi(base: string, fetchFrom: typeof fetch): SessionApi {
  const ask = (path: string, method: string, body?: object): Promise<Response> =>
    fetchFrom(new URL(`api/v1/${path}`, base).href, {
      method,
      cache: "no-store",
      // The gateway takes a change from its own page only, and no other page can send this header.
      headers: { accept: "application/json", "content-type": "application/json", "x-meterport": "1" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const send = async (path: string, body: object): Promise<Refusal> => {
    try {
      const response = await ask(path, "POST", body);
      if (response.ok) return null;
      const answer: unknown = await response.json();
      return { code: codeOf(answer), message: problemOf(answer) };
    } catch {
      return { code: "unreachable", message: null };
    }
  };
  return {
    who: async () => {
      try {
        const response = await ask("session", "GET");
        return response.ok ? whoOf(await response.json()) : null;
      } catch {
        return null;
      }
    },
    signIn: (name, password) => send("session", { name, password }),
    pair: (code, name, password) => send("session/pairing", { code, name, password }),
    signOut: async () => {
      try {
        return (await ask("session", "DELETE")).ok;
      } catch {
        return false;
      }
    },
  };
}
