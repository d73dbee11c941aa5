/** A process for `sqlite-store.test.ts`: appends without end and prints each acknowledged reading. */
import { silentLog } from "@meterport/engine/ports/log";
import { reading } from "@meterport/engine/testing/fake-meter";
import { openSqliteStore } from "./sqlite-store.ts";

const folder = process.argv[2] ?? "";
const store = openSqliteStore(folder, silentLog, Date.now);
for (let n = 0; ; n++) {
  await store.write({
    readings: [{ point: "home", reading: reading(n * 1_000, { power_w: n, energy_import_wh: n }) }],
  });
  // Waits until the line is written: only what the parent can see counts as acknowledged.
  await new Promise<void>((resolve) => process.stdout.write(`${n}\n`, () => resolve()));
}
