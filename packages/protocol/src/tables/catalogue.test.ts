import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { UsageError } from "../errors.ts";
import {
  catalogue,
  catalogueEntry,
  numberOf,
  parseProcedureId,
  parseTableId,
  procedureIdOf,
  type TableId,
  tableIdOf,
} from "./catalogue.ts";
import {
  printedAdvancedWrite,
  printedBasicWrite,
  printedHeadings,
  printedReadNvm,
  printedReadOnly,
  printedWriteNvm,
} from "./catalogue.vectors.ts";
import { tables } from "./index.ts";
import { readFromNvm, writtenByHosts, writtenByMeter } from "./non-volatile.ts";

const headings = printedHeadings
  .trim()
  .split("\n")
  .map((line) => line.split("|") as [string, string, string, string, string]);

test("141 objects, each once, tables before procedures, both by number", () => {
  assert.equal(catalogue.length, 141);
  assert.equal(new Set(catalogue.map(({ id }) => id)).size, 141);
  const ranks = catalogue.map(({ kind, number }) => (kind === "table" ? number : number + 10_000));
  assert.deepEqual(
    ranks,
    ranks.toSorted((a, b) => a - b),
  );
  const count = (kind: string, documented: boolean) =>
    catalogue.filter((entry) => entry.kind === kind && entry.documented === documented).length;
  assert.deepEqual([count("table", true), count("table", false)], [78, 35]);
  assert.deepEqual([count("procedure", true), count("procedure", false)], [4, 24]);
});

test("headings of the guide: numbers, titles and pages, but for its two misprints", () => {
  const misprints: string[] = [];
  for (const [page, id, decimal, hex, title] of headings) {
    const entry = catalogueEntry(id);
    assert.ok(entry?.documented, id);
    if ((decimal !== "" && entry.number !== Number(decimal)) || entry.number !== Number(hex)) misprints.push(id);
    assert.ok(entry.title.startsWith(title) || title.startsWith(entry.title), `${id} ${title}`);
    assert.deepEqual(entry.source, { guide: "mep", page: Number(page) }, id);
  }
  assert.equal(headings.length, 71);
  assert.deepEqual(misprints, ["ET46", "ET79"]);
  assert.deepEqual([numberOf("ET46"), numberOf("ET79")], [0x082e, 0x084f]);
});

test("declarations say the same, and every documented table has one", () => {
  const described = catalogue.flatMap((entry) => (entry.kind === "table" && entry.documented ? [entry] : []));
  assert.deepEqual(
    tables.map(({ id, number, title, access }) => ({ id, number, title, access })),
    described.map(({ id, number, title, access }) => ({ id, number, title, access })),
  );
});

test("access is that of table C.1, but for two tables whose chapters say otherwise", () => {
  const inList = (list: string) => new Set(list.split(" "));
  const [readOnly, advanced, basic] = [
    inList(printedReadOnly),
    inList(printedAdvancedWrite),
    inList(printedBasicWrite),
  ];
  const differ: string[] = [];
  for (const id of [...readOnly, ...advanced]) {
    const entry = catalogueEntry(id);
    assert.ok(entry?.kind === "table", id);
    const printed = readOnly.has(id) ? "never" : basic.has(id) ? "basic" : "advanced";
    if (entry.access.write !== printed) differ.push(id);
  }
  assert.deepEqual(differ, ["ET70", "ET71"]);
  assert.equal(catalogueEntry("ET03" as TableId)?.access.read, "none");
  const readable = catalogue.filter((entry) => entry.kind === "table" && entry.access.read === "basic").length;
  assert.equal(readable, 113 - 2, "all but ET03 and BT07");
});

test("marks of non-volatile memory are those of table C.1", () => {
  const ranked = (ids: Iterable<TableId>): string => [...ids].sort((a, b) => numberOf(a) - numberOf(b)).join(" ");
  assert.equal(ranked([...writtenByHosts, ...writtenByMeter]), printedWriteNvm);
  assert.equal(ranked(readFromNvm), printedReadNvm);
  const mayBeWritten = (id: TableId): boolean => catalogueEntry(id)?.access.write !== "never";
  assert.ok([...writtenByHosts].every(mayBeWritten) && ![...writtenByMeter].some(mayBeWritten));
});

test("who may call: table C.2 and the chapters", () => {
  const call = (id: "EP16" | "EP17" | "EP19" | "EP39" | "EP61" | "EP02") => catalogueEntry(id)?.access.call;
  assert.deepEqual([call("EP16"), call("EP17"), call("EP39"), call("EP61")], ["basic", "basic", "basic", "basic"]);
  assert.deepEqual([call("EP19"), call("EP02")], ["advanced", null]);
});

test("numbers and identifiers are each other's reverse", () => {
  for (const { id, kind, number } of catalogue) {
    assert.equal(numberOf(id), number);
    assert.equal(kind === "table" ? tableIdOf(number) : procedureIdOf(number), id);
  }
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 8191 }), (number) => assert.equal(numberOf(tableIdOf(number)), number)),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4095 }), (number) => assert.equal(numberOf(procedureIdOf(number)), number)),
  );
  // Optical guide 1.1, p. 10; MEP guide 1.1, pp. 57-58, 249.
  assert.deepEqual([tableIdOf(4150), tableIdOf(6191), procedureIdOf(2065)], ["BT4150", "ET6191", "EP17"]);
  for (const number of [-1, 8192, 0.5, Number.NaN]) assert.throws(() => tableIdOf(number), UsageError);
  for (const number of [-1, 4096, 0.5]) assert.throws(() => procedureIdOf(number), UsageError);
  for (const id of ["BT2048", "ET4150", "BT6191", "BT9999", "BP4150", "BT"] as const)
    assert.throws(() => numberOf(id as TableId), UsageError);
});

test("people may write a table in four ways", () => {
  for (const text of ["ET13", "et13", " ET013 ", "0x080D", "0X80d", "2061"])
    assert.equal(parseTableId(text), "ET13", text);
  assert.equal(parseTableId("13"), "BT13");
  assert.equal(parseTableId("bt7"), "BT07");
  assert.equal(parseTableId("0x1036"), "BT4150");
  for (const text of ["BT54 pending", "bt54-Pending", "BT54 pending "])
    assert.equal(parseTableId(text), "BT4150", text);
  assert.equal(parseTableId("et47 pending"), "ET6191");
  for (const text of ["BT4150 pending", "54 pending", "EP17 pending", "pending", "BT54pending", "BT54  pending"])
    assert.equal(parseTableId(text), undefined, text);
  for (const text of [
    "",
    "EP17",
    "ET2048",
    "9999",
    "0xFFFF",
    "ET",
    "13.0",
    "-1",
    "ET13.devices",
    "1e3",
    "BT99999999999",
  ]) {
    assert.equal(parseTableId(text), undefined, text);
  }
  assert.equal(parseProcedureId("ep17"), "EP17");
  assert.equal(parseProcedureId("bp4"), "BP04");
  assert.deepEqual(["2065", "0x0811", "10", "4096", "0x"].map(parseProcedureId), [
    "EP17",
    "EP17",
    "BP10",
    undefined,
    undefined,
  ]);
  assert.equal(parseProcedureId("ET13"), undefined);
});

test("no table needs the advanced key to be read, so that reading cannot tell which key it is", () => {
  assert.ok(catalogue.length > 80);
  assert.deepEqual(
    catalogue.filter(({ access }) => "read" in access && access.read === "advanced").map(({ id }) => id),
    [],
  );
});

test("any text is a known form or undefined", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^(0x|[BE][TP])?[0-9a-fA-F]{0,6}$/)), (text) => {
      const id = parseTableId(text);
      if (id !== undefined) assert.equal(parseTableId(id), id);
    }),
  );
  assert.equal(catalogueEntry("__proto__"), undefined);
});
