import assert from "node:assert/strict";
import { test } from "node:test";
import { liveKeyInfo, liveKeys, liveReading } from "@meterport/protocol/meaning/readings";
import fc from "fast-check";
import type { Device } from "../model/device.ts";
import { reading } from "../testing/fake-meter.ts";
import type { LiveProofContext } from "./live-proof.ts";
import { originAt, storedProof } from "./stored-proof.ts";

const t0 = Date.UTC(2026, 5, 1, 12);
const hour = 3_600_000;
const time = new Date(t0).toISOString();
const named = { point: "home", manufacturer: "NES", model: "83331", firmware: "3.70.12", start: {}, end: null };
const first: Device = { ...named, from: t0 - 9 * hour, to: t0 - 1, serial: "1", profile: "meter:3.30" };
const second: Device = { ...named, from: t0, to: null, serial: "2", profile: "meter:3.70" };
const devices = [first, second];
const plan = [{ range: { offset: 8, length: 4 }, sources: [{ id: 0, at: 0 }] }] as unknown as NonNullable<
  LiveProofContext["plan"]
>;
const present: LiveProofContext = { plan, energyUnit: 10, ratios: false };
const same = originAt(devices, t0, "2");

test("the meter of a moment is the present one, another, or not known", () => {
  const meterAt = (at: number, serial: string | null, among: readonly Device[] = devices) =>
    originAt(among, at, serial).meter;
  assert.deepEqual([meterAt(t0, "2"), meterAt(t0 + hour, "2"), meterAt(t0, null)], ["same", "same", "same"]);
  assert.equal(meterAt(t0 - 1, "2"), "another");
  assert.equal(meterAt(t0, "3"), "another", "an exchange that is not believed yet");
  assert.equal(meterAt(first.from - 1, "2"), "unknown");
  assert.equal(meterAt(t0, "2", []), "unknown");
  assert.equal(meterAt(t0, "2", [{ ...second, serial: null }]), "unknown");
  assert.deepEqual(originAt(devices, t0 - hour, "2"), { meter: "another", serial: "1", profile: "meter:3.30" });
});

test("the same meter's plan gives place, integer and scale of a stored value", () => {
  const stored = reading(time, { energy_import_wh: 12_340, power_w: 5 });
  const { sources, verdictCode, ratios, note } = storedProof("energy_import_wh", stored, same, present);
  assert.deepEqual(
    sources?.map(({ table, offset, raw, scale }) => [table, offset, raw, scale]),
    [["BT23", 8, 1_234, 10]],
  );
  assert.deepEqual([verdictCode, ratios], ["accepted", false]);
  assert.match(note, /^Its bytes are not kept\. .* the same meter is read now/);
});

test("of another meter nothing is told that only its own plan said", () => {
  const stored = reading(time, { energy_import_wh: 12_340, voltage_l1_v: 231.4, current_l1_a: 2 });
  const origin = originAt(devices, t0 - 1, "2");
  const register = storedProof("energy_import_wh", stored, origin, present);
  assert.deepEqual(
    register.sources?.map(({ table, offset, raw, scale }) => [table, offset, raw, scale]),
    [["BT23", null, null, null]],
    "its registers may have counted in another unit",
  );
  assert.deepEqual([register.serial, register.profile, register.ratios], ["1", "meter:3.30", null]);
  assert.match(register.note, /Another meter hung there then/);
  const [voltage] = storedProof("voltage_l1_v", stored, origin, present).sources ?? [];
  assert.deepEqual([voltage?.raw, voltage?.scale], [231_400, 0.001], "the guide says it for all meters");
});

test("where the sources depend on transformer ratios that are not known, none are named", () => {
  for (const key of liveKeys) {
    const { rule, postRule } = liveKeyInfo[key];
    const { sources } = storedProof(key, reading(time), same, {});
    if (rule === postRule) assert.ok(sources !== null, key);
    else assert.equal(sources, null, key);
  }
});

test("an unknown value is no accepted one, and says that the reason is not kept", () => {
  const { value, verdict, verdictCode } = storedProof("power_w", reading(time), same, present);
  assert.deepEqual([value, verdictCode], [null, "absent"]);
  assert.match(verdict, /not kept/);
});

test("property: the integers that are told are those that the meter sent", () => {
  const wire = fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 256, maxLength: 256 });
  fc.assert(
    fc.property(wire, fc.constantFrom(1, 10, 100), fc.boolean(), (integers, energyUnit, ratios) => {
      const read = liveReading(new Map(integers.entries()), { time, energyUnit: energyUnit as 1, ratios });
      for (const key of liveKeys)
        for (const { source, raw } of storedProof(key, read, same, { energyUnit: energyUnit as 1, ratios }).sources ??
          [])
          if (raw !== null) assert.equal(raw, integers[source], `${key} of ${source}`);
    }),
    { numRuns: 30 },
  );
});
