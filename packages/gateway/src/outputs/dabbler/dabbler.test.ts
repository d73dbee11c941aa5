import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { matchesGolden } from "../golden.test-kit.ts";
import { outputKinds } from "../list.ts";
import {
  evening,
  type FaceWorld,
  faceContract,
  getJson,
  shownMoment,
  withFace,
} from "../listening/face-contract.test-kit.ts";
import { rawRequest } from "../listening/raw-http.test-kit.ts";

const open = (port: number) => outputKinds.dabbler.create({ port } as never);

const path = "/getDashDataWS";

faceContract("dabbler", {
  open,
  power: async (port) => {
    const data = (await getJson(port, path)) as Readonly<Record<string, number>> | undefined;
    return data === undefined ? undefined : (data.Fwd_W ?? 0) - (data.Rev_W ?? 0);
  },
  control: false,
  samples: [rawRequest("GET", path), rawRequest("GET", "/setupIndex")],
  // The firmware has one register for each way.
  powerOf: (power) => ({
    power_import_w: power === null ? null : Math.max(0, power),
    power_export_w: power === null ? null : Math.max(0, -power),
  }),
});

describe("dabbler", () => {
  const within = (work: (port: number, world: FaceWorld) => Promise<void>): Promise<void> =>
    withFace(open, work, shownMoment);
  /** What the set-up of the integration turns into integers. */
  const integers =
    `Fwd_Act_Wh Rev_Act_Wh L1_RMS_A L2_RMS_A L3_RMS_A L1_RMS_V L2_RMS_V L3_RMS_V Fwd_W Rev_W L1_Fwd_W L2_Fwd_W
    L3_Fwd_W L1_Rev_W L2_Rev_W L3_Rev_W Freq_mHz`.split(/\s+/);

  test("says what the firmware says", () =>
    within(async (port) => {
      const data = (await getJson(port, path)) ?? {};
      matchesGolden(new URL("golden/dash-data.json", import.meta.url), data);
      for (const key of integers) assert.ok(Number.isInteger(data[key]), key);
    }));

  test("passes the checks of the integration for Home Assistant", () =>
    within(async (port, world) => {
      world.read({ ...evening, power_import_w: 1_234.4, power_l1_w: 1_488.6, power_l2_w: 390.4, power_l3_w: -644.6 });
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      assert.equal(response.headers.get("content-type"), "application/json");
      const data = (await response.json()) as Readonly<Record<string, number>>;
      const of = (key: string): number => data[key] ?? Number.NaN;
      const phases = [1, 2, 3].reduce((sum, n) => sum + of(`L${n}_Fwd_W`) - of(`L${n}_Rev_W`), 0);
      assert.ok(Math.abs(of("Fwd_W") - of("Rev_W") - phases) <= 3);
      assert.equal(typeof data.Utility_SN, "string");
      const before = data.CurrentDateTime;
      world.home.read(world.clock.wall() + 5_000, evening);
      assert.notEqual((await getJson(port, path))?.CurrentDateTime, before);
    }));

  test("says nothing if the integration would calculate with what is unknown", () =>
    within(async (port, world) => {
      for (const key of [
        "power_l2_w",
        "voltage_l1_v",
        "current_l3_a",
        "energy_import_wh",
        "energy_export_wh",
      ] as const) {
        world.home.read(Date.now(), { ...evening, [key]: null });
        assert.equal(await getJson(port, path), undefined, key);
        world.home.read(Date.now() + 1, evening);
        assert.notEqual(await getJson(port, path), undefined);
      }
    }));
});
