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
import type { TasmotaSettings } from "./tasmota-settings.ts";

const open = (settings: TasmotaSettings) => outputKinds.tasmota.create(settings as never);

type Sensors = {
  readonly StatusSNS: { readonly Time: string } & Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

const sensors = async (port: number, command = "status%2010"): Promise<Sensors["StatusSNS"] | undefined> =>
  ((await getJson(port, `/cm?cmnd=${command}`)) as Sensors | undefined)?.StatusSNS;

faceContract("tasmota", {
  open: (port) => open({ port }),
  power: async (port) => (await sensors(port))?.SML?.Power_curr as number | undefined,
  control: false,
  samples: [
    rawRequest("GET", "/cm?cmnd=status%2010"),
    rawRequest("GET", "/cm?cmnd=Status+8&password=&user="),
    rawRequest("GET", "/cm?cmnd=Power%20on"),
  ],
});

describe("tasmota", () => {
  const within = (settings: TasmotaSettings, work: (port: number, world: FaceWorld) => Promise<void>): Promise<void> =>
    withFace((port) => open({ ...settings, port }), work, shownMoment);

  test("says what a reading head with evcc's script says, in local time", () =>
    within({}, async (port) => {
      const body = await getJson(port, "/cm?cmnd=Status%2010");
      matchesGolden(new URL("golden/status-10.json", import.meta.url), body);
      assert.equal((await sensors(port))?.Time, "2026-08-01T12:15:00");
    }));

  test("serves the request of evcc, which reads powers as integers", () =>
    within({}, async (port, world) => {
      world.read({ ...evening, power_w: 1_234.56, power_l1_w: 0.5 });
      // meter/tasmota/connection.go
      const sml = (await sensors(port, "Status+8&password=&user="))?.SML ?? {};
      assert.equal(sml.Total_in, 13_779.338);
      assert.equal(sml.Power_curr, 1_235);
      assert.ok(Number.isInteger(sml.power_l1));
      assert.equal(sml.voltage_l1, 231.4);
      assert.equal(sml.current_l3, 2.78);
      assert.ok("Status" in ((await getJson(port, "/cm?cmnd=Status%200")) ?? {}));
    }));

  test("changes nothing: other commands are unknown", () =>
    within({}, async (port) => {
      for (const command of ["Power%20on", "Status", "Backlog%20Power%20on;Status%2010", "", "status%2011"])
        assert.deepEqual(await getJson(port, `/cm?cmnd=${command}`), { Command: "Unknown" }, command);
      assert.equal(await getJson(port, "/"), undefined);
    }));

  test("omits what is unknown, says nothing without a register, and takes another group", () =>
    within({ group: "MT175" }, async (port, world) => {
      world.read({ power_w: 5, energy_import_wh: 1_000 });
      assert.deepEqual((await sensors(port))?.MT175, { Total_in: 1, Power_curr: 5, Meter_Id: "home" });
      world.read({ power_w: 5 });
      assert.equal(await sensors(port), undefined);
    }));
});
