import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Output } from "@meterport/engine/ports/output";
import { matchesGolden } from "../golden.test-kit.ts";
import { outputKinds } from "../list.ts";
import { evening, type FaceWorld, faceContract, getJson, withFace } from "../listening/face-contract.test-kit.ts";
import { exchange, rawRequest } from "../listening/raw-http.test-kit.ts";
import type { HomewizardSettings } from "./homewizard-settings.ts";

const open = (settings: HomewizardSettings): Output => outputKinds.homewizard.create(settings as never);

faceContract("homewizard", {
  open: (port) => open({ port }),
  power: async (port) => (await getJson(port, "/api/v1/data"))?.active_power_w as number | undefined,
  control: false,
  samples: [
    rawRequest("GET", "/api"),
    rawRequest("GET", "/api/v1/data"),
    rawRequest("PUT", "/api/v1/identify"),
    rawRequest("PUT", "/api/v1/system", '{"cloud_enabled":true}'),
  ],
});

/** The keys of `data.json` of these devices, from the fixtures of Home Assistant's integration `homewizard`. */
const clientKeys = {
  "HWE-KWH3": `wifi_ssid wifi_strength total_power_import_kwh total_power_import_t1_kwh total_power_export_kwh
    total_power_export_t1_kwh active_power_w active_power_l1_w active_power_l2_w active_power_l3_w active_voltage_l1_v
    active_voltage_l2_v active_voltage_l3_v active_current_a active_current_l1_a active_current_l2_a active_current_l3_a
    active_apparent_current_a active_apparent_current_l1_a active_apparent_current_l2_a active_apparent_current_l3_a
    active_reactive_current_a active_reactive_current_l1_a active_reactive_current_l2_a active_reactive_current_l3_a
    active_apparent_power_va active_apparent_power_l1_va active_apparent_power_l2_va active_apparent_power_l3_va
    active_reactive_power_var active_reactive_power_l1_var active_reactive_power_l2_var active_reactive_power_l3_var
    active_power_factor_l1 active_power_factor_l2 active_power_factor_l3 active_frequency_hz`,
  "HWE-P1": `wifi_ssid wifi_strength smr_version meter_model unique_id active_tariff total_power_import_kwh
    total_power_import_t1_kwh total_power_import_t2_kwh total_power_export_kwh total_power_export_t1_kwh
    total_power_export_t2_kwh active_power_w active_power_l1_w active_power_l2_w active_power_l3_w active_voltage_l1_v
    active_voltage_l2_v active_voltage_l3_v active_current_l1_a active_current_l2_a active_current_l3_a
    active_frequency_hz active_power_average_w montly_power_peak_w montly_power_peak_timestamp total_gas_m3
    gas_timestamp external`,
} as const;

describe("homewizard", () => {
  const within = (
    settings: HomewizardSettings,
    work: (port: number, world: FaceWorld) => Promise<void>,
  ): Promise<void> => withFace((port) => open({ ...settings, port }), work);

  for (const product of ["HWE-KWH3", "HWE-P1"] as const)
    test(`says what a ${product} says, and only keys that its clients know`, () =>
      within({ product }, async (port) => {
        const data = await getJson(port, "/api/v1/data");
        const known = new Set(clientKeys[product].split(/\s+/));
        assert.deepEqual(
          Object.keys(data ?? {}).filter((key) => !known.has(key)),
          [],
        );
        matchesGolden(new URL(`golden/${product}.json`, import.meta.url), {
          "/api": await getJson(port, "/api"),
          "/api/v1/data": data,
          "/api/v1/system": await getJson(port, "/api/v1/system"),
        });
      }));

  test("serves the sequence of evcc, whose energy is the sum of the tariffs", () =>
    within({}, async (port) => {
      // meter/homewizard/connection.go: /api must say v1, then /api/v1/data; energy is t1 + t2 + t3 + t4, absent ones 0.
      const api = await getJson(port, "/api");
      assert.equal(api?.api_version, "v1");
      const data = (await getJson(port, `/api/${api?.api_version}/data`)) as Readonly<Record<string, number>>;
      const sum = [1, 2, 3, 4].reduce((all, n) => all + (data[`total_power_import_t${n}_kwh`] ?? 0), 0);
      assert.equal(sum, 13_779.338);
      assert.equal(data.active_power_w, 1_234);
      for (const phase of [1, 2, 3]) {
        assert.equal(typeof data[`active_current_l${phase}_a`], "number");
        assert.equal(typeof data[`active_voltage_l${phase}_v`], "number");
      }
    }));

  test("omits what is unknown, and says nothing if a client would read 0 kWh", () =>
    within({ product: "HWE-P1" }, async (port, world) => {
      world.read({ power_w: 300, energy_import_wh: 5_000 });
      const data = await getJson(port, "/api/v1/data");
      assert.deepEqual(Object.keys(data ?? {}).sort(), [
        ...["active_power_w", "active_tariff", "meter_model", "smr_version"],
        ...["total_power_import_kwh", "total_power_import_t1_kwh", "unique_id"],
      ]);
      world.read({ ...evening, energy_import_wh: null });
      assert.equal(await getJson(port, "/api/v1/data"), undefined);
      assert.notEqual(await getJson(port, "/api"), undefined, "what it is can be told");
    }));

  test("as P1 meter it has a telegram, which is silent with the values", () =>
    within({ product: "HWE-P1" }, async (port, world) => {
      world.home.read(Date.UTC(2026, 7, 1, 10, 15), evening);
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/telegram`);
      assert.equal(response.headers.get("content-type"), "text/plain");
      const telegram = await response.text();
      assert.match(telegram, /^\/NES\d[^\r]*\r\n\r\n/);
      assert.match(telegram, /\r\n1-0:1\.8\.1\(013779\.338\*kWh\)\r\n/);
      assert.match(telegram, /\r\n![0-9A-F]{4}\r\n$/);
      world.home.goStale();
      await assert.rejects(fetch(`http://127.0.0.1:${port}/api/v1/telegram`), /fetch failed/);
    }));

  test("refuses to be changed", () =>
    within({}, async (port) => {
      const status = async (method: string, path: string, body = ""): Promise<string> =>
        (await exchange(port, Buffer.from(rawRequest(method, path, body)))).slice(9, 12);
      assert.equal(await status("PUT", "/api/v1/system", '{"cloud_enabled":true}'), "403");
      assert.equal(await status("POST", "/api/v1/data"), "405");
      assert.equal(await status("DELETE", "/api"), "405");
      assert.equal(await status("GET", "/api/v1/telegram"), "404");
      assert.equal(await status("PUT", "/api/v1/identify"), "200");
    }));

  test("takes over the address of a device that it replaces; its own is the same after each start", () =>
    within({ device_id: "3C39E7AABBCC" }, async (port) => {
      assert.equal((await getJson(port, "/api"))?.serial, "3c39e7aabbcc");
      let serial: unknown;
      for (let n = 0; n < 2; n++)
        await within({}, async (own) => {
          const { serial: now } = (await getJson(own, "/api")) ?? {};
          assert.match(String(now), /^06[0-9a-f]{10}$/);
          assert.equal(now, serial ?? now);
          serial = now;
        });
    }));

  test("does not answer to a name that a foreign page may have pointed here", () =>
    within({}, async (port) => {
      const asked = (host: string): Promise<string> =>
        exchange(port, Buffer.from(`GET /api HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`));
      for (const host of ["evil.example", "127.0.0.1.evil.example:80", "a b"])
        assert.doesNotMatch(await asked(host), /product_type/, host);
      for (const host of ["127.0.0.1:8090", "meter", "p1meter.local", "[::1]:8090", "meter.fritz.box"])
        assert.match(await asked(host), /product_type/, host);
    }));
});
