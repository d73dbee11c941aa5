/** Hours from before the daemon's start, out of the memory of a virtual meter, as statistics of Home Assistant. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  type FakeHomeAssistant,
  fakeHomeAssistant,
} from "../packages/gateway/src/outputs/home-assistant/fake-home-assistant.test-kit.ts";
import { eventually } from "./support/eventually.ts";
import { type ServedMeter, serveMeter } from "./support/served-meter.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

const hour = 3_600_000;
const token = "canary-of-home-assistant";

describe("the Energy dashboard of Home Assistant", () => {
  let meter: ServedMeter;
  let ha: FakeHomeAssistant;
  let gateway: SpawnedGateway;

  before(async () => {
    meter = await serveMeter(2);
    ha = await fakeHomeAssistant(token);
    gateway = await startGateway(
      `outputs:\n  home_assistant: { url: "http://127.0.0.1:${ha.port()}", token: ${token} }\nmeters:\n  - { id: home, name: Home, link: "${meter.url}", key: "hex:${meter.key}" }\n`,
    );
  });
  after(async () => {
    await gateway?.remove();
    await ha?.close();
    await meter?.unplug();
  });

  test("has every hour that the meter remembers, without a hole and never falling", { timeout: 120_000 }, async () => {
    const rows = (): readonly (readonly [number, number])[] =>
      [...(ha.statistics.get("meterport:home_energy_import") ?? [])].sort(([a], [b]) => a - b);
    const newest = (): number => rows().at(-1)?.[0] ?? 0;
    const lastFull = Math.floor(Date.now() / hour) * hour - hour;
    await eventually(
      () =>
        assert.ok(
          rows().length >= 12 && newest() >= lastFull,
          `${rows().length} hours, the newest at ${new Date(newest()).toISOString()}\n${gateway.log()}`,
        ),
      100_000,
    );
    const all = rows();
    for (const [n, [start, sum]] of all.entries()) {
      const before = all[n - 1];
      if (before === undefined) continue;
      assert.equal(start, before[0] + hour, "a hole");
      assert.ok(sum >= before[1], "energy does not fall");
    }
    assert.doesNotMatch(gateway.log(), /canary/);
  });
});
