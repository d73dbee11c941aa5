/** What holds for every declared table under every profile, for any bytes and any dimensions. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { LayoutError } from "../errors.ts";
import { annotate } from "../layout/annotate.ts";
import {
  type AnyTable,
  decode,
  encode,
  leaves,
  misplaced,
  type Profile,
  parseProfile,
  place,
  profileName,
  sizeOf,
  tableExists,
} from "../layout/index.ts";
import { markdown } from "../layout/markdown.ts";
import { publisherOf } from "../layout/table.ts";
import { dimensionTables } from "./dimension-tables.ts";
import { type Dimensions, defaultDimensions, tables, tablesById, tablesByNumber } from "./index.ts";

const meters = [
  "2.10",
  "2.12",
  "3.01",
  "3.10",
  "3.30",
  "3.50",
  "3.60",
  "3.70",
  "3.82",
  "4.00",
  "4.02",
  "4.10",
  "4.30",
  "4.50",
];
const modules = ["1.11", "1.20", "1.21", "1.31", "1.32"];
const profiles: readonly Profile[] = [
  ...meters.map((version) => parseProfile(`meter:${version}`)),
  ...modules.map((version) => parseProfile(`module:${version}`)),
];
/** Few of the blocks that a load profile has: each block is like the next, and 60 of them are most of the bytes of all tables. */
const fewBlocks = (dimensions: Dimensions): Dimensions => {
  const { BT61 } = dimensions;
  const dataSets = BT61.dataSets.map((set) => ({
    ...set,
    blocks: Math.min(set.blocks, 2),
    intervals: Math.min(set.intervals, 5),
  }));
  return { ...dimensions, BT61: { ...BT61, dataSets } };
};
const defaults = new Map(
  profiles.map((profile) => [profileName(profile), fewBlocks(defaultDimensions(profile))] as const),
);
const dimensionsOf = (profile: Profile): Dimensions => defaults.get(profileName(profile)) ?? assert.fail();

interface Subject {
  readonly table: AnyTable;
  readonly profile: Profile;
  readonly env: Dimensions;
  /** `undefined` where it depends on the contents. */
  readonly size: number | undefined;
  readonly name: string;
  /** What a failing property prints. */
  readonly [fc.toStringMethod]: () => string;
}
const sizeOrNone = (table: AnyTable, env: Dimensions): number | undefined => {
  try {
    return sizeOf(table, env);
  } catch (error) {
    assert.ok(error instanceof LayoutError, String(error));
    return undefined;
  }
};
const subjects: readonly Subject[] = tables.flatMap((table) =>
  profiles
    .filter((profile) => tableExists(table, profile))
    .map((profile) => {
      const env = dimensionsOf(profile);
      const name = `${table.id} of ${profileName(profile)}`;
      return { table, profile, env, size: sizeOrNone(table, env), name, [fc.toStringMethod]: () => name };
    }),
);
const sized = subjects.filter((subject) => subject.size !== undefined);

/** Runs the action; an error is fine only if it is a LayoutError. */
const valueOrLayoutError = <T>(action: () => T): T | undefined => {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    return undefined;
  }
};
const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Pseudo-random bytes from a seed: fast-check's own byte arrays shrink well but take most of the time. */
const noise = (seed: number, length: number): Uint8Array => {
  const out = new Uint8Array(length);
  let state = seed | 1;
  for (let i = 0; i < length; i++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    out[i] = state >>> 24;
  }
  return out;
};
const seeds = fc.integer();

/** A record with its numbers and flags replaced, those of the records in its lists, too. */
const replaceWithin = (value: unknown, replace: (value: unknown) => unknown): unknown => {
  if (Array.isArray(value)) return value.map((entry) => replaceWithin(entry, replace));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return replace(value);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, replaceWithin(entry, replace)]));
};

/** The factory dimensions, each number and flag replaced. */
const withEach = (profile: Profile, replace: (value: unknown) => unknown): Dimensions => {
  const replaced = Object.entries(dimensionsOf(profile)).map(([id, values]) => {
    if (id === "profile") return [id, values];
    return [id, replaceWithin(values, replace)];
  });
  return Object.fromEntries(replaced) as Dimensions;
};

/** Every number and flag that a device reports, replaced at random: small ones, or anything up to 255. */
const wildDimensions = fc
  .tuple(fc.constantFrom(...profiles), fc.constantFrom(3, 12, 255, 65535), seeds)
  .map(([profile, top, seed]) => {
    let position = 0;
    const raw = noise(seed, 1000);
    const next = () => (raw[position++] as number) * 256 + (raw[position++] as number);
    const mutate = (value: unknown): unknown => {
      if (typeof value === "number") return next() % (top + 1);
      return typeof value === "boolean" ? next() % 2 === 0 : value;
    };
    return withEach(profile, mutate);
  });

describe("declarations", () => {
  test("stand in ascending order, each with the number of its id", () => {
    for (const { id, number } of tables) {
      const [, family, figures] = /^(BT|ET)(\d\d|\d{4})$/.exec(id) ?? assert.fail(id);
      // Pending tables are written with their whole number.
      const extended = family === "ET" && figures?.length === 2;
      assert.equal(number, (extended ? 2048 : 0) + Number(figures), id);
    }
    const numbers = tables.map(({ number }) => number);
    assert.deepEqual(
      numbers,
      [...new Set(numbers)].sort((a, b) => a - b),
    );
    assert.deepEqual([tablesById.size, tablesByNumber.size], [tables.length, tables.length]);
  });

  test("need only tables that are declared, and whose factory dimensions are known", () => {
    for (const { id, needs } of tables)
      for (const needed of needs) {
        assert.equal(dimensionTables.get(needed), tablesById.get(needed), `${id} needs ${needed}`);
        assert.ok(dimensionTables.has(needed), `${id} needs ${needed}`);
        assert.equal(publisherOf(needed), tablesById.get(needed), `${id} brings ${needed} along`);
        assert.ok(needed in dimensionsOf(profiles[0] as Profile), `${id} needs ${needed}`);
      }
  });

  test("put every field where the guide prints it", () => {
    for (const subject of subjects) assert.deepEqual(misplaced(subject.table, subject.env), [], subject.name);
  });

  test("make a page of reference with a row for every field", () => {
    for (const table of tables) {
      const lines = markdown(table).split("\n");
      assert.ok(lines[0]?.startsWith(`### ${table.id} (0x${table.number.toString(16).padStart(4, "0")})`));
      for (const line of lines.slice(6)) assert.match(line, /^(\| ([^|]|\\\|)* ){6}\|$/, `${table.id}: ${line}`);
      assert.doesNotMatch(markdown(table), /undefined|NaN|\[object/, table.id);
    }
  });

  test("say what each field means", () => {
    for (const subject of subjects)
      for (const { path, doc, type } of leaves(subject.table, subject.env, "first")) {
        assert.notEqual(type, "struct", `${subject.name} ${path}`);
        // Elements of a list take their meaning from the list.
        if (!/\.\d+$/.test(path)) assert.notEqual(doc, "", `${subject.name} ${path}`);
      }
  });
});

describe("bytes of the right size", () => {
  test("are a value that encodes to them", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const { table, env, size, name } of sized) {
          const data = noise(seed, size ?? 0);
          const written = encode(table, decode(table, data, env), env);
          if (!sameBytes(written, data)) assert.deepEqual(written, data, name);
        }
      }),
      { numRuns: 12 },
    );
  });

  test("of all zeros and of all ones, too", () => {
    for (const { table, env, size, name } of sized)
      for (const byte of [0, 0xff]) {
        const data = new Uint8Array(size ?? 0).fill(byte);
        assert.deepEqual(encode(table, decode(table, data, env), env), data, name);
      }
  });

  test("are annotated to the last byte", () => {
    for (const { table, env, size, name } of sized) {
      const data = noise(size ?? 0, size ?? 0);
      const { spans, unknown, problem, value } = annotate(table, data, env);
      assert.deepEqual([unknown, problem], [[], undefined], name);
      assert.deepEqual(value, decode(table, data, env), name);
      // Spans and leaves are found on different ways; of forms that the contents decide on, the value tells which.
      assert.deepEqual(
        spans.map(({ path, start, end, bits }) => [path, start, end, bits]),
        leaves(table, env, "all", value).map(({ path, offset, size: length, bits }) => [
          path,
          offset,
          offset + length,
          bits,
        ]),
        name,
      );
    }
  });

  test("one too few or one too many are told", () => {
    for (const { table, env, size = 0, name } of sized) {
      const code = (length: number) => {
        try {
          decode(table, new Uint8Array(length), env);
        } catch (error) {
          return error instanceof LayoutError ? error.code : String(error);
        }
        return "value";
      };
      assert.equal(code(size + 1), "trailing", name);
      if (size > 0) assert.equal(code(size - 1), "truncated", name);
    }
  });
});

describe("the place of every leaf", () => {
  const at = (value: unknown, keys: readonly string[]): unknown =>
    keys.reduce((parent: unknown, key) => (parent as Record<string, unknown>)[key], value);

  test("holds the value that the whole table gives it, and takes it back", () => {
    for (const { table, env, size, name } of sized) {
      const data = noise(7 + (size ?? 0), size ?? 0);
      const value: unknown = decode(table, data, env);
      for (const leaf of leaves(table, env, "all", value)) {
        const keys = leaf.path.split(".");
        const found = place(table, keys, env);
        const skipped = leaf.bits === undefined ? 0 : Math.floor(leaf.bits[0] / 8);
        assert.equal(found.offset, leaf.offset + skipped, `${name} ${leaf.path}`);
        const bytes = data.subarray(found.offset, found.offset + found.length);
        const own = found.decode(bytes);
        assert.deepEqual(own, at(value, keys), `${name} ${leaf.path}`);
        if (leaf.bits === undefined) assert.deepEqual(found.encode(own), Uint8Array.from(bytes));
      }
    }
  });
});

describe("whatever a device sends", () => {
  const lengths = fc.oneof(fc.nat(8), fc.nat(300), fc.nat(3000));

  test("bytes of any length are a value that encodes to them, or a LayoutError", () => {
    fc.assert(
      fc.property(fc.constantFrom(...subjects), seeds, lengths, ({ table, env }, seed, length) => {
        const data = noise(seed, length);
        const value: unknown = valueOrLayoutError(() => decode(table, data, env, { trailing: "keep" }));
        if (value === undefined) return;
        const written = encode(table, value, env);
        assert.deepEqual(written, data.slice(0, written.length));
        const { spans } = annotate(table, written, env);
        assert.deepEqual(
          leaves(table, env, "all", value).map(({ path, offset, size }) => [path, offset, offset + size]),
          spans.map(({ path, start, end }) => [path, start, end]),
        );
      }),
      { numRuns: 1500 },
    );
  });

  test("dimensions of any kind give a value or a LayoutError", () => {
    fc.assert(
      fc.property(fc.constantFrom(...tablesById.keys()), wildDimensions, seeds, lengths, (id, env, seed, length) => {
        const table = tablesById.get(id) ?? assert.fail(id);
        const size = sizeOrNone(table, env);
        if (size !== undefined) assert.ok(Number.isSafeInteger(size) && size >= 0, `${size}`);
        const data = noise(seed, size !== undefined && size < 5000 ? size : length);
        const value: unknown = valueOrLayoutError(() => decode(table, data, env));
        if (value !== undefined) assert.deepEqual(encode(table, value, env), data);
        const { unknown, spans } = annotate(table, data, env, seed % 3 === 0 ? Math.abs(seed % 1000) : 0);
        assert.ok(unknown.length <= data.length && spans.length <= 8 * data.length);
      }),
      { numRuns: 500 },
    );
  });

  test("each table of each profile, with every dimension 0, 1, 255 or 65535, is a value or a LayoutError", {
    timeout: 60_000,
  }, () => {
    for (const all of [0, 1, 255, 65_535]) {
      const hostile = new Map(
        profiles.map((profile) => [
          profile,
          withEach(profile, (value) =>
            typeof value === "number" ? all : typeof value === "boolean" ? all > 0 : value,
          ),
        ]),
      );
      for (const { table, profile } of subjects) {
        const env = hostile.get(profile) ?? assert.fail();
        const size = sizeOrNone(table, env);
        const data = noise(all, size !== undefined && size <= 2000 ? size : 200);
        const value: unknown = valueOrLayoutError(() => decode(table, data, env));
        if (value !== undefined)
          assert.deepEqual(encode(table, value, env), data, `${table.id} ${profileName(profile)} ${all}`);
        // A number that is told comes from bytes that are there.
        if (size !== undefined && size > data.length)
          assert.equal(value, undefined, `${table.id} ${profileName(profile)} ${all}`);
      }
    }
  });

  test("the largest dimensions cost no more than a moment", { timeout: 20_000 }, () => {
    const largest = (value: unknown): unknown =>
      typeof value === "number" ? 255 : typeof value === "boolean" ? true : value;
    const full = withEach(parseProfile("meter:4.30"), largest);
    const emptyRecords: Dimensions = { ...full, BT21: { ...full.BT21, occurrences: 0, cumulativeDemand: false } };
    const moment = (table: AnyTable, env: Dimensions): void => {
      sizeOrNone(table, env);
      valueOrLayoutError(() => decode(table, new Uint8Array(100), env));
      valueOrLayoutError(() => leaves(table, env));
      annotate(table, new Uint8Array(100), env, 50);
    };
    for (const table of tables) moment(table, full);
    for (const id of ["BT23", "BT26", "ET41"]) moment(tablesById.get(id) ?? assert.fail(id), emptyRecords);
    // It goes the way that `leaves` goes.
    for (const id of ["BT23", "BT64", "ET75"])
      assert.throws(() => misplaced(tablesById.get(id) ?? assert.fail(id), full), LayoutError);
  });
});
