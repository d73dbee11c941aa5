import assert from "node:assert/strict";
import { test } from "node:test";
import { logKeyForms } from "./key-forms.ts";

test("the forms of keys are a line for each of a few meters, and one for many", () => {
  const lines: string[] = [];
  const hex = Array.from({ length: 1000 }, (_, n) => ({ id: `flat-${n}`, keyForm: "read as 32 hex digits" }));
  logKeyForms([{ id: "shop", keyForm: "read as 16 ASCII characters" }, ...hex], {
    info: (text, about) => lines.push(about === undefined ? text : `${about.meter}: ${text}`),
  });
  assert.deepEqual(lines, [
    "shop: key read as 16 ASCII characters",
    "keys of 1000 meters (flat-0, flat-1, flat-2 …): read as 32 hex digits",
  ]);
});
