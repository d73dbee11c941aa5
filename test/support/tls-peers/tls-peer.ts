/** Small TLS programs on other people's libraries: compiled once, each for one connection over the loopback. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { TlsError } from "@meterport/protocol/errors";
import type { TlsClient } from "@meterport/protocol/mep/security/tls/client";
import type { TlsConnection } from "@meterport/protocol/mep/security/tls/connection";

const libraries = { mbedtls: ["-lmbedtls", "-lmbedx509", "-lmbedcrypto"], gnutls: ["-lgnutls"] } as const;
export type Library = keyof typeof libraries;

const folder = fileURLToPath(new URL("./", import.meta.url));
const cache = fileURLToPath(new URL("../../../.cache/tls-peers", import.meta.url));

/** The program, compiled if its source has changed. */
export const compiled = (library: Library, gcc: string): string => {
  const sources = [join(folder, `${library}.c`), join(folder, "peer.h")];
  const hash = createHash("sha256");
  for (const source of sources) hash.update(readFileSync(source));
  const program = join(cache, `${library}-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  const next = `${program}.${process.pid}`;
  const built = spawnSync(gcc, ["-O1", "-Wall", "-o", next, sources[0] as string, ...libraries[library]], {
    encoding: "utf8",
  });
  if (built.status !== 0) throw new Error(`${library}.c does not compile: ${built.stderr}`);
  renameSync(next, program);
  return program;
};

/** A peer that runs, and the lines that it prints. */
export class Peer {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  readonly #ended: Promise<unknown>;

  constructor(program: string, args: readonly string[]) {
    this.child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#ended = once(this.child, "close");
    for (const stream of [this.child.stdout, this.child.stderr])
      if (stream !== null) createInterface({ input: stream }).on("line", (line) => this.lines.push(line));
  }

  /** Waits until a line fits; bounded by the life of the program. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      for (const line of this.lines) {
        const match = pattern.exec(line);
        if (match !== null) return match;
      }
      if (Date.now() > deadline || this.child.exitCode !== null)
        throw new Error(`no line ${pattern} among: ${this.lines.join(" | ")}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async end(): Promise<readonly string[]> {
    await this.#ended;
    return this.lines;
  }

  stop(): void {
    if (this.child.exitCode === null) this.child.kill("SIGKILL");
  }
}

export interface Driven {
  readonly socket: Socket;
  /** Everything received so far. */
  readonly received: () => Uint8Array;
  readonly failure: () => TlsError | undefined;
  /** Resolves once the connection is open or has ended. */
  readonly settled: Promise<void>;
  /** Sends, and waits until as many bytes have come back. */
  readonly echo: (data: Uint8Array) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

/** How bytes from the peer are passed on: as they arrive, or one by one. */
export type Pieces = "whole" | "bytes";

/** Runs one of our machines on a socket. */
export const drive = (tls: TlsConnection, socket: Socket, pieces: Pieces = "whole", echoes = false): Driven => {
  const parts: Uint8Array[] = [];
  let failure: TlsError | undefined;
  let settle = (): void => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  let arrived = (): void => {};
  socket.on("data", (chunk: Uint8Array) => {
    const each = pieces === "whole" ? [chunk] : Array.from(chunk, (byte) => Uint8Array.of(byte));
    for (const piece of each) {
      const progress = tls.receive(piece);
      if (progress.reply.length > 0) socket.write(progress.reply);
      if (progress.data.length > 0) {
        parts.push(progress.data);
        if (echoes) socket.write(tls.send(progress.data));
      }
      failure = progress.failure;
      if (tls.state === "open" || progress.closed) settle();
      if (progress.closed) socket.end();
    }
    arrived();
  });
  socket.on("error", () => settle());
  socket.on("close", () => {
    settle();
    arrived();
  });
  const received = (): Uint8Array => Buffer.concat(parts);
  return {
    socket,
    received,
    failure: () => failure,
    settled,
    echo: async (data) => {
      const start = received().length;
      socket.write(tls.send(data));
      while (received().length < start + data.length && !socket.destroyed)
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      return new Uint8Array(received().subarray(start));
    },
    close: async () => {
      socket.end(tls.close());
      if (!socket.closed) await once(socket, "close");
    },
  };
};

/** Connects a client of ours to a port of the loopback. */
export const dial = async (tls: TlsClient, port: number, pieces: Pieces = "whole"): Promise<Driven> => {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const driven = drive(tls, socket, pieces);
  socket.write(tls.start());
  await driven.settled;
  return driven;
};

/** Listens for one connection on a free port of the loopback. */
export const listenOnce = async (
  take: (socket: Socket) => void,
): Promise<{ readonly port: number; readonly close: () => void }> => {
  const server = createServer((socket) => {
    take(socket);
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { port: address.port, close: () => server.close() };
};
