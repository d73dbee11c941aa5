import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { codeOfStored, codes, ieee2030Bits, type ValueCode, valueCodes } from "./codes.ts";

/** Section 3.2 of the fleet's reference, typed from the page row by row: codes, then IEEE 2030.5, CIM, ebIX, EDA, MSCONS. */
const page: readonly (readonly [readonly ValueCode[], ...(string | null)[]])[] = [
  [["measured", "recovered"], "valid", "A04", "E01", "L1", "220"],
  [["line"], "estimated using linear interpolation", "A03", "56", "L2", "67"],
  [["like-day", "registers"], "estimated using reference day", "A03", "56", "L2", "67"],
  [["edited"], "manually edited", "A03", "56", "L2", "67"],
  [["calculated"], "derived", "A06", "D01", null, null],
  [["suspect"], "questionable", "A05", null, "L3", null],
  [["missing"], null, "A02", null, null, null],
];

describe("codes", () => {
  test("each code has the words of the page in every format", () => {
    for (const [names, ...words] of page)
      for (const name of names) {
        const { ieee2030, cim, ebix, eda, mscons } = codes[name];
        assert.deepEqual([ieee2030, cim, ebix, eda, mscons], words, name);
      }
    assert.deepEqual(page.flatMap(([names]) => names).toSorted(), [...valueCodes].sort());
  });

  test("codes are stored as one character each and found again by it", () => {
    for (const code of valueCodes) {
      assert.equal(codes[code].stored.length, 1);
      assert.equal(codeOfStored(codes[code].stored), code);
    }
    assert.equal(codeOfStored("?"), undefined);
  });

  test("the quality flags of IEEE 2030.5 are the bits of its schema notes", () => {
    // Bit 0 valid, 1 manually edited, 2 reference day, 3 linear interpolation, 4 questionable, 5 derived (qualityFlags of ReadingBase).
    assert.deepEqual(Object.values(ieee2030Bits), [0, 1, 2, 3, 4, 5]);
    assert.equal(ieee2030Bits[codes.suspect.ieee2030], 4);
    assert.equal(ieee2030Bits[codes.calculated.ieee2030], 5);
  });
});
