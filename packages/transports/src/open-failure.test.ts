import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import { openRfc2217 } from "./network/rfc2217.ts";
import { openUnix } from "./network/tcp.ts";
import { serialFailure } from "./open-failure.ts";

const failureOf = async (opening: Promise<unknown>): Promise<LinkError> => {
  const error = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof LinkError, String(error));
  return error;
};

const port = async (serve: Parameters<typeof createServer>[1]): Promise<{ port: number; close: () => void }> => {
  const server = createServer(serve).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as { port: number }).port, close: () => server.close() };
};

test("a missing Unix socket is named as such, without its path, and is not a device to plug in", async () => {
  const { reason, detail } = await failureOf(openUnix({ path: "/nowhere/of/meterport.sock" }));
  assert.equal(reason, "refused");
  assert.match(detail, /there is no such socket/);
  assert.doesNotMatch(detail, /nowhere/);
});

test("an RFC 2217 bridge fails for the reason of the connection below it", async () => {
  const free = await port(() => {});
  free.close();
  assert.equal(
    (await failureOf(openRfc2217({ host: "127.0.0.1", port: free.port, baudRate: 9600 }))).reason,
    "refused",
  );
  const rude = await port((socket) => socket.end());
  const { reason } = await failureOf(openRfc2217({ host: "127.0.0.1", port: rude.port, baudRate: 9600 }));
  rude.close();
  assert.equal(reason, "hung-up");
});

test("a folder is not a serial port", () => {
  const { reason, detail } = serialFailure("/etc", new Error("Error: Is a directory, cannot open /etc"));
  assert.deepEqual([reason, detail], ["unsuitable", "cannot open it: it is not a serial port"]);
});
