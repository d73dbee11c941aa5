/** The command beside a running daemon, both in processes of their own: the second one does not disturb the first. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type ServedMeter, serveMeter } from "./support/served-meter.ts";
import { meterport } from "./support/spawned-cli.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

describe("beside a daemon", () => {
  let meter: ServedMeter;
  let gateway: SpawnedGateway;
  before(async () => {
    meter = await serveMeter();
    gateway = await startGateway(`meters:\n  - id: home\n    link: ${meter.url}\n    key: "hex:${meter.key}"\n`);
  });
  after(async () => {
    await gateway?.remove();
    await meter?.unplug();
  });

  const read = (...more: string[]) =>
    meterport([
      "read",
      "BT01",
      "--link",
      meter.url.replace("127.0.0.1", "localhost"),
      "--key",
      `hex:${meter.key}`,
      ...more,
    ]);

  test("the command leaves the link alone and names the daemon, as long as that runs", async () => {
    const { code, out, err } = await read();
    assert.deepEqual([code, out], [2, ""]);
    assert.ok(err.includes(`the daemon at ${gateway.url} (process ${gateway.child.pid}) uses this link`), err);
    const states = (await (await fetch(`${gateway.url}/api/v1/health`)).text()) + gateway.log();
    assert.doesNotMatch(states, /silent|degraded/);
    // Killed, it cannot take its note away.
    await gateway.remove();
    const alone = await read();
    assert.equal(alone.code, 0, alone.err);
  });
});
