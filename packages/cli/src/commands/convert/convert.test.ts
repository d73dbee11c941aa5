import assert from "node:assert/strict";
import { test } from "node:test";
import { captureHead, captureLine } from "@meterport/protocol/capture/capture";
import { pcapFileHeader, pcapPacketHeader } from "@meterport/protocol/capture/pcap/pcap-format";
import { runCli } from "../../testing/run-cli.ts";

const head = captureHead({ started: "2026-01-31T12:00:00.000Z", link: "tcp" });

test("convert writes a capture as a pcap file", async () => {
  const written = new Map<string, string>();
  const capture = head + captureLine({ t: 5, dir: "tx", bytes: Uint8Array.of(0xff, 0x80) });
  const ran = await runCli(["convert", "x.ndjson", "--output", "x.pcap"], { files: { "x.ndjson": capture }, written });
  assert.deepEqual(ran, { code: 0, out: "", err: "" });
  const file = Buffer.from(written.get("x.pcap") ?? "", "latin1");
  assert.equal(file.length, pcapFileHeader + 4 * (pcapPacketHeader + 40) + 2);
  assert.equal(file.subarray(-2).toString("hex"), "ff80");
});

test("refuses a file that is not a capture, and writes nothing", async () => {
  for (const [text, told] of [
    ["hello\n", /line 1: it is not a JSON object/],
    [captureHead({ started: "soon", link: "tcp" }), /started "soon" is not a time/],
  ] as const) {
    const written = new Map<string, string>();
    const ran = await runCli(["convert", "x", "--output", "x.pcap"], { files: { x: text }, written });
    assert.equal(ran.code, 2);
    assert.match(ran.err, told);
    assert.equal(written.size, 0);
  }
});
