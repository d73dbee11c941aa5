import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import type { Signal } from "@meterport/protocol/ports";
import { openLink } from "./open.ts";

/** A signal that is not one of the host's, and its listeners. */
const countedSignal = () => {
  const listeners = new Set<() => void>();
  const signal: Signal = {
    aborted: false,
    addEventListener: (_type, listener) => void listeners.add(listener),
    removeEventListener: (_type, listener) => void listeners.delete(listener),
  };
  return { signal, listeners };
};

test("a signal that outlives many openings keeps none of their listeners", async () => {
  const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const link = `tcp://127.0.0.1:${(server.address() as { port: number }).port}`;
  const { signal, listeners } = countedSignal();
  await (await openLink(link, signal)).close();
  server.close();
  await once(server, "close");
  await assert.rejects(openLink(link, signal), { code: "not-open" });
  assert.equal(listeners.size, 0);
});

test("such a signal ends an opening that is under way", async () => {
  const { signal, listeners } = countedSignal();
  // A bridge that says nothing keeps the opening waiting.
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  await once(server, "listening");
  const opening = openLink(`rfc2217://127.0.0.1:${(server.address() as { port: number }).port}`, signal);
  for (const listener of listeners) listener();
  await assert.rejects(opening, { code: "aborted" });
  server.close();
});
