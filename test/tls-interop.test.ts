/** Our TLS against other stacks, in both roles: mbedTLS (that of the meters), GnuTLS, OpenSSL and Node. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { toHex } from "@meterport/protocol/bytes";
import { TlsClient, type TlsClientOptions } from "@meterport/protocol/mep/security/tls/client";
import { TlsServer, type TlsServerOptions } from "@meterport/protocol/mep/security/tls/server";
import type { Entropy } from "@meterport/protocol/ports";
import { seeded } from "@meterport/simulator";
import { peer } from "./support/peers.ts";
import { compiled, dial, drive, type Library, listenOnce, Peer } from "./support/tls-peers/tls-peer.ts";

const gcc = peer("gcc");
const libraries = { mbedtls: peer("mbedtls"), gnutls: peer("gnutls") } as const;
const libc = peer("libc");
const openssl = peer("openssl");

const key = Uint8Array.from({ length: 16 }, (_, i) => 17 * i);
const identities = ["640001", "000000", "ffff01"] as const;
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
const entropy: Entropy = (length) => new Uint8Array(randomBytes(length));
const sizes = [1, 2, 29, 443, 446, 1000, 16383, 16384, 40_000];
const sample = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff);

const client = (identity: string, options: Partial<TlsClientOptions> = {}): TlsClient =>
  new TlsClient({ identity: bytes(identity), key, entropy, ...options });
const server = (identity: string, options: Partial<TlsServerOptions> = {}): TlsServer =>
  new TlsServer({ keyOf: (name) => (toHex(name) === identity ? key : undefined), entropy, ...options });

for (const library of ["mbedtls", "gnutls"] as const satisfies readonly Library[]) {
  const skip = gcc.skip || libc.skip || libraries[library].skip;
  describe(library, { skip }, () => {
    const program = skip === false ? compiled(library, gcc.path) : "";
    const served = async (...args: string[]): Promise<{ peer: Peer; port: number }> => {
      const peer = new Peer(program, ["server", ...args]);
      return { peer, port: Number((await peer.line(/^port (\d+)$/))[1]) };
    };

    for (const identity of identities)
      for (const [ours, theirs] of [
        [true, true],
        [true, false],
        [false, true],
      ] as const) {
        const flags = theirs ? [] : ["noems"];
        const named = `${identity}, extended master secret ${ours ? "" : "not "}ours, ${theirs ? "" : "not "}theirs`;

        test(`our client: ${named}`, async () => {
          const { peer, port } = await served(toHex(key), identity, ...flags);
          try {
            const tls = client(identity, { extendedMasterSecret: ours });
            const line = await dial(tls, port, identity === "000000" ? "bytes" : "whole");
            assert.equal(line.failure(), undefined);
            assert.deepEqual([tls.state, tls.extendedMasterSecret], ["open", ours && theirs]);
            assert.equal((await line.echo(new Uint8Array(0))).length, 0);
            for (const size of sizes) assert.deepEqual(await line.echo(sample(size)), sample(size), `${size} bytes`);
            await line.close();
            assert.equal((await peer.end()).at(-1), "closed in order");
          } finally {
            peer.stop();
          }
        });

        test(`our server: ${named}`, async () => {
          const tls = server(identity, { extendedMasterSecret: ours, sessionIdLength: ours ? 32 : 0 });
          const port = await listenOnce(
            (socket) => void drive(tls, socket, identity === "000000" ? "bytes" : "whole", true),
          );
          const args = [String(port.port), toHex(key), identity, ...flags, ...sizes.map(String)];
          const peer = new Peer(program, ["client", ...args]);
          try {
            const lines = await peer.end();
            assert.deepEqual(
              lines.slice(1),
              sizes.map((size) => `echoed ${size}`),
              lines.join(" | "),
            );
            assert.equal(toHex(tls.identity ?? key), identity);
            assert.deepEqual([tls.extendedMasterSecret, tls.failure], [ours && theirs, undefined]);
          } finally {
            peer.stop();
            port.close();
          }
        });
      }

    test("another key or another name ends the handshake on both sides, each with its reason", async () => {
      const wrong = await served("ff".repeat(16), "640001");
      const line = await dial(client("640001"), wrong.port);
      assert.equal(line.failure()?.code, "wrong-key");
      assert.match((await wrong.peer.end()).at(-1) ?? "", /^failed/);
      const stranger = await served(toHex(key), "640001");
      const other = await dial(client("640000"), stranger.port);
      // RFC 4279 lets a server say so, or continue with another key so that nobody learns which names exist.
      assert.ok(
        ["unknown-identity", "wrong-key", "alert"].includes(other.failure()?.code ?? ""),
        other.failure()?.code,
      );
      const tls = server("640001");
      const port = await listenOnce((socket) => void drive(tls, socket));
      const peer = new Peer(program, ["client", String(port.port), "ff".repeat(16), "640001", "1"]);
      assert.match((await peer.end()).at(-1) ?? "", /^failed/);
      assert.equal(tls.failure?.code, "wrong-key");
    });

    if (library === "gnutls")
      test("a hint in a ServerKeyExchange is read", async () => {
        const { port, peer } = await served(toHex(key), "640001", "hint=meter 7");
        const tls = client("640001");
        const line = await dial(tls, port);
        assert.deepEqual([tls.state, Buffer.from(tls.hint ?? key).toString()], ["open", "meter 7"]);
        await line.close();
        await peer.end();
      });

    if (library === "mbedtls")
      test("if any byte is altered in between, neither side opens the session", async () => {
        const seed = 20261124;
        const random = seeded(seed);
        for (let run = 0; run < 40; run++) {
          const { port, peer } = await served(toHex(key), "640001");
          const toServer = run % 2 === 0;
          // Our handshake has 52 + 66 bytes to the server and about 141 back; byte 2 is an unprotected version.
          const at = 3 + Math.floor(random() * (toServer ? 110 : 130));
          const flip = 1 << Math.floor(random() * 8);
          const bend = (start: number, chunk: Uint8Array): Uint8Array => {
            const bent = Uint8Array.from(chunk);
            if (at >= start && at < start + bent.length) bent[at - start] = (bent[at - start] as number) ^ flip;
            return bent;
          };
          const tap = await listenOnce((near) => {
            const far = connect(port, "127.0.0.1");
            let up = 0;
            let down = 0;
            near.on("data", (chunk) => {
              far.write(toServer ? bend(up, chunk) : chunk);
              up += chunk.length;
            });
            far.on("data", (chunk) => {
              near.write(toServer ? chunk : bend(down, chunk));
              down += chunk.length;
            });
            for (const [one, other] of [
              [near, far],
              [far, near],
            ] as const) {
              one.on("end", () => other.end());
              one.on("error", () => other.destroy());
            }
          });
          const tls = client("640001");
          const socket = connect(tap.port, "127.0.0.1");
          await once(socket, "connect");
          const line = drive(tls, socket);
          socket.write(tls.start());
          // A length that was increased makes both wait for bytes that never come.
          await Promise.race([line.settled, new Promise((resolve) => setTimeout(resolve, 150).unref())]);
          assert.notEqual(
            tls.state,
            "open",
            `seed ${seed}, run ${run}: byte ${at} ^ ${flip} ${toServer ? "up" : "down"}`,
          );
          socket.destroy();
          peer.stop();
          await peer.end();
        }
      });
  });
}

describe("OpenSSL", { skip: openssl.skip }, () => {
  const psk = ["-psk", toHex(key)];

  test("s_server accepts our client; the name has no zero byte, since it stops there", async () => {
    const args = ["s_server", "-accept", "127.0.0.1:0", "-nocert", "-tls1_2", "-rev", "-psk_identity", "meter", ...psk];
    const peer = new Peer(openssl.path, [...args, "-cipher", "PSK-AES256-GCM-SHA384"]);
    try {
      const port = Number((await peer.line(/^ACCEPT .*:(\d+)$/))[1]);
      const tls = client(Buffer.from("meter").toString("hex"));
      const line = await dial(tls, port);
      assert.deepEqual([tls.state, tls.extendedMasterSecret], ["open", true]);
      assert.equal(Buffer.from(await line.echo(Buffer.from("abc\n"))).toString(), "cba\n");
      line.socket.destroy();
    } finally {
      peer.stop();
      await peer.end();
    }
  });

  test("s_client is served by us", async () => {
    const tls = server(Buffer.from("meter").toString("hex"));
    let seen = (): string => "";
    const port = await listenOnce((socket) => {
      const line = drive(tls, socket);
      seen = () => Buffer.from(line.received()).toString();
      void line.settled.then(() => socket.write(tls.send(Buffer.from("from us\n"))));
    });
    const args = [
      "s_client",
      "-connect",
      `127.0.0.1:${port.port}`,
      "-tls1_2",
      "-ign_eof",
      "-psk_identity",
      "meter",
      ...psk,
    ];
    const peer = new Peer(openssl.path, [...args, "-cipher", "PSK-AES256-GCM-SHA384"]);
    try {
      await peer.line(/Cipher +: PSK-AES256-GCM-SHA384/);
      await peer.line(/^from us$/);
      assert.deepEqual([tls.state, seen()], ["open", ""]);
    } finally {
      peer.stop();
      await peer.end();
    }
  });
});

describe("Node's tls, where the name has no zero byte", () => {
  const ciphers = "PSK-AES256-GCM-SHA384";
  test("its server accepts our client", async () => {
    const node = createTlsServer(
      { ciphers, maxVersion: "TLSv1.2", pskCallback: (_socket, name) => (name === "meter" ? Buffer.from(key) : null) },
      (socket) => socket.pipe(socket),
    );
    node.listen(0, "127.0.0.1");
    await once(node, "listening");
    const address = node.address();
    assert.ok(typeof address === "object" && address !== null);
    const line = await dial(client(Buffer.from("meter").toString("hex")), address.port);
    assert.equal(line.failure(), undefined);
    for (const size of sizes) assert.deepEqual(await line.echo(sample(size)), sample(size));
    line.socket.destroy();
    node.close();
  });

  test("its client is served by us", async () => {
    const tls = server(Buffer.from("meter").toString("hex"));
    const port = await listenOnce((socket) => void drive(tls, socket, "whole", true));
    const socket = connectTls({
      host: "127.0.0.1",
      port: port.port,
      ciphers,
      maxVersion: "TLSv1.2",
      checkServerIdentity: () => undefined,
      pskCallback: () => ({ identity: "meter", psk: Buffer.from(key) }),
    });
    await once(socket, "secureConnect");
    const parts: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => parts.push(chunk));
    socket.write(sample(20_000));
    while (Buffer.concat(parts).length < 20_000) await once(socket, "data");
    assert.deepEqual(new Uint8Array(Buffer.concat(parts)), sample(20_000));
    socket.destroy();
  });
});
