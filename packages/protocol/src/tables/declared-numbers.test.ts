import assert from "node:assert/strict";
import { test } from "node:test";
import { procedures } from "../procedures/index.ts";
import { declaredProcedures, declaredTables } from "./declared-numbers.ts";
import { tables } from "./index.ts";

test("the numbers are those of the declarations", () => {
  assert.deepEqual(
    [...declaredTables],
    tables.map(({ number }) => number),
  );
  assert.deepEqual(
    [...declaredProcedures],
    procedures.map(({ number }) => number),
  );
});
