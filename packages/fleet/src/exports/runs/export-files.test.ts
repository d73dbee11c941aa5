import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { nameUuid } from "../delivery/name-uuid.ts";
import { dayOf, measured, unknown } from "../model/export-day.test-kit.ts";
import { type ExportFormat, type ExportRun, exportFiles } from "./export-files.ts";

const parties = { sender: "5790001330552", receiver: "5790000432752" };
const formats: readonly ExportFormat[] = [
  { kind: "csv-long" },
  { kind: "csv-wide", decimal: "," },
  { kind: "iec-61968-9", source: "Andelen" },
  { kind: "rsm-012-json", ...parties },
  { kind: "rsm-012-xml", ...parties },
  { kind: "consumption-record", sender: "AT001234", receiver: "AT005678" },
  { kind: "e66-fi", ...parties },
  { kind: "espi", title: "Andelen" },
];

const run: ExportRun = {
  name: "andelen",
  period: "2026-03-29",
  version: 2,
  created: Date.UTC(2026, 2, 30, 4),
  days: [
    dayOf("2026-03-29", {}, (n) => measured(n, 2)),
    dayOf("2026-03-29", { point: "shed", gsrn: "571313000000002001" }),
  ],
  before: () => null,
  uuidOf: nameUuid,
};

const bytesOf = (format: ExportFormat, of = run): readonly string[] =>
  [...exportFiles(format, of)].map(
    ({ name, parts }) =>
      `${name} ${createHash("sha256")
        .update([...parts].join(""))
        .digest("hex")}`,
  );

describe("a run of an export", () => {
  test("names its files by export, period and version; Austria has one for each point", () => {
    const names = formats.map((format) => [...exportFiles(format, run)].map(({ name }) => name));
    assert.deepEqual(names, [
      ["andelen_2026-03-29_v2.csv"],
      ["andelen_2026-03-29_v2.csv"],
      ["andelen_2026-03-29_v2.xml"],
      ["andelen_2026-03-29_v2.json"],
      ["andelen_2026-03-29_v2.xml"],
      ["andelen_2026-03-29_v2_571313000000002000.xml", "andelen_2026-03-29_v2_571313000000002001.xml"],
      ["andelen_2026-03-29_v2.json"],
      ["andelen_2026-03-29_v2.xml"],
    ]);
  });

  test("two runs of one moment have no message id in common", () => {
    const format: ExportFormat = { kind: "consumption-record", sender: "AT001234", receiver: "AT005678" };
    const idsOf = (of: ExportRun): readonly string[] =>
      [...exportFiles(format, of)].map(({ parts }) => /MessageId>([^<]*)</.exec([...parts].join(""))?.[1] ?? "");
    const ids = [run, { ...run, period: "2026-03-28" }, { ...run, name: "north" }].flatMap(idsOf);
    assert.equal(new Set(ids).size, 6, ids.join(" "));
  });

  test("gives the same bytes again in every format", () => {
    for (const format of formats)
      assert.deepEqual(
        bytesOf(format),
        bytesOf({ ...format }, { ...run, days: structuredClone(run.days) }),
        format.kind,
      );
  });

  test("says which versions each file carries", () => {
    for (const format of formats)
      for (const { carried } of exportFiles(format, run))
        assert.ok(carried().every(({ version, point }) => version === (point === "shed" ? 1 : 2)));
    const [first] = exportFiles({ kind: "csv-long" }, run);
    assert.equal(first?.carried().length, 2);
  });

  test("one point that Austria cannot get does not hold up the others", () => {
    const holed = dayOf("2026-03-29", {}, () => unknown());
    const files = [
      ...exportFiles(
        { kind: "consumption-record", sender: "AT001234", receiver: "AT005678" },
        { ...run, days: [holed, ...run.days.slice(1)] },
      ),
    ];
    assert.throws(() => [...(files[0]?.parts ?? [])], /has no reading method/);
    assert.match([...(files[1]?.parts ?? [])].join(""), /571313000000002001/);
  });

  test("the report to Finland is empty if nothing changed", () => {
    const [file] = exportFiles({ kind: "e66-fi", ...parties }, { ...run, before: (day) => day });
    assert.deepEqual([...(file?.parts ?? ["?"])], []);
  });

  test("each tenant gets a statement of the own points only", () => {
    const tenants = [
      { id: "flat-1", name: "Flat 1", points: ["lindevej-12"] },
      { id: "flat-2", name: "Flat 2 & cellar", points: ["shed"] },
    ];
    const forms = (["csv", "text", "page"] as const).map((form) => [
      ...exportFiles({ kind: "statement", form, zone: "Europe/Copenhagen", tenants }, { ...run, period: "2026-03" }),
    ]);
    assert.deepEqual(
      forms.map((files) => files.map(({ name }) => name)),
      ["csv", "txt", "html"].map((end) => tenants.map(({ id }) => `andelen_2026-03_v2_${id}.${end}`)),
    );
    const texts = forms.flat().map(({ parts }) => [...parts].join(""));
    for (const [n, text] of texts.entries()) {
      assert.equal(text.includes("lindevej-12"), n % 2 === 0);
      assert.equal(text.includes("shed"), n % 2 === 1);
    }
    const wrong = {
      kind: "statement",
      form: "csv",
      zone: "UTC",
      tenants: [{ id: "../x", name: "", points: [] }],
    } as const;
    assert.throws(() => [...exportFiles(wrong, run)], /a tenant has no id/);
  });

  test("two points with one number have two files", () => {
    const days = [dayOf("2026-03-29"), dayOf("2026-03-29", { point: "shed" })];
    const names = [
      ...exportFiles({ kind: "consumption-record", sender: "AT001234", receiver: "AT005678" }, { ...run, days }),
    ];
    assert.deepEqual(
      names.map(({ name }) => name),
      ["andelen_2026-03-29_v2_571313000000002000.xml", "andelen_2026-03-29_v2_2.xml"],
    );
  });

  test("a run without a plain name, a period or a version is refused", () => {
    const wrong: readonly Partial<ExportRun>[] = [{ name: "../x" }, { name: "" }, { period: "today" }, { version: 0 }];
    for (const changes of wrong)
      assert.throws(
        () => [...exportFiles({ kind: "csv-long" }, { ...run, ...changes })],
        /is not called|neither a day|runs count/,
      );
  });
});
