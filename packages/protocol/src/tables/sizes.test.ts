/** Sizes of all tables against figures that were worked out apart from the declarations. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LayoutError } from "../errors.ts";
import { decode, parseProfile, sizeOf, tableExists } from "../layout/index.ts";
import { type Dimensions, defaultDimensions, ET36, tables } from "./index.ts";
import { factoryLoadProfileSizes, printedSizes } from "./sizes.vectors.ts";

const day: Dimensions["BT61"]["dataSets"][number] = { blocks: 60, intervals: 96, channels: 4, maximumIntervalTime: 15 };

/** Tables whose contents decide their size, and the least that they can have under these dimensions. */
const sizedByContents: Readonly<Record<string, (env: Dimensions) => number>> = {
  // The sets of tables come twice: in use, and writable.
  BT00: ({
    BT00: { basicTablesUsedSize, extendedTablesUsedSize, basicProceduresUsedSize, extendedProceduresUsedSize },
  }) => 19 + 2 * (basicTablesUsedSize + extendedTablesUsedSize) + basicProceduresUsedSize + extendedProceduresUsedSize,
  // Procedure number, sequence, result; parameters and data come on top.
  BT07: () => 3,
  BT08: () => 4,
  ET59: () => 4,
  ET85: () => 4,
  ET36: ({ ET36: { count } }) => 1 + 17 * count + Math.ceil(count / 8),
  // Fixed section, seven logs, four channels, an empty MDT list, a mask with three data sets of four channels, the rest.
  ET42: () => 41 + 7 * 3 + 4 * 2 + 1 + 1 + 3 * (14 + 4 * 2) + 8,
  ET52: ({ ET11 }) => ET11.transactionRequestLength,
  ET53: ({ ET11 }) => ET11.transactionResponseLength,
};

const bytesOf = (id: string, env: Dimensions): number | undefined => {
  const table = tables.find((candidate) => candidate.id === id) ?? assert.fail(`${id} is not declared`);
  if (!tableExists(table, env.profile)) return undefined;
  const byContents = sizedByContents[id];
  if (byContents === undefined) return sizeOf(table, env);
  assert.throws(() => sizeOf(table, env), LayoutError, id);
  return byContents(env);
};

for (const [generation, name] of ["meter:3.70", "meter:4.30"].entries()) {
  const env = defaultDimensions(parseProfile(name));

  test(`every documented table of ${name} has the size that the guide's types come to`, () => {
    const fourSets: Dimensions = { ...env, BT61: { ...env.BT61, dataSets: [day, day, day, day] } };
    const sizes = Object.keys(printedSizes).map((id) => [id, bytesOf(id, fourSets)]);
    assert.deepEqual(
      sizes,
      Object.entries(printedSizes).map(([id, printed]) => [id, printed[generation]]),
    );
    assert.deepEqual(
      tables.map(({ id }) => id),
      Object.keys(printedSizes),
    );
  });

  test(`the load profile of a factory meter, ${name}`, () => {
    const sizes = Object.keys(factoryLoadProfileSizes).map((id) => [id, bytesOf(id, env)]);
    assert.deepEqual(Object.fromEntries(sizes), factoryLoadProfileSizes);
    assert.equal(bytesOf("BT64", env), 60 * 1841);
  });
}

test("ET36 is as long as its count says", () => {
  for (const count of [0, 1, 7, 8, 9, 255]) {
    const length = 1 + 17 * count + Math.ceil(count / 8);
    const data = new Uint8Array(length);
    data[0] = count;
    assert.equal(decode(ET36, data, {}).actualDimensions.length, count);
    assert.throws(() => decode(ET36, data.subarray(1), {}), LayoutError);
  }
});
