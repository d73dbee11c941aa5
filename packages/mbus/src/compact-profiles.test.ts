import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { mbusProfiles } from "./compact-profiles.ts";
import { mbusRecords } from "./records.ts";
import { applicationOf, bytesOf } from "./stated-records.test-kit.ts";
import { wmbusmetersTelegrams } from "./wmbusmeters.vectors.ts";

const pointsOf = (hex: string) =>
  mbusProfiles(mbusRecords(bytesOf(hex)).records)[0]?.points.map(({ storage, time, value }) => [storage, time, value]);
const ofTelegram = (wanted: string) => {
  const telegram = wmbusmetersTelegrams.find(([name]) => name === wanted)?.[1] ?? assert.fail(wanted);
  return mbusProfiles(applicationOf(telegram).records)[0]?.points ?? assert.fail(wanted);
};

describe("compact profiles", () => {
  test("count on from the base, as the example F.2.7 of the standard", () => {
    assert.deepEqual(pointsOf("84046d00204111 8b0415003012 8d04951f056901030211"), [
      [9, "2010-01-01T01:00:00", 12_300.3],
      [10, "2010-01-01T02:00:00", 12_300.5],
      [11, "2010-01-01T03:00:00", 12_301.6],
    ]);
  });

  test("or back from it, as the examples F.2.8 and G.6 of the OMS specification", () => {
    assert.deepEqual(pointsOf("84046d00234111 8b0415163012 8d049513056901110203"), [
      [9, "2010-01-01T02:00:00", 12_300.5],
      [10, "2010-01-01T01:00:00", 12_300.3],
      [11, "2010-01-01T00:00:00", 12_300],
    ]);
    assert.deepEqual(pointsOf("0c1313100000 026c1f15 0d93130a7afe5802320314024401"), [
      [1, "2008-04-30", 0.755],
      [2, "2008-03-31", 0.423],
      [3, "2008-02-29", 0.209],
      [4, "2008-01-31", 0.065],
    ]);
  });

  test("may hold the values themselves, and say which of them there are not", () => {
    // What wmbusmeters states of the telegrams of two heat cost allocators.
    const stated = { "caltose-1": [99, 52, 10, 0], "caltose-3": [627, 395, 176, 7] };
    for (const [name, values] of Object.entries(stated)) {
      const points = ofTelegram(name);
      assert.deepEqual(
        points.map(({ value }) => value),
        [...values, ...Array(10).fill(null)],
      );
      assert.deepEqual(
        points.slice(0, 3).map(({ time }) => time),
        ["2026-01-01", "2025-12-01", "2025-11-01"],
      );
    }
    // Counters that grow up to the reading of the same telegram, 5.548 m³ on 28 November 2018.
    const water = ofTelegram("supercom587-1");
    assert.deepEqual(
      [water.length, water[0], water.at(-1)],
      [14, { storage: 9, time: "2017-10-01", value: 0.033 }, { storage: 22, time: "2018-11-01", value: 1.834 }],
    );
    // A quantity of another table, whose code is one of those that pack.
    assert.deepEqual(
      pointsOf("02fd1e0500 0dfd9e1f06 120103000200")?.map(([, , value]) => value),
      [3, 2],
    );
    assert.ok(ofTelegram("minomess-cold").every(({ value }) => value === null));
  });

  test("have no value where the base has none, and no time where it is not certain", () => {
    const [first] = pointsOf("84046d00204111 8b0415ffffff 8d04951f056901030211") ?? [];
    assert.deepEqual(first, [9, "2010-01-01T01:00:00", null]);
    assert.deepEqual(pointsOf("8b0415003012 8d04951f056901030211")?.[0], [9, null, 12_300.3]);
    // 30 April: a month before may be the 30th, or the end of March.
    assert.deepEqual(pointsOf("0c1313100000 026c1e14 0d93130a7afe5802320314024401")?.[0], [1, null, 0.755]);
    // Half months, and no spacing at all.
    for (const spacing of ["fd", "00"])
      assert.equal(pointsOf(`0c1313100000 026c1f15 0d9313047a${spacing}5802`)?.[0]?.[1], null);
    // Of a tariff whose value is not there.
    assert.equal(pointsOf("0c1313100000 026c1f15 8d109313047afe5802")?.[0]?.[2], null);
    assert.deepEqual(pointsOf("0c1313100000 0d931301 7a"), undefined);
    assert.deepEqual(pointsOf("0c1313100000 0d931302 7ffe"), []);
  });

  test("may count down, or by differences of either sign", () => {
    assert.deepEqual(
      pointsOf("0c1310000000 0d931f04 b9010302")?.map(([, , value]) => value),
      [0.007, 0.005],
    );
    assert.deepEqual(
      pointsOf("0c1310000000 0d931f04 f101fe05")?.map(([, , value]) => value),
      [0.008, 0.013],
    );
  });

  test("of any bytes are bounded", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const packed = Uint8Array.of(0x0c, 0x13, 1, 0, 0, 0, 0x0d, 0x93, 0x13, Math.min(bytes.length, 0xbf), ...bytes);
        for (const { points } of mbusProfiles(mbusRecords(packed).records)) {
          assert.ok(points.length <= 300);
          assert.ok(points.every(({ value }) => value === null || Number.isFinite(value)));
        }
      }),
      { numRuns: 500 },
    );
  });
});
