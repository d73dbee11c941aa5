import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex } from "../bytes.ts";
import { decode, encode, parseProfile } from "../layout/index.ts";
import { dimensionTables } from "./dimension-tables.ts";
import { defaultDimensions, ET36 } from "./index.ts";
import { factoryBytes, factoryLogs } from "./sizes.vectors.ts";

/**
 * What the guides print by firmware: devices, length of ET52, data sources and MEP clients (MEP guide 1.1, pp. 83-86),
 * most summations and tiers (Optical guide 1.1, p. 23), summations (MEP guide, p. 208), present values (pp. 222-226; 2.12: optical guide, p. 56).
 */
const printed: Readonly<Record<string, readonly (number | undefined)[]>> = {
  //            devices ET52 sources clients | most summations, tiers | summations, present values
  // Its BT20 is what the registers are read by (Optical guide, p. 24), so it cannot say more than is in use.
  "meter:2.10": [5, 768, 6, undefined, 11, 4, 11, 18],
  "meter:2.12": [5, 768, 6, undefined, 15, 4, 11, 22],
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
  "module:1.32": [5, 896, 20, undefined, 15, 8, 11, 84],
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

for (const [generation, name] of ["meter:3.70", "meter:4.30"].entries())
  test(`factory bytes of the dimensions of ${name}`, () => {
    const env = defaultDimensions(parseProfile(name));
    const { profile: _profile, ...values } = env;
    // ET04 gives one dimension and no factory bytes of the rest.
    assert.deepEqual(Object.keys(values).sort(), [...Object.keys(factoryBytes), "ET04"].sort());
    assert.deepEqual([...dimensionTables.keys()].sort(), Object.keys(values).sort());
    assert.equal(env.ET04.maxPowerOutagesRecorded, 10);
    for (const [id, texts] of Object.entries(factoryBytes)) {
      const printed = fromHex((texts[generation] ?? "").replace(/\s/g, "")) ?? assert.fail(id);
      const table = dimensionTables.get(id) ?? assert.fail(id);
      const written = encode(table, values[id as keyof typeof values], env);
      if (id !== "ET36") {
        assert.deepEqual(written.subarray(0, printed.length), printed, id);
        // Of the dimensions that the guide prints whole, nothing is left over.
        if (id !== "ET54" && printed.length > 0) assert.equal(written.length, printed.length, id);
        continue;
      }
      const factory = decode(ET36, printed, {});
      assert.deepEqual(env.ET36, {
        ...factory,
        actualDimensions: factory.actualDimensions.map((log, index) => {
          const changed = factoryLogs[index];
          if (changed === undefined) return log;
          return { ...log, entrySize: changed[generation], currentEntries: changed[2] };
        }),
      });
    }
  });
