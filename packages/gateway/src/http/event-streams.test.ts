import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@meterport/engine/ports/log";
import { LinkError } from "@meterport/protocol/errors";
import { httpSetup, stillMeter } from "../testing/http-setup.ts";
import { noCaptures, storeWith } from "../testing/no-captures.ts";
import type { ApiProblem } from "./api.ts";
import { createApp } from "./app.ts";
import { linkHealth, liveAnswer } from "./schemas.ts";

/** Reads a stream as the events that have arrived so far. */
const listen = (response: Response) => {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = "";
  let ended = false;
  const pump = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
    ended = true;
  })();
  return {
    pump,
    cancel: () => reader.cancel(),
    ended: () => ended,
    events: () =>
      text
        .split("\n\n")
        .filter((block) => block !== "")
        .map((block) => {
          const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
          return { event, data: JSON.parse(data ?? "") };
        }),
  };
};

test("a stream sends the present state, every reading, every change of the link, and signs of life", async () => {
  const { clock, meter, gateway, get, done } = await httpSetup();
  await clock.advance(1_000);
  const response = await get("/api/v1/meters/home/events");
  assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  assert.equal(response.headers.get("cache-control"), "no-store");
  const stream = listen(response);
  await clock.advance(0);
  assert.deepEqual(
    stream.events().map(({ event }) => event),
    ["link", "live"],
  );
  linkHealth.strict().parse(stream.events()[0]?.data);
  liveAnswer.strict().parse(stream.events()[1]?.data);
  await clock.advance(4_500);
  const count = (name: string) => stream.events().filter(({ event }) => event === name).length;
  assert.deepEqual([count("live"), count("link"), count("alive")], [3, 3, 2]);
  meter.readFails = new LinkError("no-answer", "read BT23", "no answer");
  await clock.advance(2_000);
  const last = stream
    .events()
    .filter(({ event }) => event === "live")
    .at(-1);
  assert.equal(last?.data.quality, "stale");
  assert.equal(last?.data.power_w, null);
  assert.equal(gateway.app.streams.clients, 1);
  await stream.cancel();
  assert.equal(gateway.app.streams.clients, 0);
  await done();
});

test("a HEAD request for a stream is answered and takes no place", async () => {
  const { gateway, get, done } = await httpSetup();
  for (const path of ["events", "live"]) {
    const response = await get(`/api/v1/meters/home/${path}`, {
      method: "HEAD",
      headers: { accept: "text/event-stream" },
    });
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
    assert.equal(gateway.app.streams.clients, 0);
  }
  await done();
});

test("the live address streams if a stream is requested", async () => {
  const { clock, get, gateway, done } = await httpSetup();
  const response = await get("/api/v1/meters/home/live", { headers: { accept: "text/event-stream" } });
  const stream = listen(response);
  await clock.advance(500);
  assert.equal(stream.events()[0]?.event, "link");
  gateway.app.streams.close();
  await clock.run(stream.pump);
  assert.ok(stream.ended());
  await done();
});

test("drops a client that reads too slowly, and keeps the others", async () => {
  const { clock, get, gateway, done } = await httpSetup();
  const slow = await get("/api/v1/meters/home/events");
  const fast = listen(await get("/api/v1/meters/home/events"));
  assert.equal(gateway.app.streams.clients, 2);
  await clock.advance(300_000);
  assert.equal(gateway.app.streams.clients, 1);
  await assert.rejects(slow.text(), /too slowly/);
  assert.ok(fast.events().length > 100);
  await done();
});

test("forgets a client that goes away, and refuses too many", async () => {
  const { clock, gateway, done } = await httpSetup();
  const app = createApp({
    ...noCaptures,
    meters: stillMeter().meters,
    store: storeWith({ history: async () => [] }),
    clock,
    log: silentLog,
    version: "0",
    dashboard: "/none",
    host: "127.0.0.1",
    allowedHosts: [],
    maxClients: 2,
  });
  const leaving = new AbortController();
  const open = (signal?: AbortSignal) =>
    app.fetch(new Request("http://localhost/api/v1/meters/home/events", signal === undefined ? {} : { signal }));
  const first = await open(leaving.signal);
  const second = await open();
  const third = await open();
  assert.equal(third.status, 503);
  assert.match(((await third.json()) as ApiProblem).message, /too many listeners/);
  leaving.abort();
  assert.equal(app.streams.clients, 1);
  assert.equal((await open()).status, 200);
  app.streams.close();
  assert.equal(app.streams.clients, 0);
  await first.text();
  await second.text();
  assert.equal(gateway.app.streams.clients, 0);
  await done();
});
