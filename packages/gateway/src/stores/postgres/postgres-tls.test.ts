/** TLS to the database: what cannot be verified is not used. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { silentLog } from "@meterport/engine/ports/log";
import { reading } from "@meterport/engine/testing/fake-meter";
import { makeCertificate } from "../../../../../test/support/certificate.ts";
import { peer } from "../../../../../test/support/peers.ts";
import { startPostgres } from "../../../../../test/support/postgres.ts";
import { append, t0 } from "../contract/under-test.test-kit.ts";
import { openPostgresStore } from "./postgres-store.ts";

const openssl = peer("openssl");
const skip = peer("pg_createcluster").skip || openssl.skip;

test("values cross TLS only to a server whose certificate is trusted and names it", { skip }, async () => {
  const server = await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), "meterport-postgres-tls-"));
  try {
    const stored = async (query: string): Promise<number> => {
      const store = await openPostgresStore(`${server.url}?${query}`, { log: silentLog, wall: () => 0 });
      try {
        return await append(store, "home", [reading(t0)]);
      } finally {
        await store.close();
      }
    };
    await assert.rejects(stored("sslmode=verify-full"), /cannot be trusted \(The server does not support SSL/);
    const other = makeCertificate(folder, openssl.path, "DNS:other");
    server.useTls(other.cert, other.key);
    await assert.rejects(stored("sslmode=verify-full"), /cannot be trusted \(self-signed certificate/);
    await assert.rejects(stored(`sslmode=verify-full&sslrootcert=${other.files.cert}`), /cannot be trusted .*altnames/);
    const own = makeCertificate(folder, openssl.path, "IP:127.0.0.1");
    server.useTls(own.cert, own.key);
    assert.equal(await stored(`sslmode=verify-full&sslrootcert=${own.files.cert}`), 1);
  } finally {
    rmSync(folder, { recursive: true });
    await server.stop();
  }
});
