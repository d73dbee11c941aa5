/** A tap between a meter and its reader: neither notices, and its capture replays. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { listening, meterport, simulate } from "./support/spawned-cli.ts";

for (const security of ["rc4", "tls"])
  test(`record between a reader and a meter, over TCP; replay gives the same (${security})`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "meterport-record-"));
    const file = join(folder, "day.ndjson");
    const meter = await simulate([
      "--listen",
      "tcp://127.0.0.1:0",
      "--scenario",
      "quiet",
      "--profile",
      "meter:4.30",
      "--security",
      security,
    ]);
    const key = ["--key", "01".repeat(16)];
    const read = (url: string) =>
      meterport(["read", "--link", url, ...key, "BT01", "ET51", "BT21", "--json", "--security", security]);
    try {
      const tap = await listening("record", ["--link", meter.url, "--listen", "tcp://127.0.0.1:0", "--output", file]);
      const through = await read(tap.url);
      assert.equal(through.code, 0, through.err + through.out);
      assert.equal((await tap.stop()).code, 0);
      const text = readFileSync(file, "utf8");
      assert.match(text, /"dir":"tx"/);
      assert.ok(!text.includes("01".repeat(16)), "no key in it");
      const replayed = await listening("replay", [file, "--listen", "tcp://127.0.0.1:0", ...key]);
      try {
        assert.deepEqual(JSON.parse((await read(replayed.url)).out), JSON.parse(through.out));
      } finally {
        await replayed.stop();
      }
    } finally {
      await meter.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
