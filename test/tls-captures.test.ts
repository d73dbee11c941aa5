/** Captures of a Gen4 meter, which speaks only TLS: explained, redacted and replayed like those of RC4. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat } from "@meterport/protocol/bytes";
import { captureText, parseCapture } from "@meterport/protocol/capture/capture";
import { pcapOf } from "@meterport/protocol/capture/pcap/pcap-writer";
import { parseProfile } from "@meterport/protocol/layout/index";
import { frameOf } from "@meterport/protocol/mep/frame/frame";
import { Secret } from "@meterport/protocol/mep/security/key";
import { memoryLine, ReplayedMeter, seeded } from "@meterport/simulator";
import { key, runCli, withMeter } from "../packages/cli/src/testing/run-cli.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

const asked = ["BT01", "BT21", "ET51"];

/** The capture of a read with `--security`, and what it printed. */
const recorded = async (...more: string[]) => {
  const written = new Map<string, string>();
  const world = { ...withMeter({ profile: parseProfile("meter:4.30"), tls: ["required"] }), written };
  const words = ["read", "--link", "tcp://meter:1", ...asked, "--json", "--record", "day.ndjson", ...more];
  const { code, out, err } = await runCli(words, world);
  assert.equal(code, 0, err);
  return { text: written.get("day.ndjson") ?? assert.fail(), out };
};

const modelIn = (out: string): string => /"model":"([^"]+)"/.exec(out.replace(/\s/g, ""))?.[1] ?? assert.fail(out);

interface Item {
  readonly kind: string;
  readonly what?: string;
  readonly result?: string;
  readonly digests?: string;
  readonly table?: string;
  readonly tls?: Readonly<Record<string, unknown>>;
  readonly explained?: { readonly value?: Record<string, unknown> };
}
const explain = (text: string, ...args: string[]) =>
  runCli(["explain", "day.ndjson", ...args], { files: { "day.ndjson": text } });
const itemsOf = async (text: string, ...args: string[]): Promise<readonly Item[]> => {
  const { code, out, err } = await explain(text, "--json", ...args);
  assert.equal(code, 0, err);
  return (JSON.parse(out) as { readonly items: readonly Item[] }).items.filter(({ kind }) => kind === "exchange");
};

describe("explain, inside TLS", () => {
  test("lists the handshake with its identity, and the exchanges inside", async () => {
    const { text } = await recorded("--client-id", "100");
    const { out } = await explain(text, "--key", key);
    assert.match(out, /TLS handshake: ClientHello +ServerHello, ServerHelloDone +valid/);
    assert.match(
      out,
      /ClientKeyExchange, ChangeCipherSpec, Finished, as client 100 with the basic key \(MBK\) +ChangeCipherSpec, Finished +valid/,
    );
    assert.match(out, /read BT01 General Manufacturer Information, at most 24 bytes +ok, 24 bytes +inside TLS +\d+ ms/);
    assert.match(out, /the end of the TLS session \(close_notify\) +ok +valid/);
    const full = await explain(text, "--key", key, "--full");
    assert.match(full.out, /request \(inside TLS; shown decrypted\)[\s\S]*serialNumber/);
  });

  test("gives the same as JSON, also from a pcap file", async () => {
    const { text, out } = await recorded();
    const items = await itemsOf(text, "--key", key, "--full");
    const inside = items.filter(({ tls }) => tls?.kind === "request");
    for (const id of asked)
      assert.ok(
        inside.some(({ table, digests }) => table === id && digests === "valid"),
        id,
      );
    assert.equal(inside.find(({ what }) => what?.startsWith("read BT01 "))?.explained?.value?.model, modelIn(out));
    const shaken = items.find(({ tls }) => Array.isArray(tls?.messages) && tls.messages.includes("ClientKeyExchange"));
    assert.deepEqual([shaken?.digests, shaken?.tls?.clientId, shaken?.tls?.level], ["valid", 0, "basic"]);
    const binaries = { "line.pcap": concat(...pcapOf(parseCapture(text))) };
    const packets = await runCli(["explain", "line.pcap", "--key", key, "--json", "--full"], { binaries });
    const told = (JSON.parse(packets.out) as { readonly items: readonly Item[] }).items;
    const short = (of: readonly Item[]) =>
      of.filter(({ kind }) => kind === "exchange").map(({ what, result, digests }) => [what, result, digests]);
    assert.deepEqual(short(told), short(items));
  });

  test("says why it stays closed (no key, another key, a start in the middle), and names alerts and refusals", async () => {
    const { text } = await recorded("--security", "tls");
    assert.match((await explain(text)).out, /a request inside TLS, closed: no key was given/);
    const other = await explain(text, "--key", `hex:${"07".repeat(16)}`);
    assert.match(other.out, /ChangeCipherSpec, Finished, as client 0 .* invalid request/);
    assert.match(other.out, /closed: the handshake of its session does not fit the key/);
    const { header, entries } = parseCapture(text);
    const middle = entries.filter((entry) => "bytes" in entry).slice(6);
    const cut = await explain(captureText({ header, entries: middle }), "--key", key);
    assert.match(cut.out, /a request inside TLS, closed: the capture lacks the handshake of its session/);
    const [hello] = entries.filter((entry) => "bytes" in entry);
    const alert = Uint8Array.of(1, 21, 3, 3, 0, 2, 2, 40);
    const answered = (body: Uint8Array) =>
      captureText({ header, entries: [hello ?? assert.fail(), { t: 900, dir: "rx", bytes: frameOf(body) }] });
    assert.match(
      (await explain(answered(alert))).out,
      /TLS handshake: ClientHello +alert handshake_failure +unchecked/,
    );
    assert.match(
      (await explain(answered(Uint8Array.of(3)))).out,
      /the meter does not know this identity, or has another key for it/,
    );
  });
});

describe("redact and replay, inside TLS", () => {
  test("a capture replays to the same values, redacted or not, and needs no key then", async () => {
    for (const security of ["auto", "tls"]) {
      const { text, out } = await recorded("--security", security);
      const files = { "day.ndjson": text };
      const serial = /"serialNumber":"0*(\d+)"/.exec(out.replace(/\s/g, ""))?.[1] ?? assert.fail(out);
      const redacted = await runCli(["redact", "day.ndjson", "--key", key], { files });
      assert.equal(redacted.code, 0, redacted.err);
      assert.match(redacted.err, /\d+ frames redacted and re-sealed with the key hex:(01){16}/);
      const random = seeded(5);
      const entropy = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256));
      const readAgain = async (capture: string, ...more: string[]) => {
        const clock = new VirtualClock();
        const secret = new Secret(new Uint8Array(16).fill(1));
        const meter = new ReplayedMeter(parseCapture(capture), { key: secret, entropy });
        const world = { clock, openLink: async () => memoryLine({ meter, clock }) };
        return clock.run(runCli(["read", "--link", "tcp://meter:1", ...asked, "--json", "--key", key, ...more], world));
      };
      const plain = await readAgain(text, "--security", security);
      assert.deepEqual([plain.code, JSON.parse(plain.out)], [0, JSON.parse(out)], plain.err);
      const given = await readAgain(redacted.out, "--security", security);
      assert.equal(given.code, 0, given.err);
      assert.ok(!given.out.includes(serial) && modelIn(given.out) === modelIn(out));
      const items = await itemsOf(redacted.out);
      assert.ok(items.filter(({ tls }) => tls?.kind === "request").every(({ digests }) => digests === "valid"));
      if (security === "tls") {
        const refused = await readAgain(text, "--security", "rc4");
        assert.equal(refused.code, 1, "it speaks what the meter spoke");
      }
    }
  });

  test("replay says that a capture without the start of a session does not open", async () => {
    const { text } = await recorded("--security", "tls");
    const { header, entries } = parseCapture(text);
    const middle = captureText({ header, entries: entries.filter((entry) => "bytes" in entry).slice(6) });
    const words = ["replay", "day.ndjson", "--listen", "tcp://127.0.0.1:0", "--key", key];
    const { code, err } = await runCli(words, { files: { "day.ndjson": middle } });
    assert.equal(code, 2);
    assert.match(err, /one inside TLS also needs the handshake of its session/);
  });
});
