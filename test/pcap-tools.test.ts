/** Packets from other programs: pcapng by editcap, and a real conversation over loopback by tcpdump. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fromHex, toHex } from "@meterport/protocol/bytes";
import { bridgeCapture } from "@meterport/protocol/capture/pcap/bridge";
import { piecesOf } from "@meterport/protocol/capture/pieces";
import { type Network, pcapFile, type Sent } from "../packages/protocol/src/capture/pcap/pcap.test-kit.ts";
import { guideExchanges } from "../packages/protocol/vectors/guide.ts";
import { peer } from "./support/peers.ts";
import { meterport, simulate } from "./support/spawned-cli.ts";

const editcap = peer("editcap");
const tcpdump = peer("tcpdump");

const inFolder = async (task: (path: (name: string) => string) => Promise<void> | void): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-pcap-"));
  try {
    await task((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

test("pcapng and other pcap files as editcap writes them", { skip: editcap.skip }, () =>
  inFolder((path) => {
    const next = { client: 1, bridge: 1 };
    const sent = guideExchanges.flatMap(({ request, response }, index) =>
      (["client", "bridge"] as const).map((from, i): Sent => {
        const data = fromHex(from === "client" ? request : response) as Uint8Array;
        const sequence = next[from];
        next[from] += data.length;
        return { time: Date.UTC(2026, 0, 31) + 10 * index + i, from, sequence, data };
      }),
    );
    const networks: readonly Network[] = [
      { link: "ethernet", version: 4 },
      { link: "linuxCooked2", version: 6 },
      { link: "raw", version: 6 },
    ];
    for (const network of networks) {
      writeFileSync(path("ours.pcap"), pcapFile(network, sent));
      for (const format of ["pcapng", "pcap", "nsecpcap"]) {
        const { status, stderr } = spawnSync(editcap.path, ["-F", format, path("ours.pcap"), path("theirs")]);
        assert.equal(status, 0, String(stderr));
        const { capture } = bridgeCapture(readFileSync(path("theirs")));
        const { streams } = piecesOf(capture);
        assert.equal(toHex(streams.tx), guideExchanges.map(({ request }) => request).join(""), format);
        assert.equal(toHex(streams.rx), guideExchanges.map(({ response }) => response).join(""), format);
        assert.deepEqual(
          capture.entries.map(({ t }) => Math.round(t)),
          sent.map(({ time }) => time - Date.UTC(2026, 0, 31)),
          format,
        );
      }
    }
  }),
);

const notRoot = process.getuid?.() === 0 ? false : "only root may capture what goes over loopback";

test("what tcpdump sees of a read over loopback", { skip: tcpdump.skip || notRoot }, async (t) => {
  const meter = await simulate(["--listen", "tcp://127.0.0.1:0", "--scenario", "quiet"]);
  try {
    await inFolder(async (path) => {
      const filter = ["tcp", "port", new URL(meter.url).port];
      const options = ["-i", "lo", "-Z", "root", "--immediate-mode", "-U", "-w", path("lo.pcap")];
      const sniffer = spawn(tcpdump.path, [...options, ...filter]);
      const closed = once(sniffer, "close");
      let said = "";
      const ready = await new Promise<boolean>((resolve) => {
        sniffer.stderr.on("data", (text: Buffer) => {
          said += text.toString();
          if (/listening on/.test(said)) resolve(true);
        });
        sniffer.once("close", () => resolve(false));
      });
      if (!ready) {
        t.skip(`tcpdump may not capture here: ${said.trim()}`);
        return;
      }
      const key = ["--key", "01".repeat(16)];
      const read = await meterport(["read", "--link", meter.url, ...key, "BT01", "BT21", "--json"]);
      assert.equal(read.code, 0, read.err);
      sniffer.kill("SIGINT");
      await closed;
      const { code, out, err } = await meterport(["explain", path("lo.pcap"), ...key, "--json", "--full"]);
      assert.equal(code, 0, err);
      const { items, counts } = JSON.parse(out) as {
        readonly counts: { readonly unanswered: number };
        readonly items: readonly { readonly kind: string; readonly what?: string; readonly digests?: string }[];
      };
      assert.equal(counts.unanswered, 0);
      const exchanges = items.filter(({ kind }) => kind === "exchange");
      assert.ok(exchanges.every(({ digests }) => digests === "valid"));
      for (const table of ["BT01", "BT21"]) assert.ok(exchanges.some(({ what }) => what?.startsWith(`read ${table} `)));
    });
  } finally {
    await meter.stop();
  }
});
