import assert from "node:assert/strict";
import { test } from "node:test";
import { parseProfile } from "../layout/index.ts";
import { defaultDimensions } from "./index.ts";

/**
 * What the guides print by firmware: devices, length of ET52, data sources and MEP clients (MEP guide 1.1, pp. 83-86),
 * most summations and tiers (Optical guide 1.1, p. 23), summations (MEP guide, p. 208), present values (pp. 222-226).
 */
const printed: Readonly<Record<string, readonly (number | undefined)[]>> = {
  //            devices ET52 sources clients | most summations, tiers | summations, present values
  "meter:3.10": [5, 768, 6, undefined, 15, 4, 11, 26],
  "meter:3.30": [5, 768, 6, undefined, 15, 4, 11, 26],
  "meter:3.40": [5, 768, 6, undefined, 15, 4, 11, 26],
  "meter:3.50": [5, 896, 6, undefined, 15, 4, 11, 41],
  "meter:3.60": [5, 896, 6, undefined, 15, 4, 11, 41],
  "meter:3.70": [5, 896, 6, undefined, 15, 8, 11, 55],
  "meter:3.80": [5, 896, 6, undefined, 15, 8, 11, 55],
  "meter:4.00": [6, 896, 6, 2, 19, 8, 19, 72],
  "meter:4.10": [6, 896, 6, 2, 19, 8, 19, 75],
  "meter:4.20": [6, 896, 6, 2, 19, 8, 19, 75],
  "meter:4.30": [6, 896, 6, 2, 19, 8, 19, 84],
  // The guide does not say what modules before 1.20 have: 41 is what meters of their time had.
  "module:1.11": [5, 768, 20, undefined, 15, 4, 11, 41],
  "module:1.20": [5, 896, 20, undefined, 15, 8, 11, 55],
  "module:1.31": [5, 896, 20, undefined, 15, 8, 11, 55],
  "module:1.32": [5, 896, 20, undefined, 15, 8, 11, 55],
};

for (const [name, values] of Object.entries(printed))
  test(`factory dimensions of ${name}`, () => {
    const { profile, ET11: et11, BT20: bt20, BT21: bt21 } = defaultDimensions(parseProfile(name));
    assert.deepEqual(profile, parseProfile(name));
    assert.deepEqual(
      [
        et11.deviceCount,
        et11.transactionRequestLength,
        et11.mepDataSources,
        et11.mepChannelCount,
        bt20.summations,
        bt20.tiers,
        bt21.summations,
        bt21.presentValues,
      ],
      values,
    );
    assert.equal(bt20.presentValues, bt21.presentValues);
    assert.deepEqual([bt21.tiers, bt21.demands, bt21.coincidents, bt21.presentDemands], [4, 0, 0, 0]);
  });
