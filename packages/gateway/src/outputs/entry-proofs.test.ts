import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { interval, proof, register, t0 } from "../stores/contract/under-test.test-kit.ts";
import { openHastyStore } from "../stores/sqlite/hasty-store.test-kit.ts";
import { proofsOf } from "./entry-proofs.ts";

test("entries of intervals and registers get the proofs that are stored of them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-proofs-"));
  const store = openHastyStore(folder, () => t0);
  const other = { ...proof, table: "BT23", note: "read live" };
  await store.write({
    intervals: [interval({ proof }), interval({ end: t0 + 900_000 })],
    registers: [register({ proof: other }), register({ tier: 1 })],
  });
  const { entries } = await store.journal({ after: 0, limit: 100 });
  const proofs = await proofsOf(store, entries);
  assert.deepEqual(
    entries.map((entry) => proofs.get(entry)),
    [proof, undefined, other, undefined],
  );
  await store.close();
  rmSync(folder, { recursive: true });
});
