import type { SessionAnswer } from "@meterport/gateway/http/api";
import { listOf, oneOf, record, text } from "./loose.ts";
import type { Answer, Requests } from "./requests.ts";

/** What the page needs to know of who its reader is. */
export interface Who extends Pick<SessionAnswer, "state" | "name" | "kind" | "scope" | "pairing"> {
  /** What the gateway has beside its meters, such as "fleet". */
  readonly parts: readonly string[];
}

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

/** Checking a password takes long on purpose. */
const TIMEOUT_MS = 15_000;
const LONGEST_NAME = 100;
const MOST_PARTS = 20;

/** @example whoOf({ state: "open", name: "local", kind: "local", scope: "admin", pairing: false })?.state // "open" */
export function whoOf(data: unknown): Who | null {
  const loose = record(data);
  const state = oneOf(["signed-in", "signed-out", "open"], loose?.state);
  if (loose === null || state === null) return null;
  return {
    state,
    name: text(loose.name)?.slice(0, LONGEST_NAME) ?? null,
    kind: oneOf(["user", "token", "ingress", "local"], loose.kind),
    scope: oneOf(["read", "operate", "admin"], loose.scope),
    pairing: loose.pairing === true,
    parts: listOf(loose.parts, MOST_PARTS, text) ?? [],
  };
}

function refusalOf(answer: Answer<unknown>): Refusal {
  return answer.ok ? null : { code: answer.code, message: answer.message };
}

const any = (): true => true;

/** Signing in and out. */
export function sessionApi({ get, send }: Pick<Requests, "get" | "send">): SessionApi {
  const options = { timeout: TIMEOUT_MS };
  return {
    who: async () => {
      const answer = await get("session", whoOf, options);
      return answer.ok ? answer.value : null;
    },
    signIn: async (name, password) => refusalOf(await send("POST", "session", { name, password }, any, options)),
    pair: async (code, name, password) =>
      refusalOf(await send("POST", "session/pairing", { code, name, password }, any, options)),
    signOut: async () => (await send("DELETE", "session", null, any, options)).ok,
  };
}
