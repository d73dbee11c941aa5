/** Where the fields of alarm, procedure, display, calendar and log tables lie, against a second copy typed from the guides. */
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
  misplaced,
  parseProfile,
  reaches,
  sizeOf,
  tableExists,
} from "../../layout/index.ts";
import { defaultDimensions } from "../defaults.ts";
import { ET31 } from "../extended/et31-one-time-read-log.ts";
import type { ET36 } from "../extended/et36-mfg-table-actual-dimensions.ts";
import { ET41 } from "../extended/et41-historical-demand-reset-log.ts";
import { ET54 } from "../extended/et54-meter-status.ts";
import { ET59 } from "../extended/et59-mep-procedure-response.ts";
import { ET79 } from "../extended/et79-alternate-event-log.ts";
import { ET85 } from "../extended/et85-mep-procedure-response-2.ts";
import { ET6191 } from "../extended/et6191-pending-calendar-override.ts";
import { factory as factoryDimensions } from "./basic-tables.vectors.ts";
import { BT00 } from "./bt00-general-configuration.ts";
import { BT03 } from "./bt03-end-device-mode-status.ts";
import { BT04 } from "./bt04-pending-status.ts";
import { BT08 } from "./bt08-procedure-response.ts";
import { BT23 } from "./bt23-current-register-data.ts";
import { BT24 } from "./bt24-previous-season-data.ts";
import { BT25 } from "./bt25-previous-demand-reset-data.ts";
import { BT26 } from "./bt26-self-read-data.ts";
import { BT30 } from "./bt30-dimension-display.ts";
import { BT33 } from "./bt33-primary-display-list.ts";
import { BT50 } from "./bt50-dimension-time-and-tou.ts";
import { BT54 } from "./bt54-calendar.ts";
import { BT70 } from "./bt70-dimension-log.ts";
import { BT71 } from "./bt71-actual-log.ts";
import { BT74 } from "./bt74-history-log-data.ts";
import { BT4150 } from "./bt4150-pending-calendar.ts";
import { pendingDescriptorSize } from "./pending.ts";
import * as pages from "./status-and-logs.vectors.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));
const meters = ["3.10", "3.30", "3.34", "3.40", "3.50", "3.60", "3.70", "3.80", "4.0", "4.10", "4.20", "4.30"];
const modules = ["1.11", "1.20", "1.21", "1.31", "1.32"];
const profiles = [...meters.map((version) => `meter:${version}`), ...modules.map((version) => `module:${version}`)];

/** ET36 with a number of entries and an entry size for ET31 and ET41; the other logs have none. */
const adjusted = (entries: { readonly [log in 0 | 3]: readonly [size: number, count: number] }): ET36 => {
  const logs = [31, 32, 38, 41, 45, 75, 81].map((number, index) => {
    const [entrySize, currentEntries] = index === 0 || index === 3 ? entries[index] : [0, 0];
    return {
      tableNumber: number,
      extendedTable: true,
      procedureFlag: false,
      entrySize,
      maxEntries: 255,
      currentEntries,
      lengthIncluded: index === 3,
    };
  });
  return { count: 7, actualDimensions: logs, unreadEntriesBitmap: new Uint8Array(1) };
};

const envOf = (name: string, actual: Partial<ReturnType<typeof defaultDimensions>["BT21"]> = {}) => {
  const profile = parseProfile(name);
  const defaults = defaultDimensions(profile);
  const base = { ...defaults, BT21: { ...defaults.BT21, ...actual } };
  const generation = reaches(profile, { meter: [4, 0] }) ? "meter:4.30" : "meter:3.70";
  const calendar = decode(BT50, hex(pages.factory.BT50), {});
  const early = { seasons: 4, nonRecurringDates: 0, calendarTableSize: 693 };
  const registers = sizeOf(BT23, base);
  return {
    ...base,
    BT00: decode(BT00, hex(factoryDimensions[generation].BT00), {}),
    BT30: decode(BT30, hex(pages.factory.BT30), {}),
    BT50: reaches(profile, { meter: [3, 50], module: [1, 20] }) ? calendar : { ...calendar, ...early },
    BT70: decode(BT70, hex(pages.factory.BT70), {}),
    BT71: decode(BT71, hex(pages.factory.BT71), {}),
    ET36: adjusted({ 0: [registers + 6 + (base.BT21.demands > 0 ? 2 : 0), 12], 3: [registers + 11, 4] }),
    ET54: {
      ...decode(ET54, new Uint8Array(sizeOf(ET54, base)), base),
      ...(reaches(profile, { meter: [3, 70], module: [1, 20] }) ? { et79EntryCount: 50 } : {}),
    },
  };
};
type Env = ReturnType<typeof envOf>;
const row = ({ path, offset, size, bits }: Leaf): pages.Printed =>
  bits === undefined ? [path, offset, size] : [path, offset, size, bits[0], bits[1]];
const rows = (table: AnyTable, env: Env, elements: "all" | "first" = "all") => leaves(table, env, elements).map(row);
/** The fields of the first entry of a log, as its page names them. */
const inEntries = (list: string, entry: readonly pages.Printed[]): pages.Printed[] =>
  entry.map(([path, ...place]) => [`${list}.0.${path}`, ...place]);

const env370 = envOf("meter:3.70");
const small = { summations: 1, tiers: 1, selfReads: 1 };
const demand = { ...small, demands: 1, occurrences: 1, demandResetCounter: true };
const copies: readonly AnyTable[] = [BT03, BT04, BT24, BT25, BT26, BT30, BT33, BT50, BT54];
const sized: readonly AnyTable[] = [...copies, BT70, BT71, BT74, BT4150, ET31, ET41, ET79, ET6191];
const answers: readonly AnyTable[] = [BT08, ET59, ET85];

describe("fields lie where the guides print them", () => {
  test("BT03, as far as BT00 says", () => {
    assert.deepEqual(rows(BT03, env370), pages.bt03);
    const withBytes = (length: number): Env => ({
      ...env370,
      BT00: { ...env370.BT00, manufacturerStatusLength: length },
    });
    // The Optical guide prints 4 for it (p. 51).
    assert.deepEqual(
      rows(BT03, withBytes(4)),
      pages.bt03.filter(([, offset]) => offset < 8),
    );
    for (const length of [0, 1, 4, 5, 6, 9, 255]) assert.equal(sizeOf(BT03, withBytes(length)), 4 + length);
  });

  test("BT04", () => {
    assert.deepEqual(rows(BT04, { ...env370, BT00: { ...env370.BT00, pendingTables: 2 } }), pages.bt04);
  });

  test("BT08, ET59 and ET85, which are one layout", () => {
    for (const table of answers) assert.deepEqual(rows(table, env370), pages.response, table.id);
  });

  test("BT24 to BT26, ET31 and ET41 without demand", () => {
    const env = envOf("meter:3.70", small);
    const et36 = adjusted({ 0: [14, 1], 3: [19, 1] });
    assert.deepEqual(rows(BT24, env), pages.bt24);
    assert.deepEqual(rows(BT25, env), pages.bt24);
    assert.deepEqual(rows(BT26, env), [...pages.shortHeader, ...inEntries("selfReadEntries", pages.selfRead)]);
    assert.deepEqual(rows(ET31, { ...env, ET36: et36 }), [
      ...pages.shortHeader,
      ...inEntries("oneTimeReadEntries", pages.selfRead),
    ]);
    assert.deepEqual(rows(ET41, { ...env, ET36: et36 }), [
      ...pages.shortHeader,
      ...inEntries("demandResetEntries", pages.demandReset),
    ]);
  });

  test("BT26 and ET31 with demand", () => {
    const env = { ...envOf("meter:3.70", demand), ET36: adjusted({ 0: [40, 1], 3: [0, 0] }) };
    assert.deepEqual(rows(BT26, env), [...pages.shortHeader, ...inEntries("selfReadEntries", pages.selfReadDemand)]);
    assert.deepEqual(rows(ET31, env), [...pages.shortHeader, ...inEntries("oneTimeReadEntries", pages.selfReadDemand)]);
  });

  test("BT30, BT33 and BT50", () => {
    assert.deepEqual(rows(BT30, env370), pages.bt30);
    assert.deepEqual(rows(BT33, { ...env370, BT30: { ...env370.BT30, primaryListItems: 2 } }), pages.bt33);
    assert.deepEqual(rows(BT50, env370), pages.bt50);
  });

  test("BT54, with one schedule for weekdays and with five", () => {
    assert.deepEqual(rows(BT54, env370, "first"), pages.bt54);
    const separate = { ...env370, BT50: { ...env370.BT50, separateWeekDays: true } };
    assert.deepEqual(rows(BT54, separate, "first"), [
      ...pages.bt54.filter(([, offset]) => offset < 744),
      ...pages.bt54Separate,
    ]);
    assert.equal(sizeOf(BT54, separate), 808 + 12 * 4);
  });

  test("BT70, BT71, BT74 and ET79", () => {
    assert.deepEqual(rows(BT70, env370), pages.bt70);
    assert.deepEqual(rows(BT71, env370), pages.bt71);
    assert.deepEqual(rows(BT74, env370, "first"), pages.eventLog);
    assert.deepEqual(rows(ET79, env370, "first"), pages.eventLog);
  });

  test("the pending twins: 6 bytes, then the table", () => {
    assert.deepEqual(rows(ET6191, env370), pages.et6191);
    const shifted = pages.bt54.map(
      ([path, offset, ...rest]): pages.Printed => [`contents.${path}`, offset + pendingDescriptorSize, ...rest],
    );
    assert.deepEqual(rows(BT4150, env370, "first"), [...pages.descriptor, ...shifted]);
    assert.deepEqual([BT4150.number, ET6191.number], [4150, 6191]);
  });

  test("for every firmware", () => {
    for (const profile of profiles)
      for (const table of [...sized, ...answers]) assert.deepEqual(misplaced(table, envOf(profile)), [], table.id);
  });
});

describe("sizes", () => {
  for (const [id, expected] of Object.entries(pages.sizes))
    test(id, () => {
      const table = sized.find((known) => known.id === id) ?? assert.fail(id);
      assert.deepEqual([sizeOf(table, envOf("meter:3.70")), sizeOf(table, envOf("meter:4.30"))], expected);
    });

  test("of the calendar before 3.50, with 4 seasons and no single dates", () => {
    assert.equal(sizeOf(BT54, envOf("meter:3.40")), 3 * 23 + 3 * 200 + 4 * 5 + 4);
    assert.equal(env370.BT50.calendarTableSize, sizeOf(BT54, env370));
  });

  test("of logs follow the dimensions of the meter", () => {
    const count = fc.nat(20);
    const actual = fc.record({
      summations: fc.nat(20),
      demands: fc.nat(4),
      occurrences: fc.nat(2),
      coincidents: fc.nat(3),
      tiers: fc.nat(8),
      selfReads: count,
      demandResetCounter: fc.boolean(),
      dateTime: fc.boolean(),
      season: fc.boolean(),
    });
    fc.assert(
      fc.property(actual, count, count, fc.nat(300), fc.nat(8), (b, entries, more, records, length) => {
        const base = envOf("meter:4.30", b);
        const copy = (b.dateTime ? 5 : 0) + (b.season ? 1 : 0) + sizeOf(BT23, base);
        const bidn = b.demands > 0 ? 2 : 0;
        const env = {
          ...base,
          BT71: { ...base.BT71, historyEntries: records, historyDataLength: length },
          ET36: adjusted({ 0: [copy + bidn + more, entries], 3: [copy + 5 + more, entries] }),
        };
        assert.equal(sizeOf(BT24, env), copy);
        assert.equal(sizeOf(BT25, env), copy);
        assert.equal(sizeOf(BT26, env), 6 + b.selfReads * (bidn + copy));
        assert.equal(sizeOf(ET31, env), 6 + entries * (bidn + copy + more));
        assert.equal(sizeOf(ET41, env), 6 + entries * (5 + copy + more));
        assert.equal(sizeOf(BT74, env), 11 + records * (12 + length));
        assert.equal(sizeOf(ET79, env), 11 + 50 * (12 + length));
        for (const table of [BT24, BT25, BT26, ET31, ET41, BT74, ET79] as readonly AnyTable[])
          assert.deepEqual(misplaced(table, env), [], table.id);
      }),
      { numRuns: 40 },
    );
  });
});

test("tables that came later are those that the guides name", () => {
  const later = [...sized, ...answers].filter(({ since }) => since !== undefined).map(({ id }) => id);
  assert.deepEqual(later.sort(), ["BT71", "ET59", "ET79", "ET85"]);
  const has = (table: AnyTable, profile: string) => tableExists(table, parseProfile(profile));
  // Optical guide, p. 51.
  assert.deepEqual([has(BT71, "meter:2.10"), has(BT71, "meter:2.12"), has(BT71, "module:1.11")], [false, true, true]);
  assert.deepEqual([has(ET85, "meter:3.80"), has(ET85, "meter:4.0"), has(ET85, "module:1.32")], [false, true, false]);
  assert.deepEqual([has(ET79, "meter:3.60"), has(ET79, "meter:3.70"), has(ET79, "module:1.20")], [false, true, true]);
  assert.deepEqual([has(ET59, "meter:3.10"), has(ET59, "meter:3.30"), has(ET59, "module:1.11")], [false, true, true]);
});

describe("whatever a device sends", () => {
  const noise = fc.uint8Array({ minLength: 5000, maxLength: 5000 });

  test("the right number of bytes is a value that encodes to them", () => {
    fc.assert(
      fc.property(fc.constantFrom(...profiles), noise, fc.nat(40), (profile, raw, answered) => {
        const env = envOf(profile);
        for (const table of [...sized, ...answers]) {
          const data = raw.subarray(0, answers.includes(table) ? 4 + answered : sizeOf(table, env));
          assert.deepEqual(encode(table, decode(table, data, env), env), data.slice(), table.id);
        }
      }),
      { numRuns: 12 },
    );
  });

  test("any other number of bytes is a LayoutError", () => {
    for (const table of sized) {
      const size = sizeOf(table, env370);
      for (const length of [0, 1, size - 1, size + 1].filter((n) => n >= 0 && n !== size))
        assert.throws(() => decode(table, new Uint8Array(length), env370), LayoutError, `${table.id} ${length}`);
    }
    for (const table of answers) assert.throws(() => decode(table, new Uint8Array(3), env370), LayoutError);
  });

  test("impossible dimensions are a LayoutError, quickly", { timeout: 5_000 }, () => {
    const most = (values: object) =>
      Object.fromEntries(
        Object.entries(values).map(([key, value]) => [key, typeof value === "number" ? 65535 : value]),
      );
    const { profile, ET36: logs, ...others } = env370;
    const largest = Object.fromEntries(Object.entries(others).map(([id, values]) => [id, most(values)]));
    const hostile = { profile, ...largest, ET36: { ...logs, actualDimensions: logs.actualDimensions.map(most) } };
    for (const table of sized.filter(({ needs }) => needs.length > 0))
      assert.throws(() => decode(table as AnyTable, new Uint8Array(3000), hostile), LayoutError, table.id);
    // An entry size below what is declared, and an ET36 that does not list the log.
    const less = { ...env370, ET36: adjusted({ 0: [225, 2], 3: [230, 2] }) };
    const none = { ...env370, ET36: { ...env370.ET36, actualDimensions: [] } };
    for (const table of [ET31, ET41] as readonly AnyTable[])
      for (const env of [less, none])
        assert.throws(() => decode(table, new Uint8Array(3000), env), { name: "LayoutError", code: "shape" });
  });
});
