import assert from "node:assert/strict";
import { test } from "node:test";
import { joinCsv } from "./join-csv.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("the header is there once, and every row after it", async () => {
  const joined = joinCsv([bytes("point,value\na,1\n"), bytes("point,value\n"), bytes("point,value\nb,ü\n")]);
  assert.equal(await joined?.text(), "point,value\na,1\nb,ü\n");
});

test("files with other columns are not joined", () => {
  assert.equal(joinCsv([bytes("point,value\na,1\n"), bytes("point,seconds,value\nb,1,2\n")]), null);
});
