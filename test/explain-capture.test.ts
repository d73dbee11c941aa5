/** explain on captures and on the packets of a bridge. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat } from "@meterport/protocol/bytes";
import { captureHead, captureLine, captureText, parseCapture } from "@meterport/protocol/capture/capture";
import { pcapOf } from "@meterport/protocol/capture/pcap/pcap-writer";
import { key, runCli, withMeter } from "../packages/cli/src/testing/run-cli.ts";
import { pcapFile } from "../packages/protocol/src/capture/pcap/pcap.test-kit.ts";

/** The capture of reading some tables. */
const recorded = async (): Promise<string> => {
  const written = new Map<string, string>();
  const world = { ...withMeter(), written };
  const words = [
    "read",
    "--link",
    "tcp://meter:1",
    "BT01",
    "BT21",
    "ET03.utilitySerialNumber",
    "--record",
    "day.ndjson",
  ];
  const { code, err } = await runCli(words, world);
  assert.equal(code, 0, err);
  return written.get("day.ndjson") ?? assert.fail();
};

interface Item {
  readonly kind: string;
  readonly t: number;
  readonly what?: string;
  readonly digests?: string;
  readonly table?: string;
  readonly explained?: { readonly value?: Record<string, unknown> };
}
interface Document {
  readonly kind: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly items: readonly Item[];
}

const explain = (text: string, ...args: string[]) =>
  runCli(["explain", "day.ndjson", ...args], { files: { "day.ndjson": text } });
const explainJson = async (text: string, ...args: string[]): Promise<Document> => {
  const { code, out, err } = await explain(text, "--json", ...args);
  assert.equal(code, 0, err);
  return JSON.parse(out) as Document;
};

describe("explain, captures", () => {
  test("has a line for each exchange, with time, table, result and digests", async () => {
    const text = await recorded();
    const { code, out } = await explain(text, "--key", key);
    assert.equal(code, 0);
    assert.match(
      out,
      /^ *\d+\.\d{3} {2}read BT01 General Manufacturer Information, at most 24 bytes +ok, 24 bytes +valid +\d+ ms$/m,
    );
    assert.match(out, /^tcp, times in seconds from 2026-.*\n *0\.000 {2}the link was opened\n/);
    assert.match(out, /exchanges \d+, without reply 0, other replies 0, alerts 0, bytes of noise 0\n$/);
    const unchecked = await explain(text);
    assert.match(unchecked.out, /read BT01 .* unchecked/);
    const wrong = await explain(text, "--key", `hex:${"07".repeat(16)}`);
    assert.match(wrong.out, /read BT01 .* invalid request/);
  });

  test("names every byte with --full, in strict JSON too, and reads standard input", async () => {
    const text = await recorded();
    const full = await explain(text, "--key", key, "--full");
    assert.match(full.out, /serialNumber/);
    const { items, kind, counts } = await explainJson(text, "--key", key, "--full");
    assert.equal(kind, "capture");
    const first = items.find(({ what }) => what?.startsWith("read BT01")) ?? assert.fail();
    assert.equal(first.digests, "valid");
    assert.equal(first.explained?.value?.model, "83331-3I");
    assert.equal(counts.exchanges, items.filter((item) => item.kind === "exchange").length);
    const stdin = await runCli(["explain", "-", "--key", key, "--full", "--json"], { stdin: text });
    assert.deepEqual(JSON.parse(stdin.out), await explainJson(text, "--key", key, "--full"));
  });

  test("shows alerts, noise, cut frames, late replies and missing ones", async () => {
    const { header, entries } = parseCapture(await recorded());
    const [request, reply] = entries.filter((entry) => "bytes" in entry);
    assert.ok(request !== undefined && reply !== undefined && "bytes" in request && "bytes" in reply);
    const rx = (t: number, bytes: Uint8Array) => ({ t, dir: "rx" as const, bytes });
    const text = captureText({
      header,
      entries: [
        { ...request, t: 10 },
        rx(20, reply.bytes.subarray(0, 5)),
        { ...request, t: 600 },
        rx(620, reply.bytes),
        rx(640, reply.bytes),
        rx(700, Uint8Array.of(0, 0)),
        rx(800, Uint8Array.of(0xee, 0xee, 0xee, 0)),
        { t: 900, event: "broken" },
      ],
    });
    const { items, counts } = await explainJson(text, "--key", key);
    assert.deepEqual(
      items.map(({ kind, t }) => [kind, t]),
      [
        ["exchange", 10],
        ["cut", 20],
        ["exchange", 600],
        ["reply", 640],
        ["alert", 700],
        ["noise", 800],
        ["cut", 800],
        ["event", 900],
      ],
    );
    assert.deepEqual(
      items.filter(({ kind }) => kind === "exchange").map(({ digests }) => digests),
      ["no reply", "valid"],
    );
    assert.deepEqual(counts, { exchanges: 2, unanswered: 1, replies: 1, alerts: 1, noise: 9 });
  });

  test("needs no key for a redacted capture", async () => {
    const files = { "day.ndjson": await recorded() };
    const redacted = await runCli(["redact", "day.ndjson", "--key", key], { files });
    const { items } = await explainJson(redacted.out);
    assert.ok(items.some(({ digests }) => digests === "valid"));
    assert.ok(items.every(({ kind, digests }) => kind !== "exchange" || digests === "valid"));
  });

  test("says what is wrong with a file", async () => {
    assert.match((await runCli(["explain", "nowhere.ndjson"])).err, /nowhere\.ndjson: .*cannot be read/);
    assert.match((await explain("{}")).err, /line 1: it is not a capture/);
    assert.match((await explain(await recorded(), "--table", "BT01")).err, /omit --table/);
    const empty = await explain(captureHead({ started: "", link: "tcp" }) + captureLine({ t: 0, event: "opened" }));
    assert.equal(empty.code, 0);
  });
});

describe("explain, packets of a bridge", () => {
  test("gives the same exchanges as the capture", async () => {
    const text = await recorded();
    const { entries } = parseCapture(text);
    const next = { client: 1, bridge: 1 };
    const sent = entries.flatMap((entry) => {
      if (!("bytes" in entry)) return [];
      const from = entry.dir === "tx" ? ("client" as const) : ("bridge" as const);
      const sequence = next[from];
      next[from] += entry.bytes.length;
      return [{ time: Date.UTC(2026, 0, 1) + entry.t, from, sequence, data: entry.bytes }];
    });
    const binaries = { "line.pcap": pcapFile({ link: "ethernet", version: 4 }, sent) };
    const explained = await runCli(["explain", "line.pcap", "--key", key, "--json"], { binaries });
    assert.equal(explained.code, 0, explained.err);
    assert.match(explained.err, /explaining the bridge 10\.0\.0\.2:4059/);
    const what = ({ items }: Document) =>
      items.filter(({ kind }) => kind === "exchange").map((item) => [item.what, item.digests]);
    assert.deepEqual(what(JSON.parse(explained.out) as Document), what(await explainJson(text, "--key", key)));
    const other = await runCli(["explain", "line.pcap", "--key", key, "--port", "81"], { binaries });
    assert.match(other.err, /leads to port 81/);
  });

  test("reads what convert wrote", async () => {
    const capture = parseCapture(await recorded());
    const binaries = { "line.pcap": concat(...pcapOf(capture)) };
    const { code, out, err } = await runCli(["explain", "line.pcap", "--key", key, "--json"], { binaries });
    assert.equal(code, 0, err);
    const { counts, items } = JSON.parse(out) as Document;
    assert.deepEqual(counts, (await explainJson(captureText(capture), "--key", key)).counts);
    assert.ok(items.every(({ kind, digests }) => kind !== "exchange" || digests === "valid"));
  });
});
