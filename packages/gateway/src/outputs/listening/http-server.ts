/** A small HTTP server for faces: everything that a client can make large or slow has a limit. */
import { createServer, type IncomingMessage, type Server, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Log } from "@meterport/engine/ports/log";
import type { Allows } from "../allowed-networks.ts";
import { limitConnections } from "./connection-limits.ts";
import { isHomeName } from "./home-names.ts";
import { listenFailure } from "./listen-failure.ts";

/** A request, read whole. */
export interface Asked {
  readonly method: string;
  /** As sent, with the query; the address of a login is this. */
  readonly target: string;
  /** Without the query: "/api/v1/data". */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** An answer. */
export interface Said {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether it holds values of the meter, which are counted. */
  readonly values?: boolean | undefined;
}

/** The end of the connection without a word: what there is to say would be old. */
export const silence = "silence";

export type Answering = (asked: Asked) => Said | typeof silence;

/** Takes a connection over whose client wants another protocol; false refuses it. */
export type Upgrading = (request: IncomingMessage, socket: Duplex, head: Uint8Array) => boolean;

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly allows: Allows;
  readonly answer: Answering;
  readonly upgrade?: Upgrading | undefined;
  /** Certificate and key in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  readonly log: Log;
}

export interface HttpListening {
  readonly port: number;
  /** Rejects if the server fails. */
  readonly ended: Promise<never>;
  readonly close: () => Promise<void>;
}

/** What a client has in all for its request, and how long a connection may rest between two of them. */
const serverOptions = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 8 << 10,
} as const;
/** Longer than a connection may rest: what takes nothing of its answer until then is dropped. */
const stalled = 80_000;
const longestBody = 4 << 10;
const longestUrl = 1 << 10;

export const json = (value: unknown, more: Partial<Said> = {}): Said => ({
  status: 200,
  type: "application/json",
  body: JSON.stringify(value),
  ...more,
});

const plain = (status: number, body: string): Said => ({ status, type: "text/plain; charset=utf-8", body });

export const notFound = plain(404, "not found\n");
export const onlyGet: Said = { ...plain(405, "only GET is possible here\n"), headers: { allow: "GET, HEAD" } };
const tooLong = plain(413, "the request is too long\n");
const foreign = plain(421, "this name is not of a home network: use the address of this machine\n");

const write = (request: IncomingMessage, response: ServerResponse, said: Said, close = false): void => {
  const bytes = Buffer.from(said.body);
  response.writeHead(said.status, {
    "content-type": said.type,
    "content-length": bytes.length,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...said.headers,
    ...(close ? { connection: "close" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
};

/** The body, up to a limit; undefined beyond it. */
const bodyOf = (request: IncomingMessage, done: (body: string | undefined) => void): void => {
  const parts: Buffer[] = [];
  let length = 0;
  request.on("data", (part: Buffer) => {
    length += part.length;
    if (length <= longestBody) parts.push(part);
    else {
      request.removeAllListeners("data");
      request.removeAllListeners("end");
      request.pause();
      done(undefined);
    }
  });
  request.on("end", () => done(Buffer.concat(parts).toString("utf8")));
  request.on("error", () => {});
};

/** The same where Node has handed the connection over, with the first bytes of the body; undefined beyond the limit. */
const bodyBehind = (
  { headers }: IncomingMessage,
  socket: Socket,
  head: Uint8Array,
  done: (body: string | undefined) => void,
): void => {
  const length = Number(headers["content-length"] ?? 0);
  if (headers["transfer-encoding"] !== undefined || !(length <= longestBody)) {
    done(undefined);
    return;
  }
  let bytes = Buffer.from(head);
  const cut = (): void => void socket.destroy();
  const take = (part: Uint8Array): void => {
    bytes = Buffer.concat([bytes, part]);
    if (bytes.length < length) return;
    socket.off("data", take);
    socket.off("end", cut);
    socket.pause();
    done(bytes.subarray(0, length).toString("utf8"));
  };
  socket.on("data", take);
  socket.on("end", cut);
  take(Buffer.alloc(0));
};

const askedOf = (request: IncomingMessage, body: string): Asked | undefined => {
  const url = request.url ?? "";
  if (url.length > longestUrl) return undefined;
  // Some clients send the whole address.
  const [path = "", query = ""] = url.replace(/^https?:\/\/[^/?#]*/i, "").split(/\?(.*)/s);
  return {
    method: request.method ?? "GET",
    target: url,
    path: path === "" ? "/" : path,
    query: new URLSearchParams(query),
    headers: request.headers,
    body,
  };
};

const handling =
  ({ answer, log }: HttpOptions) =>
  (
    request: IncomingMessage,
    response: ServerResponse,
    read: (done: (body: string | undefined) => void) => void = (done) => bodyOf(request, done),
  ): void => {
    const drop = (): void => void request.socket.destroy();
    const refuse = (said: Said): void => {
      write(request, response, said, true);
      // What it still sends is not read.
      response.once("finish", () => request.socket.end());
    };
    if (!isHomeName(request.headers.host)) {
      refuse(foreign);
      return;
    }
    read((body) => {
      const asked = body === undefined ? undefined : askedOf(request, body);
      if (asked === undefined) {
        refuse(tooLong);
        return;
      }
      try {
        const said = answer(asked);
        if (said === silence) drop();
        else write(request, response, said);
      } catch (error) {
        // A client must not learn of our faults, nor try again because of them.
        log.error(`a request could not be answered: ${error instanceof Error ? error.message : String(error)}`);
        drop();
      }
    });
  };

/** A request with a body opens no WebSocket. Node 26 would hand over its connection before the body has come. */
const wantsWebSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === "websocket" &&
  Number(headers["content-length"] ?? 0) === 0 &&
  headers["transfer-encoding"] === undefined;

/**
 * Answers a request that offers a protocol which we do not speak, as the client of Java does with HTTP/2. RFC 9110, section 7.8, has it
 * ignored, but Node before 24.9 hands each such connection over once WebSockets are expected. Newer ones ask first.
 */
const answerWithoutUpgrade = (
  handle: ReturnType<typeof handling>,
  request: IncomingMessage,
  socket: Socket,
  head: Uint8Array,
): void => {
  socket.setTimeout(serverOptions.requestTimeout, () => socket.destroy());
  const response = new ServerResponse(request);
  // What follows on this connection is no longer read as requests.
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once("finish", () => socket.end());
  handle(request, response, (done) => bodyBehind(request, socket, head, done));
};

const bind = async (server: Server, host: string, port: number): Promise<number> => {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
};

/** @throws Error with one sentence if it cannot listen there */
export const listenHttp = async (options: HttpOptions): Promise<HttpListening> => {
  const { host, port, allows, log, upgrade, tls } = options;
  const handle = handling(options);
  const asFace = {
    ...serverOptions,
    shouldUpgradeCallback: (request: IncomingMessage) => upgrade !== undefined && wantsWebSocket(request),
  };
  const server: Server =
    tls === undefined
      ? createServer(asFace, handle)
      : (createTlsServer({ ...asFace, ...tls, minVersion: "TLSv1.2", handshakeTimeout: 5_000 }, handle) as Server);
  const dropAll = limitConnections(server, allows, log);
  server.setTimeout(stalled);
  if (upgrade !== undefined)
    server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
      socket.on("error", () => {});
      if (!wantsWebSocket(request)) {
        answerWithoutUpgrade(handle, request, socket, head);
        return;
      }
      if (!isHomeName(request.headers.host) || !upgrade(request, socket, head)) socket.destroy();
    });
  const bound = await bind(server, host, port).catch((error: unknown) => {
    throw listenFailure(host, `port ${port}`, error);
  });
  const ended = new Promise<never>((_, reject) => {
    server.on("error", reject);
  });
  ended.catch(() => {});
  return {
    port: bound,
    ended,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        dropAll();
      }),
  };
};
