import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runCli } from "../../testing/run-cli.ts";

interface Field {
  readonly path: string;
  readonly offset: number;
  readonly size: number | null;
  readonly type: string;
  readonly bits?: readonly [number, number];
}
interface Listed {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly documented: boolean;
  readonly access: Record<string, string | null>;
  readonly size: number | null;
  readonly fields: readonly Field[];
}

const list = async (profile: string): Promise<ReadonlyMap<string, Listed>> => {
  const { code, out } = await runCli(["tables", "--json", "--profile", profile]);
  assert.equal(code, 0);
  return new Map((JSON.parse(out) as Listed[]).map((table) => [table.id, table]));
};
const fieldAt = (listed: ReadonlyMap<string, Listed>, id: string, path: string): Field | undefined =>
  listed.get(id)?.fields.find((field) => field.path === path);

/** What a device lacks. */
const withoutFields: Readonly<Record<string, readonly string[]>> = {
  "meter:3.30": "BT65 BT66 BT67 ET70 ET71 ET74 ET75 ET79 ET80 ET81 ET85 ET89 ET90 ET97".split(" "),
  "meter:3.70": ["ET70", "ET85", "ET89", "ET90", "ET97"],
  "meter:4.30": [],
  "module:1.20": ["ET70", "ET75", "ET85", "ET89", "ET90", "ET97"],
};

describe("tables --json", async () => {
  const listed = await list("meter:3.70");

  test("has every table and procedure of the catalogue, by number, with exactly the keys of the contract", () => {
    assert.equal(listed.size, 141);
    for (const table of listed.values()) {
      assert.deepEqual(Object.keys(table), ["id", "number", "title", "documented", "access", "size", "fields"]);
      for (const field of table.fields)
        assert.deepEqual(
          Object.keys(field).filter((key) => key !== "bits"),
          ["path", "offset", "size", "type"],
        );
    }
    assert.deepEqual(listed.get("EP39")?.access, { call: "basic" });
    assert.equal(listed.get("EP39")?.documented, false);
    assert.deepEqual(listed.get("BT23")?.access, { read: "basic", write: "advanced" });
  });

  test("sizes follow from the guide's defaults (notes of the guide, 4.2)", () => {
    const sizes = {
      // 19 and the six sets that follow.
      BT00: 79,
      BT01: 24,
      BT21: 10,
      BT22: 11,
      BT23: 220,
      BT27: 55,
      BT28: 220,
      ET11: 32,
      ET50: 71,
      ET51: 10,
    };
    for (const [id, size] of Object.entries(sizes)) assert.equal(listed.get(id)?.size, size, id);
    assert.deepEqual([listed.get("ET52")?.size, listed.get("ET53")?.size], [896, 1785]);
    assert.equal(listed.get("BT64")?.size, 110_460);
    const byContents = ["BT07", "BT08", "ET36", "ET42", "ET59"].map((id) => listed.get(id)?.size);
    // ET42 with one data type and one further data set of two channels.
    assert.deepEqual(byContents, [3, 4, 121, 102, 4]);
  });

  test("leaves have absolute offsets, bits count from the word's lowest", () => {
    assert.deepEqual(fieldAt(listed, "ET13", "devices.0.to"), {
      path: "devices.0.to",
      offset: 64,
      size: 2,
      type: "UINT16",
    });
    assert.deepEqual(fieldAt(listed, "ET50", "clients.0.mbusAlerts")?.bits, [2, 2]);
    assert.equal(fieldAt(listed, "BT23", "tiers.0.summations.0")?.offset, 44);
    assert.equal(fieldAt(listed, "BT28", "presentValues.1"), undefined, "only first elements are listed");
  });

  test("tables whose contents decide their layout are shown with factory settings", async () => {
    assert.equal(fieldAt(listed, "ET36", "actualDimensions.0.entrySize")?.offset, 3);
    assert.equal(fieldAt(listed, "ET36", "unreadEntriesBitmap")?.offset, 120);
    assert.equal(fieldAt(listed, "ET42", "logs.0.entrySize")?.offset, 42);
    assert.equal(fieldAt(listed, "ET42", "mdttEntries.0.drh.0")?.offset, 72);
    assert.equal(fieldAt(listed, "ET42", "dataSets.0.loadProfileExtendedSources.0")?.offset, 90);
    assert.equal(fieldAt(listed, "ET42", "accumulatorRolloverDigit")?.offset, 101);
    for (const id of ["BT08", "ET59"]) {
      assert.equal(fieldAt(listed, id, "result")?.offset, 3);
      assert.deepEqual([fieldAt(listed, id, "data")?.offset, fieldAt(listed, id, "data")?.size], [4, null]);
    }
    const sizes = ["meter:3.40", "meter:3.50", "meter:3.60"].map(
      async (profile) => (await list(profile)).get("ET42")?.size,
    );
    assert.deepEqual(await Promise.all(sizes), [75, 94, 97]);
    const newer = await list("meter:4.30");
    assert.deepEqual([newer.get("ET42")?.size, newer.get("ET85")?.size], [102, 4]);
  });

  test("every documented table has its fields, and every declared procedure", async () => {
    for (const profile of ["meter:3.30", "meter:3.70", "meter:4.30", "module:1.20"]) {
      const empty = [...(await list(profile)).values()].filter(
        ({ documented, fields }) => documented && fields.length === 0,
      );
      assert.deepEqual(
        empty.map(({ id }) => id),
        withoutFields[profile],
      );
    }
  });

  test("records and fields of open length are listed too", () => {
    assert.deepEqual(fieldAt(listed, "ET52", "records.0.length")?.offset, 5);
    assert.deepEqual(fieldAt(listed, "ET52", "records.0.message"), {
      path: "records.0.message",
      offset: 7,
      size: null,
      type: fieldAt(listed, "ET52", "records.0.message")?.type,
    });
    assert.equal(fieldAt(listed, "BT07", "parameters")?.offset, 3);
    assert.equal(fieldAt(listed, "EP17", "deviceHandle")?.offset, 4);
  });

  test("a table that the firmware does not have is listed without fields", async () => {
    assert.deepEqual([listed.get("ET70")?.size, listed.get("ET70")?.fields], [null, []]);
    const newer = await list("meter:4.30");
    assert.equal(newer.get("ET70")?.size, 156);
    assert.equal(newer.get("BT28")?.size, 336);
  });
});

describe("tables for people", () => {
  test("columns are aligned", async () => {
    const { code, out } = await runCli(["tables"]);
    assert.equal(code, 0);
    const lines = out.split("\n");
    assert.equal(lines[0], "ID      Number  Read            Write      Bytes  Fields  Title");
    assert.equal(lines[1], "BT00    0x0000  basic           –             79      28  General Configuration");
    assert.match(out, /\n141 tables and procedures; the fields of \d+ are declared for meter:3\.70: /);
  });

  test("lists the fields of one table", async () => {
    const { out } = await runCli(["tables", "bt15"], { columns: 200 });
    assert.match(
      out,
      /^BT15 Constants\n0x000f, read: basic, write: advanced, 17 bytes on meter:3\.70\n\nOffset {2}Size {2}Type/,
    );
  });

  test("no line is wider than the terminal", async () => {
    const { out } = await runCli(["tables", "ET13", "ET54"], { columns: 110 });
    for (const line of out.split("\n")) assert.ok(line.length <= 110, line);
  });

  test("uses colours only if the terminal has them", async () => {
    const esc = String.fromCharCode(27);
    assert.ok(!(await runCli(["tables"], { terminal: true })).out.includes(esc));
    assert.ok((await runCli(["tables"], { terminal: true, color: true })).out.includes(`${esc}[36mBT00${esc}[39m`));
  });

  test("suggests a name for an unknown one, and the form of a malformed profile", async () => {
    const wrong = await runCli(["tables", "ET555"]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /did you mean ET55/);
    const profile = await runCli(["tables", "--profile", "3.70"]);
    assert.equal(profile.code, 2);
    assert.match(profile.err, /not of the form meter:3\.70/);
  });
});
