/** A bridge inside TLS: Node's server with a certificate that openssl makes for the test. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createServer, type Server } from "node:tls";
import { socketTransport } from "@meterport/transports/network/tcp";
import { openTlsBridge } from "@meterport/transports/network/tls-bridge";
import { openLink } from "@meterport/transports/open";
import { transportContract } from "@meterport/transports/testing/transport-contract";
import { makeCertificate } from "./support/certificate.ts";
import { peer } from "./support/peers.ts";

const openssl = peer("openssl");
const { skip } = openssl;
const host = "127.0.0.1";
let folder = "";
let key = "";
let cert = "";
let fingerprint = "";
before(() => {
  if (skip !== false) return;
  folder = mkdtempSync(join(tmpdir(), "meterport-tls-"));
  ({ key, cert, fingerprint } = makeCertificate(folder, openssl.path));
});
after(() => {
  if (folder !== "") rmSync(folder, { recursive: true });
});

const portOf = (server: { address(): unknown }): number => (server.address() as { port: number }).port;
const serve = async (): Promise<Server> => {
  const server = createServer({ key, cert }).listen(0, host);
  server.on("tlsClientError", () => {});
  await once(server, "listening");
  return server;
};

transportContract({
  name: "tls, as client",
  skip,
  open: async () => {
    const server = await serve();
    const accepted = once(server, "secureConnection");
    const client = await openTlsBridge({ host, port: portOf(server), fingerprint });
    const [socket] = await accepted;
    server.close();
    return [client, socketTransport("bridge", socket)];
  },
  tellsEnd: true,
});

describe("a bridge inside TLS", { skip }, () => {
  const refused = async (query: string, message: RegExp): Promise<void> => {
    const server = await serve();
    try {
      await assert.rejects(openLink(`tls://${host}:${portOf(server)}${query}`), { code: "not-open", message });
    } finally {
      server.close();
    }
  };
  test("with an unknown certificate is refused, and the error says how to trust it", () =>
    refused("", /its certificate is self-signed; \?fingerprint=SHA256 trusts this very certificate/));
  test("with another certificate than the known one is refused", () =>
    refused(`?fingerprint=${"0".repeat(64)}`, /its certificate has another fingerprint, [0-9a-f]{64}/));
  test("without TLS gives an error that says so", async () => {
    const server = createTcpServer((socket) => socket.end("hello")).listen(0, host);
    await once(server, "listening");
    await assert.rejects(openTlsBridge({ host, port: portOf(server) }), {
      code: "not-open",
      message: /does not speak TLS|closed|broke/,
    });
    server.close();
  });
});
