/** A transport over TCP, for serial bridges and virtual meters; and its listening side. */
import { connect, createServer, type Socket } from "node:net";
import { LinkError } from "@meterport/protocol/errors";
import type { Millis, Transport } from "@meterport/protocol/ports";
import { hostAndPort } from "../link-settings.ts";
import { tcpFailure } from "../open-failure.ts";
import { SocketReads } from "../socket-reads.ts";
import { streamTransport } from "../stream-transport.ts";

/** Meters answer within half a second: a bridge that needs ten times as long to accept is not there. */
const defaultConnectTimeout = 5_000;
/** A bridge that lost its power says nothing: the system probes for it. */
const keepAlive = 15_000;
/** How long a peer gets to notice the end before the socket is torn down. */
const farewell = 250;

export interface TcpOptions {
  readonly host: string;
  readonly port: number;
  readonly connectTimeout?: Millis | undefined;
  readonly signal?: AbortSignal | undefined;
}

const tcpName = (host: string, port: number): string => `tcp://${hostAndPort(host, port)}`;

/** `reads` as it was given to the socket's `connect`; the socket is read as a stream if omitted. */
export const socketTransport = (name: string, socket: Socket, reads?: SocketReads): Transport =>
  streamTransport({
    name,
    readable: socket,
    writable: socket,
    reads,
    unread: "broken",
    shut: () =>
      new Promise((resolve) => {
        if (socket.closed) return resolve();
        const timer = setTimeout(() => socket.destroy(), farewell);
        socket.once("close", () => {
          clearTimeout(timer);
          resolve();
        });
        socket.end();
      }),
  });

/**
 * Connects to a TCP port.
 *
 * @throws LinkError not-open, aborted
 */
export const openTcp = (options: TcpOptions): Promise<Transport> =>
  openSocket(tcpDial(options, tcpName(options.host, options.port), new SocketReads()));

/** How a TCP socket is opened; read by `reads`, or as a stream if omitted. */
export const tcpDial = (
  { host, port, ...rest }: TcpOptions,
  name: string,
  reads?: SocketReads,
): OpenSocketOptions<Socket> => {
  const onread = reads === undefined ? {} : { onread: reads.onread };
  const address = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAlive, ...onread };
  return { ...rest, name, dial: () => connect(address), ready: "connect", reads };
};

export interface UnixOptions extends Pick<TcpOptions, "connectTimeout" | "signal"> {
  /** "/run/meter.sock" */
  readonly path: string;
}

/**
 * Connects to a Unix socket.
 *
 * @throws LinkError not-open, aborted
 */
export const openUnix = ({ path, ...rest }: UnixOptions): Promise<Transport> => {
  const reads = new SocketReads();
  const dial = (): Socket => connect({ path, onread: reads.onread });
  return openSocket({ ...rest, name: `unix://${path}`, dial, ready: "connect", reads });
};

export interface OpenSocketOptions<S extends Socket> extends Pick<TcpOptions, "connectTimeout" | "signal"> {
  readonly name: string;
  readonly dial: () => S;
  /** The event that says that it is open. */
  readonly ready: "connect" | "secureConnect";
  /** Why it could not be opened; `tcpFailure` if omitted. */
  readonly explain?: ((name: string, error: Error) => LinkError) | undefined;
  /** Why it must not be used although it is open. */
  readonly object?: (socket: S) => LinkError | undefined;
  /** What reads the socket in place of its stream; given to `connect` as well. */
  readonly reads?: SocketReads | undefined;
}

/** @throws LinkError not-open, aborted */
export const openSocket = async <S extends Socket>(options: OpenSocketOptions<S>): Promise<Transport> =>
  socketTransport(options.name, await connectedSocket(options), options.reads);

/**
 * The socket itself, for protocols with one more layer.
 *
 * @throws LinkError not-open, aborted
 */
export const connectedSocket = <S extends Socket>({
  name,
  dial,
  ready,
  explain = tcpFailure,
  object = () => undefined,
  connectTimeout = defaultConnectTimeout,
  signal,
}: OpenSocketOptions<S>): Promise<S> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(new LinkError("aborted", name, "given up before it was open"));
    const socket = dial();
    const fail = (error: LinkError): void => {
      settle();
      socket.on("error", () => {});
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => fail(new LinkError("aborted", name, "given up before it was open"));
    const onError = (error: Error): void => fail(explain(name, error));
    const timer = setTimeout(
      () =>
        fail(
          new LinkError("not-open", name, `cannot open it: no answer within ${connectTimeout} ms`, {
            reason: "unreachable",
          }),
        ),
      connectTimeout,
    );
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.off("error", onError);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    socket.on("error", onError);
    socket.once(ready, () => {
      const objection = object(socket);
      if (objection !== undefined) return fail(objection);
      settle();
      resolve(socket);
    });
  });

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Connections at a time; further ones are refused. */
  readonly maxConnections?: number | undefined;
}

export interface TcpListener {
  /** "tcp://127.0.0.1:4059", with the port that was taken. */
  readonly url: string;
  readonly port: number;
  /** Stops listening and closes the connections that are open. */
  readonly close: () => Promise<void>;
}

/**
 * Listens on a TCP port and hands each connection on.
 *
 * @throws LinkError not-open
 */
export const listenTcp = (options: ListenOptions, onConnection: (transport: Transport) => void): Promise<TcpListener> =>
  new Promise((resolve, reject) => {
    const { host, port, maxConnections = 64 } = options;
    const open = new Set<Transport>();
    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAlive }, (socket) => {
      const transport = socketTransport(tcpName(socket.remoteAddress ?? "?", socket.remotePort ?? 0), socket);
      open.add(transport);
      socket.once("close", () => open.delete(transport));
      onConnection(transport);
    });
    server.maxConnections = maxConnections;
    server.once("error", (error) => reject(tcpFailure(tcpName(host, port), error)));
    server.listen(port, host, () => {
      const address = server.address();
      const taken = typeof address === "object" && address !== null ? address.port : port;
      resolve({
        url: tcpName(host, taken),
        port: taken,
        close: async () => {
          const closed = new Promise<void>((done) => server.close(() => done()));
          await Promise.all([...open].map((transport) => transport.close()));
          await closed;
        },
      });
    });
  });
