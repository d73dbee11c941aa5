import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type MbusRecord, mbusRecords } from "@meterport/mbus/records";
import { childReadAt, childRegister, childValues } from "./child-meter.ts";
import { markText, parseMark } from "./children-memo.ts";

const records = (hex: string): readonly MbusRecord[] => mbusRecords(Uint8Array.from(Buffer.from(hex, "hex"))).records;
const answered = (hex: string) => ({ telegram: { records: records(hex) } as never, further: [] });

describe("values of a child", () => {
  test("are those of now, by quantity, unit and tariff", () => {
    // Volume 12345.678 m³ as BCD, flow temperature 85 °C as a byte, energy of tariff 1 as 32 bits.
    const values = childValues(answered("0c1378563412" + "015b55" + "841003e8030000"));
    assert.deepEqual(values, [
      { register: "volume_m3", tier: 0, value: 12345.678 },
      { register: "flow_temperature_c", tier: 0, value: 85 },
      { register: "energy_wh", tier: 1, value: 1_000 },
    ]);
  });

  test("leave out what the device remembers of its past, what is in doubt, and a second value of one name", () => {
    // Storage 1, then a number that is no BCD, then the same volume twice.
    const values = childValues(answered("4c1378563412" + "0c13ffffffff" + "0c1301000000" + "0c1302000000"));
    assert.deepEqual(values, [{ register: "volume_m3", tier: 0, value: 0.001 }]);
  });

  test("have names that only differ in what sets them apart", () => {
    const record = { quantity: "power", unit: "W", function: "maximum", subunit: 0, notes: [] } as const;
    assert.equal(childRegister(record), "power_max_w");
    assert.equal(childRegister({ ...record, function: "instantaneous", subunit: 2 }), "power_unit_2_w");
    assert.equal(childRegister({ ...record, notes: ["uncorrected"], unit: "m³" }), "power_uncorrected_max_m3");
  });
});

test("a read by a meter whose clock is a day ahead has no time", () => {
  const wall = Date.UTC(2026, 5, 1, 12);
  const at = (readTime: string | null) => childReadAt({ readTime }, "Europe/Copenhagen", wall);
  assert.equal(at("2026-06-01T14:00:00"), wall);
  assert.equal(at("2026-06-02T14:00:00"), null);
  assert.equal(at(null), null);
});

test("what a memo holds comes back, and rubbish is nothing", () => {
  const mark = { children: [], active: new Map([["a b", 1]]), begins: new Map([["a", 2]]), logged: "2026" };
  assert.deepEqual(parseMark(markText(mark)), mark);
  for (const rubbish of [undefined, "", "null", "[]", '{"children":[1,{"id":7}],"active":[true]}'])
    assert.deepEqual(parseMark(rubbish).children, [], `${rubbish}`);
});
