import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import { reading } from "@meterport/engine/testing/fake-meter";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import { matchesGolden } from "../golden.test-kit.ts";
import { crc16 } from "../lines/crc16.ts";
import { household, moment, sunny } from "../lines/face-world.test-kit.ts";
import { readP1 } from "./read-p1.test-kit.ts";
import { p1Time, telegramOf } from "./telegram.ts";
import { type SetName, setNames } from "./telegram-rows.ts";

const ascii = new TextEncoder();
const identity = { flag: "NES", model: "83334-3IBABU", serial: "1234567890" };

const liveOf = (values: Partial<LiveReading>): LiveAnswer => ({ id: "home", ...reading(moment, values) });

const say = (values: Partial<LiveReading>, set: SetName = "dsmr5"): string | undefined => {
  const live = liveOf(values);
  const point = { zone: "Europe/Copenhagen", total: (register: keyof LiveReading) => live[register] as number | null };
  const bytes = telegramOf(set, point, live, identity);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
};

/** A household at 10:15 UTC on 1 August 2026, whose checksum was computed apart from this code. */
const example = [
  "/NES5\\83334-3IBABU",
  "",
  "1-3:0.2.8(50)",
  "0-0:1.0.0(260801121500S)",
  "0-0:96.1.1(31323334353637383930)",
  "1-0:1.8.0(013779.338*kWh)",
  "1-0:1.8.1(013779.338*kWh)",
  "1-0:1.8.2(000000.000*kWh)",
  "1-0:2.8.0(000412.007*kWh)",
  "1-0:2.8.1(000412.007*kWh)",
  "1-0:2.8.2(000000.000*kWh)",
  "0-0:96.14.0(0001)",
  "1-0:1.7.0(01.234*kW)",
  "1-0:2.7.0(00.000*kW)",
  "1-0:32.7.0(231.4*V)",
  "1-0:52.7.0(230.9*V)",
  "1-0:72.7.0(232.0*V)",
  "1-0:31.7.0(002.11*A)",
  "1-0:51.7.0(001.70*A)",
  "1-0:71.7.0(001.58*A)",
  "1-0:21.7.0(00.488*kW)",
  "1-0:41.7.0(00.390*kW)",
  "1-0:61.7.0(00.356*kW)",
  "1-0:22.7.0(00.000*kW)",
  "1-0:42.7.0(00.000*kW)",
  "1-0:62.7.0(00.000*kW)",
  "!EA40",
  "",
].join("\r\n");

describe("a P1 telegram", () => {
  test("has the checksums of the published vectors", () => {
    assert.equal(crc16(ascii.encode("123456789"), 0), 0xbb3d);
    assert.equal(crc16(ascii.encode("123456789"), 0xffff), 0x4b37);
    assert.equal(say(household), example);
  });

  test("has the Swedish set in its widths, with reactive values", () => {
    const text = say(household, "sweden") ?? "";
    for (const line of [
      "0-0:1.0.0(260801121500S)",
      "1-0:1.8.0(00013779.338*kWh)",
      "1-0:4.8.0(00001020.971*kvarh)",
      "1-0:1.7.0(0001.234*kW)",
      "1-0:4.7.0(0000.120*kvar)",
      "1-0:31.7.0(002.1*A)",
    ])
      assert.ok(text.includes(`\r\n${line}\r\n`), line);
    assert.ok(!text.includes("96.14.0"));
    readP1(text);
    for (const set of setNames) matchesGolden(new URL(`golden/${set}.txt`, import.meta.url), say(household, set) ?? "");
  });

  test("gives evcc all that it asks of currents, powers and voltages, with export as export", () => {
    const evcc = readP1(say(sunny) ?? "");
    assert.deepEqual([evcc.power(), evcc.powers(), evcc.voltages()], [-2_000, [-700, -700, -600], [231.4, 230.9, 232]]);
    assert.deepEqual(evcc.currents(), [-2.11, -1.7, -1.58]);
    assert.deepEqual([evcc.energy("1"), evcc.energy("2")], [13_779.338, 412.007]);
  });

  test("leaves out what is unknown, and never says 0 for it", () => {
    const text = say({ ...household, energy_export_wh: null, voltage_l3_v: null }) ?? "";
    assert.ok(!/1-0:2\.8\.|1-0:72\.7/.test(text), text);
    const noImport = say({ ...household, energy_import_wh: null }) ?? "";
    assert.ok(!noImport.includes("1-0:1.8."), "a second tariff alone would be a total of 0");
    assert.equal(say({ power_factor_l1: 1 }), undefined);
  });

  test("leaves out three currents without their powers, at which evcc would fail", () => {
    const { power_l1_w, power_l2_w, power_l3_w, ...older } = household;
    const evcc = readP1(say(older) ?? "");
    assert.equal(evcc.currents(), undefined);
    assert.equal(evcc.power(), 1_234);
    const single = { ...older, current_l2_a: null, current_l3_a: null };
    assert.match(say(single) ?? "", /1-0:31\.7\.0\(002\.11\*A\)/);
  });

  test("is not made while it is unclear to which meter the registers belong, as evcc decides by its first one", () => {
    const live = liveOf(household);
    const point = { zone: "UTC", total: () => null };
    assert.equal(telegramOf("dsmr5", point, live, identity), undefined);
    assert.notEqual(telegramOf("dsmr5", point, { ...live, energy_import_wh: null }, identity), undefined);
  });

  test("is not made of stale values", () => {
    assert.equal(say({ ...household, quality: "stale" }), undefined);
  });

  test("keeps characters out of the head that would end it", () => {
    const live = liveOf(household);
    const point = { zone: "UTC", total: () => 1 };
    const bytes = telegramOf("dsmr5", point, live, { flag: "NES", model: "a!/\\(b)\r\nö", serial: null });
    const text = new TextDecoder().decode(bytes);
    assert.match(text, /^\/NES5\\a----b-\?\?\?\r\n\r\n/);
    assert.ok(!text.includes("96.1.1"));
  });

  test("tells summer from winter, also where clocks repeat an hour and south of the equator", () => {
    const before = Date.UTC(2026, 9, 25, 0, 30);
    assert.equal(p1Time("Europe/Copenhagen", before), "261025023000S");
    assert.equal(p1Time("Europe/Copenhagen", before + 3_600_000), "261025023000W");
    assert.equal(p1Time("Australia/Sydney", Date.UTC(2026, 0, 1)), "260101110000S");
    assert.equal(p1Time("Europe/Dublin", Date.UTC(2026, 6, 1)), "260701010000S");
    assert.equal(p1Time("UTC", Date.UTC(2026, 6, 1)), "260701000000W");
  });
});
