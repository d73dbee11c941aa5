/** The gateway's page inside TLS, with certificates that openssl makes for the test. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get as httpsGet } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type ConnectionOptions, connect as tlsConnect } from "node:tls";
import { silentLog } from "@meterport/engine/ports/log";
import { listen } from "@meterport/gateway/http/server";
import { UsageError } from "@meterport/protocol/errors";
import { makeCertificate } from "./support/certificate.ts";
import { peer } from "./support/peers.ts";

const openssl = peer("openssl");

/** The bytes that a listener gives a plain connection. */
const plainAnswer = async (port: number): Promise<string> => {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  let text = "";
  socket.on("data", (chunk) => {
    text += String(chunk);
  });
  await once(socket, "close");
  return text;
};

test("serves over TLS only, from 1.2 on, and takes renewed files", { skip: openssl.skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-https-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const certificate = makeCertificate(folder, openssl.path);
  const lines: string[] = [];
  const note = (line: string) => void lines.push(line);
  const server = await listen({
    host: "127.0.0.1",
    port: 0,
    portAsked: true,
    fetch: (_, { tls, address }) => Response.json({ tls, address }),
    log: { info: note, warn: note, error: note },
    tls: certificate.files,
  });
  t.after(() => server.close());
  const { protocol, port } = new URL(server.url);
  assert.equal(protocol, "https:");
  const fingerprint = async (options: ConnectionOptions = {}): Promise<string> => {
    const socket = tlsConnect({ port: Number(port), host: "127.0.0.1", rejectUnauthorized: false, ...options });
    await once(socket, "secureConnect");
    const found = socket.getPeerCertificate().fingerprint256.replaceAll(":", "").toLowerCase();
    socket.destroy();
    return found;
  };
  assert.equal(await fingerprint(), certificate.fingerprint);
  await assert.rejects(fingerprint({ minVersion: "TLSv1", maxVersion: "TLSv1.1" }));
  assert.doesNotMatch(await plainAnswer(Number(port)), /200|tls/);
  const answer = await new Promise<string>((resolve, reject) => {
    httpsGet({ port, host: "127.0.0.1", rejectUnauthorized: false, agent: false }, (response) => {
      response.on("data", (chunk) => resolve(String(chunk)));
    }).on("error", reject);
  });
  assert.deepEqual(JSON.parse(answer), { tls: true, address: "127.0.0.1" });

  const renewed = makeCertificate(folder, openssl.path);
  assert.equal(await fingerprint(), certificate.fingerprint);
  server.reloadTls();
  assert.equal(await fingerprint(), renewed.fingerprint);
  writeFileSync(renewed.files.cert, "");
  server.reloadTls();
  assert.match(lines.at(-1) ?? "", /not a certificate in PEM .*; the previous certificate stays in use/);
  assert.equal(await fingerprint(), renewed.fingerprint);
});

test("a certificate that cannot be used ends the start with a sentence", { skip: openssl.skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-https-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const [one, other] = [join(folder, "one"), join(folder, "other")];
  for (const each of [one, other]) mkdirSync(each);
  const { cert } = makeCertificate(one, openssl.path).files;
  const { key } = makeCertificate(other, openssl.path).files;
  const start = (tls: { readonly cert: string; readonly key: string }) =>
    listen({ host: "127.0.0.1", port: 0, portAsked: true, fetch: () => new Response("no"), log: silentLog, tls });
  const wrong: readonly (readonly [files: { readonly cert: string; readonly key: string }, message: RegExp])[] = [
    [{ cert, key }, /^http\.tls\.key: \S+: this key does not belong to the certificate in \S+$/],
    [{ cert: join(folder, "none"), key }, /^http\.tls\.cert: \S+: no such file; without it the gateway does not start/],
    [{ cert, key: folder }, /^http\.tls\.key: \S+: cannot be read \(EISDIR\)/],
    [{ cert: key, key }, /^http\.tls\.cert: \S+: not a certificate in PEM/],
    [{ cert, key: cert }, /cannot be used: the key must be in PEM/],
  ];
  for (const [files, message] of wrong)
    await assert.rejects(start(files), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /BEGIN PRIVATE/);
      return true;
    });
});
