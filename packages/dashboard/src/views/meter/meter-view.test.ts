import assert from "node:assert/strict";
import { test } from "node:test";
import type { Requests } from "../../state/requests.ts";
import { fieldText } from "./field-text.ts";
import { fillOf, reachOf } from "./memory-fill.ts";
import { clockOf, devicesOf } from "./meter-answers.ts";
import { contentsOf, fieldsAt, placeOf, type TableContents, type TableField, tableListOf } from "./table-answer.ts";
import { readTable } from "./table-source.ts";
import { jsonOf, openAtFirst, parentsOf, treeOf } from "./table-tree.ts";

const words = { yes: "yes", no: "no", secret: "key, not shown", never: "never" };
const places = {
  bytes: (from: string, to: string) => (from === to ? from : `${from}–${to}`),
  bits: (byte: string, bits: string) => `${byte} bit ${bits}`,
};

function field(path: string, start: number, end: number, more: Partial<TableField> = {}): TableField {
  return {
    ...{ path, start, end, bits: null, value: 0, unit: null, meaning: null },
    ...{ reserved: false, secret: false, type: "UINT8", note: "", ...more },
  };
}
function contents(table: string, fields: readonly TableField[]): TableContents {
  return { table, fields, title: "", profile: "", size: 0, from: 0, read: null, bytes: [] };
}

test("a table becomes bytes and fields, and rubbish nothing", () => {
  const raw = { path: "a.0", start: 0, end: 2, bits: [3, 9], value: 7, unit: "s", meaning: null, reserved: false };
  const answer = {
    table: "BT52",
    title: "Clock",
    profile: "meter:3.70",
    size: 2,
    raw: "1aFF",
    fields: [raw, { path: 3 }],
  };
  const parsed = contentsOf({ ...answer, time_read: "2026-01-01T00:00:00Z" });
  assert.deepEqual(parsed?.bytes, ["1a", "FF"]);
  assert.deepEqual(parsed?.fields, [{ ...raw, bits: [3, 9], secret: false, type: "", note: "" }]);
  assert.equal(parsed?.from, 0);
  for (const data of [null, {}, { ...answer, table: "../../x" }, { ...answer, fields: 3 }, { ...answer, raw: null }])
    assert.equal(contentsOf(data), null);
  assert.deepEqual(contentsOf({ ...answer, raw: "zz" })?.bytes, []);
});

test("the list of tables keeps only names of tables", () => {
  const list = tableListOf({
    from: "meter",
    time_read: "x",
    tables: [{ table: "ET13", title: "T", known: true, withheld: false, writable: null }, { table: "<b>" }, 4],
  });
  assert.deepEqual(list, {
    ...{ from: "meter", read: null },
    tables: [{ table: "ET13", title: "T", known: true, withheld: false, writable: null }],
  });
  assert.equal(tableListOf([]), null);
});

test("a byte leads to its fields, also to single bits beyond the first byte of a word", () => {
  const fields = [field("low", 0, 2, { bits: [0, 2] }), field("high", 0, 2, { bits: [9, 9] }), field("next", 2, 6)];
  const at = (offset: number) => fieldsAt(fields, offset).map(({ path }) => path);
  assert.deepEqual([at(0), at(1), at(2), at(5), at(6)], [["low"], ["high"], ["next"], ["next"], []]);
  assert.deepEqual(
    fields.map((each) => placeOf(each, places)),
    ["0 bit 0–2", "1 bit 1", "2–5"],
  );
});

test("fields become a tree in which long lists begin closed", () => {
  const records = Array.from({ length: 100 }, (_, i) => [
    field(`log.${i}.time`, i, i + 1),
    field(`log.${i}.code`, i, i + 1),
  ]);
  const tree = treeOf([field("count", 0, 1), field("flags.a", 1, 2), field("flags.b", 1, 2), ...records.flat()]);
  assert.deepEqual(
    tree.map(({ name, count, isList }) => [name, count, isList]),
    [
      ["count", 1, false],
      ["flags", 2, false],
      ["log", 200, true],
    ],
  );
  assert.deepEqual([...openAtFirst(tree)], ["flags"]);
  assert.deepEqual([tree[2]?.start, tree[2]?.end], [0, 100]);
  const short = treeOf([field("a.0.b", 0, 1), field("a.1.b", 1, 2)]);
  assert.deepEqual([...openAtFirst(short)], ["a", "a.0", "a.1"]);
  assert.deepEqual(parentsOf("devices.0.billingDay"), ["devices", "devices.0"]);
});

test("the only list of a table begins open, its elements closed", () => {
  const tree = treeOf(Array.from({ length: 100 }, (_, i) => field(`log.${i}.time`, i, i + 1)));
  assert.deepEqual([...openAtFirst(tree)], ["log"]);
});

test("copied values have the shape of the table, without keys", () => {
  const fields = [field("a.0.x", 0, 1, { value: 1 }), field("a.1.x", 1, 2, { value: 2 })];
  const secret = field("key", 2, 3, { value: "00", secret: true });
  assert.deepEqual(jsonOf([...fields, secret]), { a: [{ x: 1 }, { x: 2 }], key: null });
});

test("values are told as they are on the wire", () => {
  const text = (value: unknown, more: Partial<TableField> = {}) =>
    fieldText(field("a", 0, 1, { value, ...more }), words);
  assert.equal(text(104_832, { unit: "byte" }), "104832 byte");
  assert.deepEqual([text(true), text(false)], ["yes", "no"]);
  assert.equal(text({ year: 26, month: 11, day: 3, hour: 5, minute: 2, second: 9 }), "2026-11-03 05:02:09");
  assert.equal(text({ year: 99, month: 1, day: 1 }), "1999-01-01");
  assert.equal(text({ hour: 5, minute: 2 }), "05:02");
  assert.equal(text({ year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 }), "never");
  assert.equal(text([1, 2, 3]), "1, 2, 3");
  assert.equal(text({ odd: 1 }), '{"odd":1}');
  assert.equal(text("00", { secret: true }), "key, not shown");
  assert.equal(text("x".repeat(9000)).length, 400);
});

test("the fill of load profile and logs follows from their tables", () => {
  const set = (name: string, value: number) => field(`dataSets.0.${name}`, 0, 1, { value });
  const tables = new Map([
    ["BT61", contents("BT61", [set("blocks", 60), set("intervals", 96), set("maximumIntervalTime", 15)])],
    ["BT63", contents("BT63", [set("validBlocks", 11), set("validIntervals", 5)])],
    ["ET81", contents("ET81", [field("validEntries", 0, 1, { value: 3 }), field("entries.9.start", 0, 1)])],
    ["BT74", contents("BT74", [])],
  ]);
  const [profile, outages, ...others] = fillOf(tables);
  assert.deepEqual([profile?.used, profile?.room, profile?.set], [965, 5760, 1]);
  assert.equal(profile && reachOf(profile), 60 * 86_400_000);
  assert.deepEqual([outages?.what, outages?.used, outages?.room], ["ET81", 3, 10]);
  assert.deepEqual(others, []);
  assert.deepEqual(fillOf(new Map()), []);
});

test("clock, meters and children are read from any answer", () => {
  const clock = { offset_ms: -124, error_ms: 595, time: "2026-01-01T00:00:00Z", drift_ppm: null };
  assert.equal(clockOf({ clock })?.clock?.offset, -124);
  assert.deepEqual(
    [clockOf({}), clockOf({ clock: { offset_ms: "x" } }), clockOf(3)],
    [{ clock: null }, { clock: null }, null],
  );
  const devices = devicesOf({
    devices: [
      {
        from: "2026-01-01T00:00:00Z",
        to: "2026-02-01T00:00:00Z",
        serial: "1",
        start: { energy_import_wh: 5 },
        end: null,
      },
      { from: "2026-02-01T00:00:00Z", to: null, serial: "2", manufacturer: "NES", model: "8" },
      null,
    ],
  });
  assert.deepEqual(
    devices?.map(({ serial, start, name }) => [serial, start, name]),
    [
      ["2", null, "NES 8"],
      ["1", 5, ""],
    ],
  );
});

test("a table that is too long is read around the byte that is looked for, and failures say what is wrong", async () => {
  type Given = { readonly status: number; readonly message: string } | "table";
  const reads = async (answers: Readonly<Record<string, Given>>, part: number | null = null) => {
    const asked: string[] = [];
    const get: Requests["get"] = async (path, parse) => {
      asked.push(path);
      const given = answers[path] ?? { status: 0, message: "not expected" };
      if (given === "table") return { ok: true, value: parse({ table: "BT64", fields: [], raw: "" }) as never };
      return { ok: false, code: "x", ...given };
    };
    const where = { point: "a b", table: "BT64", at: 9189, part };
    const answer = await readTable({ get }, where, new AbortController().signal);
    return { asked, said: answer.ok ? "table" : answer.message };
  };
  const [whole, around] = ["points/a%20b/tables/BT64", "points/a%20b/tables/BT64?from=9125"];
  assert.deepEqual(await reads({ [whole]: "table" }), { asked: [whole], said: "table" });
  const long = { status: 404, message: "too long" };
  assert.deepEqual(await reads({ [whole]: long, [around]: "table" }), { asked: [whole, around], said: "table" });
  assert.equal((await reads({ [whole]: long, [around]: { status: 404, message: "no part" } })).said, "too long");
  assert.equal((await reads({ [whole]: long, [around]: { status: 503, message: "silent" } })).said, "silent");
  assert.deepEqual((await reads({ [whole]: { status: 503, message: "silent" } })).asked, [whole]);
  assert.deepEqual((await reads({ [`${whole}?from=7`]: "table" }, 7)).asked, [`${whole}?from=7`]);
});
