import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { LayoutError } from "../../errors.ts";
import {
  type AnyTable,
  decode,
  encode,
  type Leaf,
  leaves,
  locate,
  misplaced,
  parseProfile,
  sizeOf,
  tableExists,
} from "../../layout/index.ts";
import { ET89 } from "./et89-meter-ln-status.ts";
import { unreadMaskAndBeyond } from "./et89-unread-mask-and-beyond.ts";
import { ET90 } from "./et90-dimension-ln.ts";
import { ET97 } from "./et97-meter-configuration-ln.ts";
import {
  et89Beyond,
  et89First68,
  et89From450,
  et90First17,
  et90From420,
  et90From450,
  et97First55,
  et97From402,
  type Row,
} from "./ln-tables.vectors.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits.replaceAll(" ", ""), "hex"));
const rowOf = ({ path, offset, size, bits }: Leaf): Row =>
  bits === undefined ? [path, offset, size] : [path, offset, size, ...bits];

/** ET90 as the guide's values give it (firmware 4.20), and two events of 8 bytes where 4.50 tells of them. */
const factory = hex("32 00 14 02 40 20 20 05 20 20 20 20 20 28 02 0A 03 C8 00 17 00 00 00 00 00 02 08");
const envOf = (name: string) => {
  const profile = parseProfile(name);
  return { profile, ET90: decode(ET90, factory.subarray(0, sizeOf(ET90, { profile })), { profile }) };
};

const cases: readonly { table: AnyTable; profile: string; size: number; rows: readonly Row[] }[] = [
  { table: ET89, profile: "module:1.31", size: 68, rows: et89First68 },
  { table: ET89, profile: "meter:4.00", size: 68, rows: et89First68 },
  { table: ET89, profile: "meter:4.30", size: 68, rows: et89First68 },
  { table: ET90, profile: "meter:3.82", size: 17, rows: et90First17 },
  { table: ET90, profile: "module:1.31", size: 17, rows: et90First17 },
  { table: ET90, profile: "meter:4.02", size: 17, rows: et90First17 },
  { table: ET90, profile: "meter:4.10", size: 17, rows: et90First17 },
  { table: ET90, profile: "meter:4.20", size: 20, rows: [...et90First17, ...et90From420] },
  { table: ET90, profile: "meter:4.30", size: 20, rows: [...et90First17, ...et90From420] },
  { table: ET90, profile: "meter:4.50", size: 27, rows: [...et90First17, ...et90From420, ...et90From450] },
  { table: ET97, profile: "meter:3.82", size: 24 + 31, rows: et97First55 },
  { table: ET97, profile: "module:1.32", size: 24 + 31, rows: et97First55 },
  { table: ET97, profile: "meter:4.02", size: 125, rows: [...et97First55, ...et97From402] },
  { table: ET97, profile: "meter:4.30", size: 125, rows: [...et97First55, ...et97From402] },
];

describe("the LN tables", () => {
  for (const { table, profile, size, rows } of cases) {
    test(`put every leaf of ${table.id} on ${profile} where the pages say, in ${size} bytes`, () => {
      const env = envOf(profile);
      assert.equal(tableExists(table, env.profile), true);
      assert.equal(sizeOf(table, env), size);
      assert.deepEqual(misplaced(table, env), []);
      assert.deepEqual(leaves(table, env).map(rowOf), rows);
    });

    test(`give back the bytes of ${table.id} on ${profile}, and refuse other lengths`, () => {
      const env = envOf(profile);
      fc.assert(
        fc.property(fc.uint8Array({ minLength: size, maxLength: size }), (data) => {
          assert.deepEqual(encode(table, decode(table, data, env), env), data);
        }),
        { numRuns: 20 },
      );
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
          fc.pre(data.length !== size);
          assert.throws(
            () => decode(table, data, env),
            (error) => error instanceof LayoutError && error.code === (data.length < size ? "truncated" : "trailing"),
          );
        }),
        { numRuns: 50 },
      );
    });
  }

  test("do not exist on older devices", () => {
    for (const table of [ET89, ET90, ET97])
      for (const profile of ["meter:3.30", "meter:3.70", "meter:3.80", "module:1.20", "module:1.21"])
        assert.equal(tableExists(table, parseProfile(profile)), false, `${table.id} ${profile}`);
  });

  test("are of 3.82, and of 4.02 and later (MEP guide, pp. 198; optical guide, p. 62)", () => {
    const has = (table: AnyTable) =>
      ["meter:3.82", "meter:4.00", "meter:4.01", "meter:4.02", "module:1.31"].map((profile) =>
        tableExists(table, parseProfile(profile)),
      );
    for (const table of [ET90, ET97]) assert.deepEqual(has(table), [true, false, false, true, true], table.id);
  });
});

describe("ET90", () => {
  test("reads the values that the guide prints", () => {
    const { ET90: value } = envOf("meter:4.30");
    assert.deepEqual(Object.values(value), [50, 20, 2, 64, 32, 32, 5, 32, 32, 32, 32, 32, 40, 2, 10, 3, 200, 23]);
  });
});

describe("ET89 from 4.50 on", () => {
  const env = envOf("meter:4.60");

  test("has its fixed part where the pages say, and what follows the mask's start raw", () => {
    assert.deepEqual(misplaced(ET89, env), []);
    assert.deepEqual(leaves(ET89, env).map(rowOf), [...et89First68, ...et89From450]);
    assert.throws(() => sizeOf(ET89, env), LayoutError);
    const data = new Uint8Array(163);
    data[92 + 1] = 0x05;
    data[92 + 3] = 0x18;
    data[130] = 0x80;
    const value = decode(ET89, data, env);
    assert.equal(value.relays?.[1]?.maintenanceTimeRemaining, 5);
    assert.equal(value.relays?.[1]?.maintenanceNoExpire, true);
    assert.equal(value.relays?.[1]?.maintenanceState, 1);
    assert.equal(value.unreadMaskAndBeyond?.length, 33);
    assert.deepEqual(encode(ET89, value, env), data);
    assert.equal(locate(ET89, ["relays", 1, "localState"], env).offset, 105 + 2);
  });

  test("gives back bytes of any length, and refuses less than its fixed part", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400, size: "max" }), (data) => {
        if (data.length < 130) assert.throws(() => decode(ET89, data, env), LayoutError);
        else assert.deepEqual(encode(ET89, decode(ET89, data, env), env), data);
      }),
    );
  });

  test("is read to the end if the length of the mask is known", () => {
    const beyond = unreadMaskAndBeyond(1);
    assert.equal(sizeOf(beyond, env), 33);
    assert.deepEqual(misplaced(beyond, env), []);
    const rows = leaves(beyond, env).map(rowOf);
    assert.deepEqual(
      rows,
      et89Beyond.map(([path, offset, ...rest]) => [path, offset - 130, ...rest]),
    );
    const data = new Uint8Array(33).fill(0xff);
    const value = decode(beyond, data, env);
    assert.deepEqual(value.tlsPorts?.[2], { sessionState: 7, tlsState: 31, tlsError: 65535, tlsErrorCount: 65535 });
    assert.deepEqual(encode(beyond, value, env), data);
    assert.equal(sizeOf(beyond, envOf("meter:4.50")), 18);
    assert.equal(sizeOf(unreadMaskAndBeyond(4), env), 36);
    assert.deepEqual(misplaced(unreadMaskAndBeyond(4), env), []);
  });

  test("never fails otherwise for the dimensions that a device may report", () => {
    fc.assert(
      fc.property(
        fc.nat(8),
        fc.nat(255),
        fc.nat(255),
        fc.uint8Array({ maxLength: 300 }),
        (mask, pendingSecurityEvents, pendingSecurityEventSize, data) => {
          const wild = { ...env, ET90: { ...env.ET90, pendingSecurityEvents, pendingSecurityEventSize } };
          try {
            decode(unreadMaskAndBeyond(mask), data, wild);
          } catch (error) {
            assert.ok(error instanceof LayoutError);
          }
        },
      ),
    );
  });
});

describe("ET97", () => {
  const env = envOf("meter:4.30");

  test("moves with the number of FTz messages", () => {
    for (const [ftzMessages, size] of [
      [0, 101],
      [3, 125],
      [255, 2141],
    ] as const) {
      const other = { ...env, ET90: { ...env.ET90, ftzMessages } };
      assert.equal(sizeOf(ET97, other), size);
      assert.deepEqual(misplaced(ET97, other), []);
    }
  });

  test("reads a relay under load management", () => {
    const data = new Uint8Array(125);
    data.set([...hex("01 00 02 00 03 00 04 00 05 01 09 3c 00 59 0a 16 1e")], 24 + 63 + 17);
    assert.deepEqual(decode(ET97, data, env).relays?.[1], {
      groupIds: [1, 2, 3, 4, 261],
      mode: 1,
      requireExplicitHeartbeat: true,
      heartbeatInterval: 60,
      maintenanceModeEntry: 1,
      maintenanceModeDisplay: 2,
      maintenanceModeOpen: true,
      maintenanceModeExit: 2,
      maintenanceModeExitDelay: 10,
      maintenanceModeExitHour: 22,
      maintenanceModeExitMinute: 30,
    });
  });

  test("names neither the interval nor a TLS flag, whose bytes overlap on the page", () => {
    const data = new Uint8Array(125);
    data.set(hex("05 01 00 01"), 24 + 97);
    const value = decode(ET97, data, env);
    assert.deepEqual(value.securityLogIntervalAndTlsFlags, hex("05 01 00 01"));
    assert.deepEqual(encode(ET97, value, env), data);
    // Nothing can be written there in part, as a flag or a number.
    const last = leaves(ET97, env).filter(({ offset }) => offset >= 24 + 97);
    assert.deepEqual(
      last.map(({ path, size }) => [path, size]),
      [["securityLogIntervalAndTlsFlags", 4]],
    );
  });

  test("of another length than the page's last offset gives is refused, unless the rest is asked to be kept", () => {
    const longer = new Uint8Array(126);
    assert.throws(() => decode(ET97, longer, env), /1 bytes beyond/);
    assert.equal(decode(ET97, longer, env, { trailing: "keep" }).securityLogIntervalAndTlsFlags?.length, 4);
  });
});
