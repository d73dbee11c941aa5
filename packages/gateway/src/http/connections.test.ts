/** The server under clients that do not play by the rules, over real sockets of several loopback addresses. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { connect, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { silentLog } from "@meterport/engine/ports/log";
import { systemClock } from "@meterport/transports/clock";
import { stopwatch } from "../../../../test/support/stopwatch.ts";
import { stillMeter } from "../testing/http-setup.ts";
import { noCaptures, storeWith } from "../testing/no-captures.ts";
import { createApp } from "./app.ts";
import type { ConnectionLimits } from "./connections.ts";
import { listen } from "./server.ts";

// Other systems have only 127.0.0.1.
const skip = process.platform !== "linux";

const setup = async (t: TestContext, limits: Partial<ConnectionLimits> = {}) => {
  const meter = stillMeter();
  const app = createApp({
    ...noCaptures,
    meters: meter.meters,
    store: storeWith({ history: async () => [] }),
    clock: systemClock,
    log: silentLog,
    version: "0",
    dashboard: "/none",
    host: "127.0.0.1",
    allowedHosts: [],
  });
  const server = await listen({
    host: "127.0.0.1",
    port: 0,
    portAsked: true,
    fetch: app.fetch,
    log: silentLog,
    limits,
  });
  const port = Number(new URL(server.url).port);
  const sockets: Socket[] = [];
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    app.streams.close();
    await server.close();
  });
  /** A connection from an address of loopback that sends some text and then nothing. */
  const half = async (from: string, text: string): Promise<Socket> => {
    const socket = connect({ port, host: "127.0.0.1", localAddress: from });
    sockets.push(socket);
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.write(text);
    return socket;
  };
  return { app, meter, server, port, half };
};

/** The status of a request from an address, and the milliseconds that it took on a machine with nothing else to do. */
const ask = (port: number, from: string, path = "/"): Promise<{ readonly status: number; readonly took: number }> =>
  new Promise((resolve, reject) => {
    const untilAnswered = stopwatch();
    const request = get({ port, host: "127.0.0.1", localAddress: from, path, agent: false }, (response) => {
      response.resume();
      response.on("end", () => resolve({ status: response.statusCode ?? 0, took: untilAnswered() }));
    });
    request.setTimeout(20_000, () => request.destroy(new Error("no answer within 20 s")));
    request.on("error", reject);
  });

const status = (url: string, agent: Agent): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    request.on("error", reject);
  });

const served = async (port: number, from: string): Promise<void> => {
  const { status, took } = await ask(port, from);
  assert.equal(status, 200);
  assert.ok(took < 1_000, `the page took ${took} ms`);
};

test("half-sent requests keep nobody out, not even their own address", { skip, timeout: 30_000 }, async (t) => {
  const { port, half, server } = await setup(t);
  for (let n = 0; n < 256; n++) await half("127.0.0.2", "GET / HTTP/1.1\r\nHost: loc");
  assert.ok(server.connections() <= 64, `${server.connections()} connections`);
  await served(port, "127.0.0.3");
  await served(port, "127.0.0.2");
});

test("half-sent requests from many addresses make room for another one", { skip, timeout: 30_000 }, async (t) => {
  const { port, half, server } = await setup(t);
  for (let address = 10; address < 20; address++)
    for (let n = 0; n < 60; n++) await half(`127.0.0.${address}`, "POST / HTTP/1.1\r\nHost: localhost\r\n");
  assert.ok(server.connections() <= 256, `${server.connections()} connections`);
  await served(port, "127.0.0.3");
});

test("bodies over a socket: none, short, too long, of unknown length", { timeout: 30_000 }, async (t) => {
  const { server } = await setup(t);
  const headers = { "content-type": "application/json" };
  const send = async (
    method: string,
    body?: string | ReadableStream,
    more: RequestInit & { readonly duplex?: "half" } = {},
  ) =>
    (await fetch(`${server.url}/api/v1/session`, { method, headers, ...(body === undefined ? {} : { body }), ...more }))
      .status;
  assert.equal(await send("DELETE"), 200);
  // Nobody can sign in here, so this is past the limits.
  assert.equal(await send("POST", JSON.stringify({ name: "anna", password: "x" })), 401);
  assert.equal(await send("POST", "x".repeat(1_100_000)), 413);
  const unknown = new Blob(["{}"]).stream();
  assert.equal(await send("POST", unknown, { duplex: "half" }), 411);
});

test("a request that trickles in is dropped after some seconds", { skip, timeout: 30_000 }, async (t) => {
  const { half } = await setup(t);
  const socket = await half("127.0.0.2", "GET / HTTP/1.1\r\n");
  const began = performance.now();
  let n = 0;
  const drip = setInterval(() => socket.write(`X-${n++}: 1\r\n`), 200);
  t.after(() => clearInterval(drip));
  socket.resume();
  // A byte on its way when the server closes makes it a reset.
  await new Promise((resolve) => socket.once("close", resolve));
  const took = performance.now() - began;
  assert.ok(took > 3_000 && took < 10_000, `after ${took} ms`);
});

test("500 streams leave the page reachable, from their own address and from others", {
  skip,
  timeout: 60_000,
}, async (t) => {
  const { app, port, half } = await setup(t);
  const request = "GET /api/v1/meters/home/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (let n = 0; n < 250; n++) await half("127.0.0.2", request);
  for (let n = 0; n < 250; n++) await half(`127.0.0.${10 + (n % 10)}`, request);
  await served(port, "127.0.0.2");
  await served(port, "127.0.0.3");
  assert.ok(app.streams.clients > 0 && app.streams.clients <= 128, `${app.streams.clients} streams`);
});

test("one address with all streams that it may have leaves streams to others", { skip, timeout: 60_000 }, async (t) => {
  const { app, half } = await setup(t);
  const firstLine = async (from: string): Promise<string> => {
    const socket = await half(from, "GET /api/v1/stream?events=live HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const [data] = (await once(socket, "data")) as [Buffer];
    return data.toString("latin1").split("\r\n")[0] ?? "";
  };
  for (let n = 0; n < 32; n++) assert.match(await firstLine("127.0.0.2"), / 200 /);
  assert.match(await firstLine("127.0.0.2"), / 503 /);
  assert.match(await firstLine("127.0.0.3"), / 200 /);
  assert.equal(app.pointStreams.clients, 33);
  app.pointStreams.close();
});

test("a client that sends thousands of requests ahead is closed before they are all begun", {
  timeout: 30_000,
}, async (t) => {
  let begun = 0;
  const server = await listen({
    host: "127.0.0.1",
    port: 0,
    portAsked: true,
    fetch: async () => {
      begun++;
      return new Response("fine");
    },
    log: silentLog,
  });
  t.after(() => server.close());
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  // The server resets it, which is an error here.
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.resume();
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(5_000));
  await closed;
  assert.ok(begun > 0 && begun <= 16, `${begun} begun`);
  // One after the other there may be any number.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  for (let n = 0; n < 200; n++) assert.equal(await status(server.url, agent), 200);
  assert.equal(server.connections(), 1);
});

test("a client that takes nothing of a long answer is dropped", { skip, timeout: 30_000 }, async (t) => {
  const long = "x".repeat(32 << 20);
  const server = await listen({
    host: "127.0.0.1",
    port: 0,
    portAsked: true,
    fetch: () => new Response(long),
    log: silentLog,
    limits: { stalled: 500 },
  });
  t.after(() => server.close());
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.on("error", () => {});
  t.after(() => socket.destroy());
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await once(socket, "readable");
  while (server.connections() > 0) await new Promise((resolve) => setImmediate(resolve));
});

test("an answer that takes the gateway long is not cut off", { timeout: 30_000 }, async (t) => {
  let finish = (): void => {};
  const server = await listen({
    host: "127.0.0.1",
    port: 0,
    portAsked: true,
    fetch: () =>
      new Promise<Response>((resolve) => {
        finish = () => resolve(new Response("late"));
      }),
    log: silentLog,
    limits: { stalled: 100 },
  });
  t.after(() => server.close());
  const answer = fetch(server.url);
  const timer = setTimeout(() => finish(), 1_000);
  t.after(() => clearTimeout(timer));
  assert.equal(await (await answer).text(), "late");
});
