import assert from "node:assert/strict";
import { after, test } from "node:test";
import { peer } from "../../../../test/support/peers.ts";
import { charArray, dateArray, intArray } from "./binary-arrays.ts";
import { FleetServer } from "./fleet-database.test-kit.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

test("PostgreSQL reads binary arrays as what they were made of", { skip }, async () => {
  const { run } = await servers.fleet();
  const numbers = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 900];
  const dates = ["1970-01-01", "2000-01-01", "2026-11-29", "1969-12-31"];
  const { rows } = await run(
    `SELECT $1::int[] AS numbers, $2::date[]::text[] AS dates, array_to_string($3::"char"[], '') AS letters, array_lower($1::int[], 1) AS lower`,
    [intArray(numbers), dateArray(dates.map((date) => Date.parse(date) / 86_400_000)), charArray("09v@A_\\{}")],
  );
  assert.deepEqual(rows, [{ numbers, dates, letters: "09v@A_\\{}", lower: 1 }]);
});

test("an array of the typed kind is the same", () => {
  assert.deepEqual(intArray(new Int32Array([5, -6])), intArray([5, -6]));
});
