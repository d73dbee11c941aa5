/** Requests to a consumer that speaks HTTP: bounded in time and size, and one sentence for what fails. */
import type { Clock, Millis, Signal } from "@meterport/protocol/ports";

export interface HttpQuestion {
  readonly url: string;
  readonly method?: "GET" | "POST" | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** The beginning of its body. */
  readonly text: string;
  /** Milliseconds that it asks to be left alone; null if it does not. */
  readonly retryAfter: Millis | null;
}

export interface HttpLimits {
  readonly clock: Clock;
  readonly signal: Signal;
  /** Longest time until the whole answer is there. */
  readonly time?: Millis | undefined;
  /** Bytes of the answer that are read; the rest is cut off. */
  readonly size?: number | undefined;
}

/** Asks; tests replace it. @throws Error with one sentence if there is no answer */
export type AskHttp = (question: HttpQuestion, limits: HttpLimits) => Promise<HttpAnswer>;

const usualTime: Millis = 20_000;
const usualSize = 4_096;

/** Failures of the network by code. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no host of that name",
  EAI_AGAIN: "the name cannot be looked up now",
  EHOSTUNREACH: "there is no route to that host",
  ENETUNREACH: "there is no route to that host",
  ETIMEDOUT: "the host does not answer",
  UND_ERR_CONNECT_TIMEOUT: "the host does not answer",
  UND_ERR_SOCKET: "it ended the connection",
  ECONNRESET: "it ended the connection",
  EPIPE: "it ended the connection",
};

/** Its address for people, without what may be secret in it. */
export const shownUrl = (url: string): string => {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
};

const codeOf = (error: unknown): string => {
  for (let at = error; at instanceof Error; at = at.cause)
    if ("code" in at && typeof at.code === "string") return at.code;
  return "";
};

const reasonOf = (error: unknown): string => {
  const code = codeOf(error);
  if (reasons[code] !== undefined) return reasons[code];
  if (/CERT|SELF_SIGNED|SIGNATURE|ALTNAME/.test(code))
    return `its certificate is not trusted (${code}): start with NODE_EXTRA_CA_CERTS if its authority is your own`;
  if (/^HPE_|^ERR_SSL|PROTO/.test(code)) return "what answers there is not a server of that kind";
  return code === "" ? "it does not answer as it should" : `it does not answer as it should (${code})`;
};

/** What a `Retry-After` header asks for: seconds, or a date. */
export const retryAfterOf = (value: string | null, wall: Millis): Millis | null => {
  if (value === null) return null;
  const time = /^\d{1,6}$/.test(value) ? 1000 * Number(value) : Date.parse(value) - wall;
  return Number.isFinite(time) ? Math.max(0, time) : null;
};

/** The beginning of a body; what follows is not waited for. */
const beginningOf = async (response: Response, size: number): Promise<string> => {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    length += value.length;
    if (length <= size) continue;
    await reader.cancel();
    break;
  }
  return Buffer.concat(pieces).subarray(0, size).toString("utf8");
};

/** Redirects are not followed: a consumer is where the configuration says. */
export const askHttp: AskHttp = async (question, { clock, signal, time = usualTime, size = usualSize }) => {
  const { url, method = "POST", headers = {}, body } = question;
  const abort = new AbortController();
  let late = false;
  const end = (): void => abort.abort();
  const cancel = clock.at(clock.now() + time, () => {
    late = true;
    end();
  });
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  try {
    const response = await fetch(url, {
      ...{ method, redirect: "manual", signal: abort.signal },
      ...{
        headers: { "user-agent": "meterport", ...headers },
        body: (body ?? null) as NonNullable<RequestInit["body"]> | null,
      },
    });
    const text = await beginningOf(response, size);
    const retryAfter = retryAfterOf(response.headers.get("retry-after"), clock.wall());
    return { status: response.status, text, retryAfter };
  } catch (error) {
    if (signal.aborted) throw new Error("it was stopped", { cause: error });
    const why = late ? `it did not answer for ${Math.round(time / 1000)} s` : reasonOf(error);
    // Not the cause: it may quote the address with everything in it.
    throw new Error(`${shownUrl(url)} cannot be reached: ${why}`);
  } finally {
    cancel();
    signal.removeEventListener("abort", end);
  }
};

/** Longest pause that a consumer may ask for before it is left, and tried again later. */
const longestPause: Millis = 30_000;
const mostPauses = 3;

/** Waits; sooner if the signal is raised. */
export const pause = (time: Millis, { clock, signal }: Pick<HttpLimits, "clock" | "signal">): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.at(clock.now() + time, done);
    signal.addEventListener("abort", done, { once: true });
  });

/** Asks again after the pause that a busy consumer asks for (429, 503), some times. */
export const askPatiently =
  (ask: AskHttp): AskHttp =>
  async (question, limits) => {
    for (let pauses = 0; ; pauses++) {
      const answer = await ask(question, limits);
      const { status, retryAfter } = answer;
      if (status !== 429 && status !== 503) return answer;
      if (retryAfter === null || retryAfter > longestPause || pauses === mostPauses || limits.signal.aborted)
        return answer;
      await pause(retryAfter, limits);
    }
  };

/** The beginning of an answer for a sentence: one line, without control characters. */
export const quoteOf = (text: string): string => {
  const plain = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return plain === "" ? "it gives no reason" : plain.slice(0, 160);
};

const address = (kind: string, example: string) => `must be the address of ${kind}, such as ${example}`;

/** What is wrong with an HTTP address in the configuration; undefined if nothing is. */
export const addressComplaint = (value: string, kind: string, example: string): string | undefined => {
  if (!/^https?:\/\/[^/]/.test(value) || !URL.canParse(value)) return address(kind, example);
  const { username, password, hash } = new URL(value);
  if (username !== "" || password !== "") return "holds a user or a password: write them in keys of their own";
  return hash === "" ? undefined : address(kind, example);
};
