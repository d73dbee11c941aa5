import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import type { Transport } from "@meterport/protocol/ports";
import { take, transportContract } from "../testing/transport-contract.ts";
import { listenTcp, openTcp, openUnix, socketTransport } from "./tcp.ts";

const loopback = "127.0.0.1";

const later = <T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } => {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
};

/** A client and the listener's end of its connection; the listener ends with the second. */
const joined = async (): Promise<[Transport, Transport]> => {
  const accepted = later<Transport>();
  const listener = await listenTcp({ host: loopback, port: 0 }, accepted.resolve);
  const client = await openTcp({ host: loopback, port: listener.port });
  const server = await accepted.promise;
  const close = async (): Promise<void> => {
    await server.close();
    await listener.close();
  };
  return [client, { ...server, close }];
};

transportContract({ name: "tcp, as client", open: joined, tellsEnd: true });
transportContract({
  name: "tcp, as listener",
  open: async () => {
    const [client, server] = await joined();
    return [server, client];
  },
  tellsEnd: true,
});

transportContract({
  name: "unix socket",
  skip: process.platform === "win32" && "Windows has none",
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), "meterport-unix-"));
    const path = join(folder, "meter.sock");
    const server = createServer().listen(path);
    await once(server, "listening");
    const accepted = once(server, "connection");
    const client = await openUnix({ path });
    const [socket] = (await accepted) as [Socket];
    server.close();
    await rm(folder, { recursive: true });
    return [client, socketTransport("bridge", socket)];
  },
  tellsEnd: true,
});

test("a port where nothing listens is refused in one sentence", async () => {
  const listener = await listenTcp({ host: loopback, port: 0 }, () => {});
  await listener.close();
  await assert.rejects(openTcp({ host: loopback, port: listener.port }), (error: unknown) => {
    assert.ok(error instanceof LinkError);
    assert.equal(error.code, "not-open");
    assert.match(error.message, /^tcp:\/\/127\.0\.0\.1:\d+: cannot open it: nothing listens there; /);
    return true;
  });
});

test("a port in use is reported as such", async () => {
  const listener = await listenTcp({ host: loopback, port: 0 }, () => {});
  await assert.rejects(
    listenTcp({ host: loopback, port: listener.port }, () => {}),
    { code: "not-open", message: /in use already/ },
  );
  await listener.close();
});

test("nothing opens if the signal is already aborted", async () => {
  const signal = AbortSignal.abort();
  await assert.rejects(openTcp({ host: loopback, port: 9, signal }), { code: "aborted" });
});

test("a peer that resets the connection breaks the chunks", async () => {
  const server = createServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const client = await openTcp({ host: loopback, port: address.port });
  await client.write(Uint8Array.of(1));
  await assert.rejects(take(client, 1), { code: "closed", message: /the connection broke/ });
  await client.close();
  await new Promise((resolve) => server.close(resolve));
});

test("a peer that floods us waits in its own buffers, and one that never reads is cut off", async () => {
  const accepted = later<Transport>();
  const listener = await listenTcp({ host: loopback, port: 0 }, accepted.resolve);
  const peer = connect({ host: loopback, port: listener.port });
  peer.on("error", () => {});
  const server = await accepted.promise;
  const flood = new Uint8Array(32 * 1024 * 1024);
  peer.pause();
  peer.write(flood);
  // One piece after another makes room; what is not taken stays with the peer.
  assert.ok((await take(server, 100_000)).length < 1_000_000);
  assert.ok(peer.writableLength > 16 * 1024 * 1024, `${peer.writableLength} bytes are left with the peer`);
  const message = new Uint8Array(478);
  await assert.rejects(
    async () => {
      let refused: unknown;
      for (let i = 0; refused === undefined && i < 100_000; i++) {
        server.write(message).catch((error: unknown) => {
          refused ??= error;
        });
        if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      throw refused;
    },
    { code: "closed", message: /does not read/ },
  );
  peer.destroy();
  await listener.close();
});

test("what comes at once, before anybody waits for it, is not lost", async () => {
  const server = createServer((socket) => socket.end(Uint8Array.of(1, 2, 3)));
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const client = await openTcp({ host: loopback, port: address.port });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual([...(await take(client, 3))], [1, 2, 3]);
  await client.close();
  await new Promise((resolve) => server.close(resolve));
});

test("pieces of many connections keep their bytes, although they are read through the same memory", async () => {
  const pieces = 40;
  const server = createServer((socket) => socket.on("data", (bytes) => socket.write(bytes)));
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const { port } = address;
  const clients = await Promise.all(Array.from({ length: 20 }, () => openTcp({ host: loopback, port })));
  const sent = clients.map((_, n) => new Uint8Array(pieces * 37).fill(n + 1));
  await Promise.all(
    clients.map(async (client, n) => {
      for (let at = 0; at < pieces; at++) await client.write((sent[n] as Uint8Array).subarray(at * 37, (at + 1) * 37));
    }),
  );
  const got = await Promise.all(clients.map((client) => take(client, pieces * 37)));
  assert.deepEqual(got, sent);
  await Promise.all(clients.map((client) => client.close()));
  await new Promise((resolve) => server.close(resolve));
});

test("a client that is flooded leaves the rest with its peer, and goes on when it has room", async () => {
  const total = 8 * 1024 * 1024;
  let peer: Socket | undefined;
  const server = createServer((socket) => {
    peer = socket;
    socket.on("error", () => {});
    socket.end(new Uint8Array(total).fill(7));
  });
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const client = await openTcp({ host: loopback, port: address.port });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok((peer?.bytesWritten ?? 0) <= total && (peer?.writableLength ?? 0) > 0, "the peer still has most of it");
  let got = 0;
  for await (const piece of client.chunks) {
    assert.ok(piece.every((byte) => byte === 7));
    got += piece.length;
  }
  assert.equal(got, total);
  await client.close();
  await new Promise((resolve) => server.close(resolve));
});
