/** Two third-party stacks talk to each other; their traffic is captured and opened with the key alone. None of its bytes are ours. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { concat, toHex } from "@meterport/protocol/bytes";
import { captureHead, parseCapture } from "@meterport/protocol/capture/capture";
import { piecesOf } from "@meterport/protocol/capture/pieces";
import { redactCapture, throwAwayKey } from "@meterport/protocol/capture/redaction/redact";
import { readTls } from "@meterport/protocol/capture/tls/reading";
import { frameOf } from "@meterport/protocol/mep/frame/frame";
import { peer } from "./support/peers.ts";
import { compiled, type Library, listenOnce, Peer } from "./support/tls-peers/tls-peer.ts";

const gcc = peer("gcc");
const libc = peer("libc");
const installed = { mbedtls: peer("mbedtls"), gnutls: peer("gnutls") } as const;
const skip = gcc.skip || libc.skip || installed.mbedtls.skip || installed.gnutls.skip;

const key = Uint8Array.from({ length: 16 }, (_, i) => 17 * i);
const sizes = [1, 29, 443];
const handshakeTypes: readonly (number | undefined)[] = [20, 22];

interface Heard {
  readonly dir: "tx" | "rx";
  readonly bytes: Uint8Array;
}

/** The records of both directions; consecutive handshake records of one side form one message. */
const messagesOf = (heard: readonly Heard[]): Heard[] => {
  const pending = { tx: new Uint8Array(0), rx: new Uint8Array(0) };
  const messages: Heard[] = [];
  for (const { dir, bytes } of heard) {
    pending[dir] = Uint8Array.from(concat(pending[dir], bytes));
    for (;;) {
      const stream = pending[dir];
      const length = 5 + (((stream[3] ?? 0) << 8) | (stream[4] ?? 0));
      if (stream.length < 5 || stream.length < length) break;
      const [record, last] = [stream.slice(0, length), messages.at(-1)];
      pending[dir] = stream.slice(length);
      if (last?.dir === dir && [record[0], last.bytes[0]].every((type) => handshakeTypes.includes(type)))
        messages[messages.length - 1] = { dir, bytes: concat(last.bytes, record) };
      else messages.push({ dir, bytes: record });
    }
  }
  return messages;
};

/** As the port carries them. */
const capturedFrom = (heard: readonly Heard[]) => {
  const codes = { 21: 0x57, 23: 0x80 } as Readonly<Record<number, number>>;
  const { header } = parseCapture(captureHead({ started: "", link: "tcp" }));
  const entries = messagesOf(heard).map(({ dir, bytes }, index) => {
    const code = dir === "rx" ? 0 : index === 0 ? 0x58 : (codes[bytes[0] as number] ?? 0x59);
    return { t: 10 * index, dir, bytes: frameOf(concat(Uint8Array.of(code), bytes)) };
  });
  return { header, entries };
};

/** Lets the client of one library talk to the server of another, and records what they say. */
const overheard = async (client: Library, server: Library, flags: readonly string[]) => {
  const identity = "640001";
  const served = new Peer(compiled(server, gcc.path), ["server", toHex(key), identity, ...flags]);
  const heard: Heard[] = [];
  const port = Number((await served.line(/^port (\d+)$/))[1]);
  const tap = await listenOnce((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [from, to, dir] of [
      [near, far, "tx"],
      [far, near, "rx"],
    ] as const) {
      from.on("data", (bytes: Uint8Array) => {
        heard.push({ dir, bytes: new Uint8Array(bytes) });
        to.write(bytes);
      });
      from.on("end", () => to.end());
      from.on("error", () => to.destroy());
    }
  });
  const args = ["client", String(tap.port), toHex(key), identity, ...flags, ...sizes.map(String)];
  const asking = new Peer(compiled(client, gcc.path), args);
  try {
    const lines = await asking.end();
    assert.ok(lines.includes(`echoed ${sizes.at(-1)}`), lines.join(" | "));
  } finally {
    asking.stop();
    served.stop();
    await served.end();
    tap.close();
  }
  return capturedFrom(heard);
};

describe("a capture of two other stacks", { skip }, () => {
  for (const [client, server] of [
    ["gnutls", "mbedtls"],
    ["mbedtls", "gnutls"],
  ] as const)
    for (const flags of [[], ["noems"]])
      test(`opens, and is re-sealed: ${client} to ${server} ${flags.join()}`, async () => {
        const capture = await overheard(client, server, flags);
        const { capture: redacted } = redactCapture(capture, { key, seed: Uint8Array.of(1, 2, 3) });
        const opened = [
          { of: capture, under: key },
          { of: redacted, under: throwAwayKey },
        ].map(({ of, under }) => {
          const { frames, handshakes } = readTls(piecesOf(of), under);
          assert.deepEqual(
            handshakes.map(({ session }) => [session?.name, session?.serverFinished, session?.extendedMasterSecret]),
            [[{ clientId: 100, level: "advanced" }, true, flags.length === 0]],
          );
          return [...frames.values()].flatMap((frame) => ("apdu" in frame ? [[frame.kind, frame.apdu] as const] : []));
        });
        for (const messages of opened) {
          assert.deepEqual(
            messages.map(([kind, apdu]) => [kind, apdu.length]),
            sizes.flatMap((size) => [
              ["request", size],
              ["response", size],
            ]),
          );
        }
        for (let at = 0; at < 2 * sizes.length; at += 2)
          assert.deepEqual(opened[0]?.[at]?.[1], opened[0]?.[at + 1]?.[1], "an echo");
      });
});
