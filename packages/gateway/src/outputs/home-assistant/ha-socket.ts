/**
 * Home Assistant's WebSocket API: signing in, and requests with their answers. From its developer documentation, "WebSocket API" (2026).
 * Own code because six messages are all that is used, and each answer has a limit of time and size.
 */
import type { Clock, Millis, Signal } from "@meterport/protocol/ports";

/** What is used of a WebSocket. */
export type OpenSocket = (url: string) => WebSocket;

export interface HaSocketOptions {
  /** The address of Home Assistant, or of its WebSocket API. */
  readonly url: string;
  readonly token: () => string;
  readonly clock: Clock;
  readonly openSocket?: OpenSocket | undefined;
}

/** The address of the API. A `ws:` address with a path is taken as it is, such as that which the Supervisor gives to apps. */
export const socketUrl = (url: string): string => {
  const parsed = new URL(url);
  const isDirect = /^wss?:$/.test(parsed.protocol) && parsed.pathname !== "/";
  if (!isDirect) parsed.pathname = `${parsed.pathname.replace(/\/$/, "")}/api/websocket`;
  parsed.protocol = parsed.protocol.replace(/^http/, "ws");
  return parsed.href;
};

const answerLimit: Millis = 30_000;
const signInLimit: Millis = 15_000;
const pingEvery: Millis = 30_000;
/** Characters; a week of hours of twenty statistics has half a million. */
const largestMessage = 16_000_000;
/** Answers are waited for one after the other, so few are open. */
const mostOpen = 64;

const byDefault: OpenSocket = (url) => {
  if (typeof WebSocket === "undefined")
    throw new Error("the output home_assistant needs Node 22 or newer, which has WebSockets");
  return new WebSocket(url);
};

type Fields = Readonly<Record<string, unknown>>;

interface Open {
  readonly what: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: () => void;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const parsed = (data: unknown): Fields | undefined => {
  if (typeof data !== "string" || data.length > largestMessage) return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** A refusal of Home Assistant, with its code. */
export class HaRefusal extends Error {
  readonly code: string;

  constructor(what: string, { code, message }: Fields) {
    super(`Home Assistant refuses ${what}: ${String(message ?? code ?? "no reason is given").slice(0, 200)}`);
    this.code = String(code ?? "unknown");
  }
}

export class HaSocket {
  readonly #socket: WebSocket;
  readonly #options: HaSocketOptions;
  readonly #open = new Map<number, Open>();
  #next = 1;
  #version = "";
  #unping = (): void => {};
  #over: Error | undefined;
  #end: (error: Error) => void = () => {};
  #signedIn: (() => void) | undefined;
  /** Rejects with the reason when the connection is gone. */
  readonly ended: Promise<never>;

  constructor(options: HaSocketOptions) {
    this.#options = options;
    this.ended = new Promise((_, reject) => {
      this.#end = reject;
    });
    this.ended.catch(() => {});
    this.#socket = (options.openSocket ?? byDefault)(socketUrl(options.url));
    this.#socket.addEventListener("message", ({ data }) => this.#received(data));
    this.#socket.addEventListener("error", () => this.#fail(this.#unreachable()));
    this.#socket.addEventListener("close", () =>
      this.#fail(this.#version === "" ? this.#unreachable() : "Home Assistant ended the connection"),
    );
  }

  /** "2026.11.3" */
  get version(): string {
    return this.#version;
  }

  /** @throws Error with one sentence */
  async signIn(signal: Signal): Promise<void> {
    const { clock } = this.#options;
    const giveUp = (): void => this.#fail("given up before it was there");
    signal.addEventListener("abort", giveUp, { once: true });
    const cancel = clock.at(clock.now() + signInLimit, () =>
      this.#fail(
        `Home Assistant does not ask to sign in within ${signInLimit / 1000} s: check outputs.home_assistant.url`,
      ),
    );
    try {
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#signedIn = resolve;
        }),
        this.ended,
      ]);
    } finally {
      cancel();
      signal.removeEventListener("abort", giveUp);
    }
    this.#ping();
  }

  /**
   * A request and its answer.
   *
   * @param what for sentences: "the statistics of home"
   * @throws HaRefusal, Error if the connection is gone or the answer does not come
   */
  ask(what: string, type: string, fields: Fields = {}): Promise<unknown> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    if (this.#open.size >= mostOpen) return Promise.reject(new Error("too many requests are open"));
    const { clock } = this.#options;
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const cancel = clock.at(clock.now() + answerLimit, () =>
        this.#fail(`Home Assistant does not answer to ${what} within ${answerLimit / 1000} s`),
      );
      this.#open.set(id, { what, resolve, reject, cancel });
      this.#send({ id, type, ...fields });
    });
  }

  close(): void {
    this.#fail("it was closed");
  }

  #send(message: Fields): void {
    try {
      this.#socket.send(JSON.stringify(message));
    } catch {
      this.#fail("Home Assistant ended the connection");
    }
  }

  #received(data: unknown): void {
    if (this.#over !== undefined) return;
    const message = parsed(data);
    if (message === undefined) {
      this.#fail("the other side does not answer as Home Assistant does");
      return;
    }
    const { type, id } = message;
    if (type === "auth_required") {
      if (this.#signedIn !== undefined) this.#send({ type: "auth", access_token: this.#options.token() });
    } else if (type === "auth_invalid")
      this.#fail("Home Assistant refuses the token: make a new one in the profile of an administrator");
    else if (type === "auth_ok") {
      this.#version = typeof message.ha_version === "string" ? message.ha_version.slice(0, 40) : "unknown";
      this.#signedIn?.();
    } else if ((type === "result" || type === "pong") && typeof id === "number") this.#answered(id, message);
  }

  #answered(id: number, { type, success, result, error }: Fields): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    open.cancel();
    if (type === "pong" || success === true) open.resolve(result);
    else open.reject(new HaRefusal(open.what, isFields(error) ? error : {}));
  }

  #ping(): void {
    const { clock } = this.#options;
    this.#unping = clock.at(clock.now() + pingEvery, () => {
      // A failure has ended everything already.
      this.ask("a ping", "ping").then(
        () => this.#ping(),
        () => {},
      );
    });
  }

  #unreachable(): string {
    return `Home Assistant cannot be reached at ${this.#options.url}: nothing listens there, or it is not Home Assistant`;
  }

  #fail(text: string): void {
    if (this.#over !== undefined) return;
    this.#over = new Error(text);
    this.#unping();
    for (const { reject, cancel } of this.#open.values()) {
      cancel();
      reject(this.#over);
    }
    this.#open.clear();
    this.#end(this.#over);
    try {
      this.#socket.close();
    } catch {
      // It was never open.
    }
  }
}
