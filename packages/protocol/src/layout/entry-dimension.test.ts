import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LayoutError } from "../errors.ts";
import { array } from "./array.ts";
import { entryDim } from "./entry-dimension.ts";
import { bytes, u8 } from "./primitives.ts";
import { at, next, struct } from "./struct.ts";
import { decode, encode, sizeOf, table } from "./table.ts";

const SIZES = table(
  "SIZES",
  1,
  "Sizes",
  { read: "none", write: "none" },
  {
    groups: at(0, array(3, struct({ length: at(0, u8, "Bytes") })), "Groups"),
  },
);
const DATA = table(
  "DATA",
  2,
  "Data",
  { read: "none", write: "none" },
  {
    groups: at(
      0,
      array(3, struct({ body: at(0, bytes(entryDim(SIZES, "groups", "same", "length")), "Body") })),
      "Groups",
    ),
    second: next(bytes(entryDim(SIZES, "groups", 1, "length")), "As long as the second"),
  },
);
const env = { SIZES: { groups: [{ length: 1 }, { length: 0 }, { length: 3 }] } };

describe("entryDim", () => {
  test("takes the number of the same entry, or of a given one", () => {
    const data = Uint8Array.of(1, 2, 3, 4);
    const value = decode(DATA, data, env);
    assert.deepEqual(
      value.groups.map(({ body }) => [...body]),
      [[1], [], [2, 3, 4]],
    );
    assert.equal(value.second.length, 0);
    assert.deepEqual(encode(DATA, value, env), data);
    assert.deepEqual(DATA.needs, ["SIZES", "SIZES"]);
    assert.equal(entryDim(SIZES, "groups", "same", "length").text, "SIZES.groups.n.length");
    assert.equal(entryDim(SIZES, "groups", 1, "length").text, "SIZES.groups.1.length");
  });

  test("refuses what another table does not tell, or tells wrongly", () => {
    for (const given of [
      {},
      { SIZES: {} },
      { SIZES: { groups: 3 } },
      { SIZES: { groups: [{ length: 1 }] } },
      { SIZES: { groups: [{ length: 1 }, null, { length: 3 }] } },
      { SIZES: { groups: [{ length: 1 }, { length: -1 }, { length: 3 }] } },
      { SIZES: { groups: [{ length: 1 }, { length: "7" }, { length: 3 }] } },
    ])
      assert.throws(() => sizeOf(DATA, given as unknown as typeof env), LayoutError, JSON.stringify(given));
  });
});
