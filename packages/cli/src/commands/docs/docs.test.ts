import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Script } from "node:vm";
import { procedures } from "@meterport/protocol/procedures/index";
import { tables } from "@meterport/protocol/tables/index";
import { runCli } from "../../testing/run-cli.ts";
import { pageScript } from "./page-parts.ts";

const docs = async (...args: string[]) => {
  const written = new Map<string, string>();
  const ran = await runCli(["docs", ...args], { written });
  assert.deepEqual([ran.code, ran.err], [0, ""]);
  return { ...ran, written };
};

describe("docs as Markdown", () => {
  test("has a section for every declared table and procedure, and names the others", async () => {
    const { out } = await docs();
    const sections = [...out.matchAll(/^### (\w+) \(0x[0-9a-f]{4}\): \S/gm)].map(([, id]) => id);
    assert.deepEqual(sections, [
      ...tables.map(({ id }) => id),
      ...[...procedures.map(({ id }) => id), "EP39"].sort((a, b) => a.localeCompare(b)),
    ]);
    assert.match(out, /^### EP39 .*\n\n.* Not verified with a meter: /m);
    assert.match(out, /^- ET22 \(0x0816\): \(alarms\)$/m);
    assert.match(out, /^\| devices\.n\.billingDay \| 0 \| UINT8 \| /m);
    assert.match(
      out,
      /^### EP17 .*\n\nCall: basic key\. .*MEP guide 1\.1, p\. 249\.\n\n\*\*Parameters, in BT07\*\*\n/m,
    );
    assert.match(
      out,
      /^### ET13 .*\n\n.*\. Non-volatile memory: writes go straight to it\. MEP guide 1\.1, p\. 86\.$/m,
    );
    assert.match(out, /^### BT24 .*\n\nRead: .* Read-only on meter 3\.70 up to 3\.80, meter 4\.10 and later, module/m);
    assert.match(out, /^### ET97 .*\n\nRead: .* Not on meter 4\.00 up to 4\.02\./m);
    assert.match(out, /^### BP10 .*\n\n.* By ANSI C12\.19: the guides do not describe it\.$/m);
    assert.doesNotMatch(out, /undefined|\[object/);
    for (const line of out.split("\n").filter((text) => text.startsWith("|")))
      assert.match(line, /^(\| ([^|]|\\\|)* ){6}\|$/, line);
  });

  test("of one device has its tables, with their sizes", async () => {
    const { out } = await docs("--profile", "meter:3.70");
    assert.match(out, /^# Tables and procedures of meter:3\.70$/m);
    assert.match(out, /^### BT28 .*\n\n.* 220 bytes on meter:3\.70 with factory settings\.$/m);
    assert.doesNotMatch(out, /^### ET97 /m);
  });
});

describe("docs as a page", () => {
  test("is self-contained", async () => {
    const { out } = await docs("--format", "html");
    assert.match(out, /^<!doctype html>/);
    assert.doesNotMatch(out, /https?:|src=|@import|url\(/);
    for (const { id } of [...tables, ...procedures]) assert.ok(out.includes(`<section id="${id}">`), id);
    assert.ok(out.includes('href="#ET13.devices.n.billingDay"'));
    assert.equal(out.split("<tr>").length, out.split("</tr>").length);
  });

  test("has unique ids, and each link has a target", async () => {
    const { out } = await docs("--format", "html", "--profile", "meter:4.30");
    const ids = [...out.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assert.deepEqual(
      ids.filter((id, i) => ids.indexOf(id) !== i),
      [],
    );
    const known = new Set(ids);
    assert.deepEqual(
      [...out.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id).filter((id) => !known.has(id)),
      [],
    );
  });

  test("carries no markup in texts", async () => {
    const { out } = await docs("--format", "html");
    const plain = out.replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>/g, "");
    assert.doesNotMatch(plain.replace(/<\/?[a-z][a-z0-9]*(?: [^<>]*)?>|<!doctype html>/g, ""), /[<>]/);
  });

  test("finds rows and sections", () => {
    const element = (textContent: string) => ({ textContent, hidden: false });
    const section = (id: string, head: string, rows: ReturnType<typeof element>[]) => ({
      id,
      hidden: false,
      rows,
      querySelector: (selector: string) => element(selector === "h2" ? head : ""),
      querySelectorAll: () => rows,
    });
    const [voltage, current] = [element("voltage mV"), element("current mA")];
    const one = section("BT28", "BT28 Present Register Data", [voltage, current]);
    const other = section("ET13", "ET13 Device Configuration", [element("billingDay")]);
    const listeners: (() => void)[] = [];
    const search = { value: "", addEventListener: (_: string, run: () => void) => listeners.push(run) };
    const found = { textContent: "" };
    const link = (id: string) => ({ firstChild: { hash: `#${id}` }, hidden: false });
    const links = [link("BT28"), link("ET13")];
    const document = {
      getElementById: (id: string) => (id === "search" ? search : found),
      querySelectorAll: (selector: string) => (selector.startsWith("nav") ? links : [one, other]),
      addEventListener: () => {},
    };
    new Script(pageScript).runInNewContext({ document });
    const state = (text: string) => {
      search.value = text;
      listeners[0]?.();
      return [one.hidden, voltage.hidden, current.hidden, other.hidden, links[1]?.hidden, found.textContent];
    };
    assert.deepEqual(state("bt28 MA"), [false, true, false, true, true, "1 section"]);
    assert.deepEqual(state("billing"), [true, true, true, false, false, "1 section"]);
    assert.deepEqual(state("present"), [false, false, false, true, true, "1 section"]);
    assert.deepEqual(state("  "), [false, false, false, false, false, ""]);
  });
});

test("the path decides the format; a folder gets both", async () => {
  const page = await docs("--output", "x.html");
  assert.match(page.written.get("x.html") ?? "", /^<!doctype html>/);
  assert.equal(page.out, "");
  const text = await docs("--output", "x.md");
  assert.match(text.written.get("x.md") ?? "", /^# NES meter/);
  const both = await docs("--output", "site/");
  assert.deepEqual([...both.written.keys()], ["site/reference.md", "site/reference.html"]);
  const only = await docs("--output", "site/", "--format", "html");
  assert.deepEqual([...only.written.keys()], ["site/reference.html"]);
});

test("another format is wrong usage", async () => {
  const { code, err } = await runCli(["docs", "--format", "pdf"]);
  assert.equal(code, 2);
  assert.match(err, /md, html/);
});
