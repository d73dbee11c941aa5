import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { LayoutError } from "../../errors.ts";
import { decode, encode, type Leaf, leaves, locate, misplaced, parseProfile, sizeOf } from "../../layout/index.ts";
import { defaultDimensions } from "../defaults.ts";
import { ET54 } from "./et54-meter-status.ts";
import {
  first68,
  from360,
  from370,
  from380,
  from400,
  from410,
  from430,
  moduleRecord,
  type Row,
  sizes,
} from "./et54-meter-status.vectors.ts";

const envOf = (profile: string) => defaultDimensions(parseProfile(profile));
const rowOf = ({ path, offset, size, bits }: Leaf): Row =>
  bits === undefined ? [path, offset, size] : [path, offset, size, ...bits];
const moved = (rows: readonly Row[], by: number): Row[] =>
  rows.map(([path, offset, ...rest]) => [path, offset + by, ...rest]);
const records = [0, 1, 2, 3, 4, 5].flatMap((i) =>
  moved(moduleRecord, 7 * i).map(([path, ...rest]): Row => [`moduleRecords.${i}.${path}`, ...rest]),
);
const to380 = [...first68, ...from360, ...from370, ...from380];
const to400 = [...to380, ...records, ...moved(from400, 42)];

describe("ET54", () => {
  for (const [profile, size] of Object.entries(sizes)) {
    test(`has ${size} bytes on ${profile}, at the printed offsets`, () => {
      assert.equal(sizeOf(ET54, envOf(profile)), size);
      assert.deepEqual(misplaced(ET54, envOf(profile)), []);
    });
  }

  const lists: Record<string, readonly Row[]> = {
    "meter:3.30": first68,
    "meter:3.60": [...first68, ...from360],
    "meter:3.70": [...first68, ...from360, ...from370],
    "module:1.20": [...first68, ...from360, ...from370],
    "meter:3.13": to380,
    "meter:3.80": to380,
    "meter:4.00": to400,
    "meter:4.10": [...to400, ...moved(from410, 42)],
    "meter:4.30": [...to400, ...moved(from410, 42), ...moved(from430, 42)],
  };
  for (const [profile, rows] of Object.entries(lists)) {
    test(`puts every leaf of ${profile} where the pages say`, () => {
      assert.deepEqual(leaves(ET54, envOf(profile)).map(rowOf), rows);
    });
  }

  test("follows the module record dimensions of the device", () => {
    const env = envOf("meter:4.30");
    const wider = { ...env, ET11: { ...env.ET11, moduleRecordCount: 2, moduleRecordSize: 9 } };
    assert.equal(sizeOf(ET54, wider), 108 + 18);
    assert.equal(locate(ET54, ["mepTxLockChannel"], wider).offset, 98 + 18);
    const data = new Uint8Array(126);
    data[91 + 9 + 8] = 5;
    assert.deepEqual(decode(ET54, data, wider).moduleRecords?.[1], { tail: Uint8Array.of(0, 5) });
    assert.deepEqual(encode(ET54, decode(ET54, data, wider), wider), data);
  });

  test("reads the interface settings of a meter of 3.70 and one of 4.30", () => {
    const gen3 = new Uint8Array(82);
    gen3.set([0x46, 0x00]);
    const old = decode(ET54, gen3, envOf("meter:3.70"));
    assert.equal(old.multipleLoadProfileSets, true);
    assert.equal(old.billingLoadProfileFormat2, true);
    assert.equal(old.energyUnitChange, true);
    assert.equal(old.lcdFiveDigitValueIds, false);
    assert.equal(old.multipleMepClients, false);
    assert.equal(old.supportedSecurityModes, undefined);

    const gen4 = new Uint8Array(150);
    gen4.set([0xc6, 0x01]);
    gen4[90] = 5;
    const young = decode(ET54, gen4, envOf("meter:4.30"));
    assert.equal(young.lcdFiveDigitValueIds, true);
    assert.equal(young.multipleMepClients, true);
    assert.equal(young.supportedSecurityModes, 5);
    assert.equal(young.filler9, undefined);
    assert.equal(young.moduleRecords?.length, 6);
  });

  test("gives back the bytes that it was given, whatever they are", () => {
    for (const [profile, size] of Object.entries(sizes)) {
      const env = envOf(profile);
      fc.assert(
        fc.property(fc.uint8Array({ minLength: size, maxLength: size }), (data) => {
          assert.deepEqual(encode(ET54, decode(ET54, data, env), env), data);
        }),
        { numRuns: 20 },
      );
    }
  });

  test("refuses every other length with a LayoutError", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.entries(sizes)),
        fc.uint8Array({ maxLength: 300 }),
        ([profile, size], data) => {
          fc.pre(data.length !== size);
          assert.throws(
            () => decode(ET54, data, envOf(profile)),
            (error) => error instanceof LayoutError && error.code === (data.length < size ? "truncated" : "trailing"),
          );
        },
      ),
    );
  });

  test("never fails otherwise for the dimensions that a device may report", () => {
    const env = envOf("meter:4.30");
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.nat(255),
        fc.uint8Array({ maxLength: 400 }),
        (moduleRecordCount, moduleRecordSize, data) => {
          try {
            decode(ET54, data, { ...env, ET11: { ...env.ET11, moduleRecordCount, moduleRecordSize } });
          } catch (error) {
            assert.ok(error instanceof LayoutError);
          }
        },
      ),
    );
  });
});
