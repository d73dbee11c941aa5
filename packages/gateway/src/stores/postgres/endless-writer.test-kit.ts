/**
 * A process for `postgres-crash.test.ts`: stores batches without end, each again until it is acknowledged, and prints the
 * number of each that was.
 */
import { silentLog } from "@meterport/engine/ports/log";
import { batchOf } from "./numbered-batch.test-kit.ts";
import { openPostgresStore } from "./postgres-store.ts";

const [url = "", first = "0"] = process.argv.slice(2);
const store = await openPostgresStore(url, { log: silentLog, wall: Date.now });
for (let n = Number(first); ; n++) {
  for (;;) {
    try {
      await store.write(batchOf(n));
      break;
    } catch {
      // The database is away: the same batch again, whether or not it was stored.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  if (n % 5 === 0) await store.setCursor("reader", n).catch(() => {});
  // Waits until the line is written: only what the parent can see counts as acknowledged.
  await new Promise<void>((resolve) => process.stdout.write(`${n}\n`, () => resolve()));
}
