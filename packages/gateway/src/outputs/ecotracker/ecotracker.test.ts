import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { matchesGolden } from "../golden.test-kit.ts";
import { outputKinds } from "../list.ts";
import { evening, type FaceWorld, faceContract, getJson, withFace } from "../listening/face-contract.test-kit.ts";
import { rawRequest } from "../listening/raw-http.test-kit.ts";
import { MeanPower } from "./mean-power.ts";

const open = (port: number) => outputKinds.ecotracker.create({ port } as never);

faceContract("ecotracker", {
  open,
  power: async (port) => (await getJson(port, "/v1/json"))?.power as number | undefined,
  control: true,
  samples: [rawRequest("GET", "/v1/json"), rawRequest("GET", "/")],
});

describe("ecotracker", () => {
  const within = (work: (port: number, world: FaceWorld) => Promise<void>): Promise<void> => withFace(open, work);

  test("says what an EcoTracker says, with every key that its clients ask for", () =>
    within(async (port) => {
      const body = (await getJson(port, "/v1/json")) ?? {};
      matchesGolden(new URL("golden/v1-json.json", import.meta.url), body);
      // The integration of Home Assistant refuses an answer without one of these.
      for (const key of [
        "power",
        "powerAvg",
        "energyCounterIn",
        "energyCounterInT1",
        "energyCounterInT2",
        "energyCounterOut",
      ])
        assert.ok(key in body, key);
      assert.ok(Number.isInteger(body.power) && Number.isInteger(body.powerPhase2));
    }));

  test("powerAvg is the mean of the last minute", () =>
    within(async (port, world) => {
      const time = world.clock.wall();
      world.home.read(time + 1, { ...evening, power_w: 0 });
      world.home.read(time + 2, { ...evening, power_w: 300 });
      const body = await getJson(port, "/v1/json");
      assert.deepEqual([body?.power, body?.powerAvg], [300, Math.round((1_234 + 0 + 300) / 3)]);
    }));

  test("what is unknown is null", () =>
    within(async (port, world) => {
      world.read({ power_w: 12.4 });
      const body = await getJson(port, "/v1/json");
      assert.deepEqual([body?.power, body?.powerPhase1, body?.energyCounterIn], [12, null, null]);
    }));

  test("a connection stays open between requests, which some batteries need", () =>
    within(async (port) => {
      const response = await fetch(`http://127.0.0.1:${port}/v1/json`);
      await response.text();
      assert.equal(response.headers.get("connection"), "keep-alive");
      assert.match(response.headers.get("keep-alive") ?? "", /timeout=75/);
    }));

  test("the mean forgets what is older than a minute, and keeps a bounded number", () => {
    const mean = new MeanPower();
    assert.equal(mean.mean(0), null);
    for (let n = 0; n < 100_000; n++) mean.add(n, n % 2 === 0 ? 1_000 : 0);
    assert.equal(mean.mean(100_000), 500);
    mean.add(200_000, 7);
    assert.equal(mean.mean(200_000), 7);
    assert.equal(mean.mean(260_001), null);
  });
});
