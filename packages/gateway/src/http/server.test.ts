import assert from "node:assert/strict";
import { once } from "node:events";
import { get as httpGet } from "node:http";
import { connect, createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { silentLog } from "@meterport/engine/ports/log";
import { systemClock } from "@meterport/transports/clock";
import { stillMeter } from "../testing/http-setup.ts";
import { noCaptures, storeWith } from "../testing/no-captures.ts";
import { createApp } from "./app.ts";
import { listen } from "./server.ts";

/** Closed even after a failure, so that the test can end. */
const setup = async (t: TestContext) => {
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
  const server = await listen({ host: "127.0.0.1", port: 0, portAsked: true, fetch: app.fetch, log: silentLog });
  t.after(() => {
    app.streams.close();
    return server.close();
  });
  return { app, meter, server };
};

/** Turns the event loop until a condition holds, at most a few thousand times. */
const until = async (holds: () => boolean, what: string): Promise<void> => {
  for (let n = 0; n < 20_000; n++) {
    if (holds()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.fail(what);
};

test("notices through the socket that a browser has gone", async (t) => {
  const { app, server } = await setup(t);
  const leaving = new AbortController();
  const response = await fetch(`${server.url}/api/v1/meters/home/events`, { signal: leaving.signal });
  await response.body?.getReader().read();
  assert.equal(app.streams.clients, 1);
  leaving.abort();
  await until(() => app.streams.clients === 0, "the stream is still open");
});

test("a socket that is never read costs bounded memory and is dropped", async (t) => {
  const { app, meter, server } = await setup(t);
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.on("error", () => {});
  t.after(() => socket.destroy());
  socket.write("GET /api/v1/meters/home/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await once(socket, "readable");
  await until(() => app.streams.clients === 1, "no stream was opened");
  let sent = 0;
  await until(() => {
    meter.tell({ event: "live", data: meter.view.live() });
    return ++sent > 0 && app.streams.clients === 0;
  }, "the slow client was never dropped");
  socket.destroy();
  const health = await fetch(`${server.url}/api/v1/health`);
  assert.equal(health.status, 200);
});

test("takes a free port if the default one is in use, and logs that", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  assert.ok(address !== null && typeof address === "object");
  const lines: string[] = [];
  const log = { ...silentLog, warn: (line: string) => lines.push(line) };
  const options = { host: "127.0.0.1", port: address.port, fetch: () => new Response("ok"), log };
  await assert.rejects(
    listen({ ...options, portAsked: true }),
    /is in use by another program: stop it, or choose another/,
  );
  const server = await listen({ ...options, portAsked: false });
  assert.notEqual(server.url, `http://127.0.0.1:${address.port}`);
  assert.match(lines[0] ?? "", /using a free one/);
  assert.equal(await (await fetch(server.url)).text(), "ok");
  await server.close();
  other.close();
});

test("reports an address that is not this machine's in one sentence", async () => {
  const options = { host: "192.0.2.1", port: 0, portAsked: false, fetch: () => new Response("ok"), log: silentLog };
  await assert.rejects(listen(options), /192\.0\.2\.1 is not an address of this machine: check METERPORT_HTTP_HOST/);
});

test("the ingress's listener hears its one client only", { skip: process.platform !== "linux" }, async (t) => {
  const lines: string[] = [];
  const server = await listen({
    host: "127.0.0.1",
    port: 0,
    portAsked: true,
    fetch: (_, { ingress }) => new Response(ingress?.scope ?? "none"),
    log: { ...silentLog, warn: (line) => void lines.push(line) },
    ingress: { from: "127.0.0.2", userHeader: "X-Remote-User-Name", scope: "operate" },
  });
  t.after(() => server.close());
  const port = Number(new URL(server.url).port);
  const ask = (localAddress: string) =>
    new Promise<string>((resolve, reject) => {
      httpGet({ port, host: "127.0.0.1", localAddress, agent: false }, (response) => {
        response.on("data", (chunk) => resolve(String(chunk)));
      }).on("error", reject);
    });
  assert.equal(await ask("127.0.0.2"), "operate");
  await assert.rejects(ask("127.0.0.1"), /socket hang up|ECONNRESET/);
  await assert.rejects(ask("127.0.0.3"));
  assert.deepEqual(lines, ["http: 127.0.0.1 was refused by the listener for the ingress, which is only for 127.0.0.2"]);
});
