import assert from "node:assert/strict";
import { test } from "node:test";
import { LayoutError } from "../errors.ts";
import { atLeast, either } from "./expression.ts";
import { parseProfile } from "./profile.ts";
import { decode, encode, sizeOf } from "./table.ts";
import { textOf } from "./text-of.ts";

test("textOf has as many characters as the device", () => {
  const code = textOf(either(atLeast({ meter: [4, 0] }), 5, 4), "space");
  const [gen3, gen4] = ["meter:3.70", "meter:4.30"].map((name) => ({ profile: parseProfile(name) }));
  assert.ok(gen3 !== undefined && gen4 !== undefined);
  assert.deepEqual([sizeOf(code, gen3), sizeOf(code, gen4)], [4, 5]);
  assert.equal(decode(code, Uint8Array.of(0x43, 0x48, 0x30, 0x31), gen3), "CH01");
  assert.deepEqual([...encode(code, "CH01", gen4)], [0x43, 0x48, 0x30, 0x31, 0x20]);
  assert.throws(() => encode(code, "CH010", gen3), LayoutError);
});
