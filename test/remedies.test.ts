/** The command, docs/first-meter.md and the page explain causes and remedies: none of them lacks a code. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { headRemedies, linkRemedies } from "@meterport/protocol/meaning/remedies";
import { da } from "../packages/dashboard/src/i18n/da.ts";
import { de } from "../packages/dashboard/src/i18n/de.ts";
import { en } from "../packages/dashboard/src/i18n/en.ts";
import { textOf } from "./support/sources.ts";

const codesIn = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/\(`([a-z-]+)`\)/g)].map(([, code = ""]) => code);

/** These do not concern the line: the caller or a queue causes them. */
const ownDoing = ["aborted", "queue-full", "moved", "reply-lost"];
/** docs/tls.md and docs/optical.md explain these. */
const elsewhere = ["no-tls", "tls-required", "tls", "session"];

describe("remedies", () => {
  test("docs/first-meter.md lists exactly the ways in which a link fails", () => {
    const told = codesIn(textOf("docs/first-meter.md")).filter((code) => code !== "code");
    const failures = Object.keys(linkRemedies);
    assert.deepEqual(
      told.filter((code) => !failures.includes(code)),
      [],
    );
    const missing = failures.filter(
      (code) => !told.includes(code) && !ownDoing.includes(code) && !elsewhere.includes(code),
    );
    assert.deepEqual(missing, []);
  });

  test("the page has the same causes in each language, and a remedy for each that has one", () => {
    const codes = Object.keys(en.linkCauses);
    for (const { linkCauses } of [da, de]) {
      assert.deepEqual(Object.keys(linkCauses).sort(), [...codes].sort());
      for (const code of codes) assert.equal(linkCauses[code]?.length, en.linkCauses[code]?.length, code);
    }
  });

  test("what differs at a reading head is a code that exists", () => {
    const known = [...Object.keys(linkRemedies), "no-permission"];
    assert.deepEqual(
      Object.keys(headRemedies).filter((code) => !known.includes(code)),
      [],
    );
  });
});
