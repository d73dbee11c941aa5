/** The same over a serial port: a pseudo-terminal that socat makes. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { peer } from "./support/peers.ts";
import { meterport, simulate } from "./support/spawned-cli.ts";

const { skip } = peer("socat");

test("simulate and live over a pty", { skip }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "meterport-cli-"));
  const path = join(folder, "meter");
  try {
    const meter = await simulate(["--listen", `pty://${path}`, "--scenario", "quiet"]);
    assert.equal(meter.url, `pty://${path}`);
    try {
      // Twice: the terminal outlives the program that closes it.
      for (const link of [path, `serial://${path}?baud=9600`]) {
        const live = await meterport(["live", "--link", link, "--key", "01".repeat(16), "--json", "--count", "1"]);
        assert.equal(live.code, 0, live.err);
        assert.equal((JSON.parse(live.out) as { power_w: number }).power_w, 432);
      }
    } finally {
      assert.equal((await meter.stop()).code, 0);
    }
    assert.equal(existsSync(path), false);
    const gone = await meterport(["read", "--link", path, "--key", "01".repeat(16), "BT21"]);
    assert.equal(gone.code, 1);
    assert.match(gone.err, /there is no such device/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
