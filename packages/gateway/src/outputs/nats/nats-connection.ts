/** A connection to a NATS server: signing in, publishing, and waiting until the server has it. */
import { readFileSync } from "node:fs";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Clock, Millis, Signal } from "@meterport/protocol/ports";
import { type Publication, publication, ServerReader, type ServerWord } from "./nats-protocol.ts";
import type { NatsSettings } from "./nats-settings.ts";

export interface NatsConnection {
  readonly publish: (messages: readonly Publication[]) => void;
  /** Resolves when the server has taken everything that was published before. */
  readonly flush: () => Promise<void>;
  readonly subscribe: (subject: string) => void;
  /** Bytes that the server has not taken yet. */
  readonly waiting: () => number;
  /** Rejects with the reason when the connection is over. */
  readonly ended: Promise<void>;
  readonly close: () => void;
}

export interface NatsOptions {
  readonly settings: NatsSettings;
  readonly clock: Clock;
  readonly version: string;
  readonly heard?: ((message: Extract<ServerWord, { readonly verb: "MSG" }>) => void) | undefined;
}

/** A server that says nothing for so long is asked, and left if it does not answer until the next time. */
const askEvery: Millis = 20_000;
const mostFlushes = 1_000;

const textOf = (secret: Secret): string => new TextDecoder().decode(secret.reveal());

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no host of that name",
  EAI_AGAIN: "the name cannot be looked up now",
  EHOSTUNREACH: "there is no route to that host",
  ETIMEDOUT: "the host does not answer",
  ECONNRESET: "it ended the connection",
  EPIPE: "it ended the connection",
};

const reasonOf = (error: Error): string => {
  const code = "code" in error ? String(error.code) : "";
  if (/CERT|SELF_SIGNED|ALTNAME/.test(code))
    return `its certificate is not trusted (${code}): name its authority in ca`;
  return reasons[code] ?? (code === "" ? "it ended the connection" : `it does not answer as it should (${code})`);
};

/** @throws Error with one sentence */
export const connectNats = (options: NatsOptions, signal: Signal): Promise<NatsConnection> =>
  new Promise((resolve, reject) => {
    const connection = new Connection(options, reject);
    const stop = (): void => connection.end("it was stopped");
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    connection.open(() => resolve(connection));
  });

class Connection implements NatsConnection {
  readonly #options: NatsOptions;
  readonly #reader = new ServerReader();
  readonly #flushes: (() => void)[] = [];
  #socket: Socket | undefined;
  #ready: (() => void) | undefined;
  #isHeard = true;
  /** Servers before 2.2 know no headers. */
  #hasHeaders = false;
  #over: Error | undefined;
  #unask = (): void => {};
  #refuse: (error: Error) => void;
  readonly ended: Promise<void>;

  constructor(options: NatsOptions, failed: (error: Error) => void) {
    this.#options = options;
    let refuse: (error: Error) => void = () => {};
    this.ended = new Promise((_, reject) => {
      refuse = reject;
    });
    this.ended.catch(() => {});
    this.#refuse = (error) => {
      failed(error);
      refuse(error);
    };
  }

  open(ready: () => void): void {
    const { hostname, port } = new URL(this.#options.settings.url);
    this.#ready = ready;
    this.#use(connectPlain({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 4_222), noDelay: true }));
    this.#ask();
  }

  publish(messages: readonly Publication[]): void {
    const known = this.#hasHeaders ? messages : messages.map((message) => ({ ...message, id: undefined }));
    this.#socket?.write(known.map(publication).join(""));
  }

  flush(): Promise<void> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    if (this.#flushes.length >= mostFlushes) return Promise.reject(new Error("the server takes nothing"));
    return new Promise((resolve, reject) => {
      this.#flushes.push(resolve);
      this.ended.catch(reject);
      this.#socket?.write("PING\r\n");
    });
  }

  subscribe(subject: string): void {
    this.#socket?.write(`SUB ${subject} 1\r\n`);
  }

  waiting(): number {
    return this.#socket?.writableLength ?? 0;
  }

  close(): void {
    this.end("it was closed");
  }

  end(why: string): void {
    if (this.#over !== undefined) return;
    const { url } = this.#options.settings;
    this.#over = new Error(`the server ${url} cannot be used: ${why}`);
    this.#unask();
    this.#socket?.destroy();
    this.#refuse(this.#over);
  }

  #use(socket: Socket): void {
    this.#socket = socket;
    socket.on("data", (bytes) => {
      this.#isHeard = true;
      for (const word of this.#reader.take(bytes)) this.#heard(word);
    });
    socket.on("error", (error) => {
      if (socket === this.#socket) this.end(reasonOf(error));
    });
    socket.on("close", () => {
      if (socket === this.#socket) this.end("it ended the connection");
    });
  }

  #heard(word: ServerWord): void {
    if (this.#over !== undefined) return;
    if (word.verb === "INFO" && this.#ready !== undefined) this.#greet(word.info);
    else if (word.verb === "PING") this.#socket?.write("PONG\r\n");
    else if (word.verb === "PONG") this.#flushes.shift()?.();
    else if (word.verb === "MSG") this.#options.heard?.(word);
    else if (word.verb === "ERR") this.end(this.#refusal(word.reason));
    else if (word.verb === "rubbish") this.end("what answers there is not a NATS server");
  }

  #refusal(reason: string): string {
    if (/authorization|authentication/i.test(reason)) return "it refuses the login: check user, password and token";
    return /permissions/i.test(reason) ? `it does not permit this: ${reason}` : `it says: ${reason}`;
  }

  /** The server has said who it is; TLS begins after that, and then our turn comes. */
  #greet(info: Readonly<Record<string, unknown>>): void {
    const { settings } = this.#options;
    const ready = this.#ready;
    this.#ready = undefined;
    this.#hasHeaders = info.headers === true;
    const signIn = (): void => {
      this.#socket?.write(`CONNECT ${JSON.stringify(this.#login())}\r\n`);
      this.flush().then(ready, () => {});
    };
    if (!settings.url.startsWith("tls:") && info.tls_required !== true) {
      signIn();
      return;
    }
    const plain = this.#socket;
    plain?.removeAllListeners();
    const host = new URL(settings.url).hostname.replace(/^\[|\]$/g, "");
    // A name for the server is no address.
    const name = isIP(host) === 0 ? { servername: host } : {};
    const ca = settings.ca === undefined ? {} : { ca: readFileSync(settings.ca) };
    const secure = connectTls({ socket: plain, host, ...name, minVersion: "TLSv1.2", ...ca });
    this.#use(secure);
    secure.once("secureConnect", signIn);
  }

  #login() {
    const { settings, version } = this.#options;
    const { user, password, token } = settings;
    return {
      ...{ verbose: false, pedantic: false, lang: "node", version, name: "meterport", protocol: 1 },
      ...{ headers: this.#hasHeaders, no_responders: this.#hasHeaders },
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { pass: textOf(password) }),
      ...(token === undefined ? {} : { auth_token: textOf(token) }),
    };
  }

  #ask(): void {
    const { clock } = this.#options;
    this.#unask = clock.at(clock.now() + askEvery, () => {
      if (!this.#isHeard) {
        this.end(`it said nothing for ${Math.round(askEvery / 1000)} s`);
        return;
      }
      this.#isHeard = false;
      this.flush().catch(() => {});
      this.#ask();
    });
  }
}
