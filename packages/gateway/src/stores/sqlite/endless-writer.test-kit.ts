/** A process for `sqlite-store.test.ts`: writes batches without end, and prints each that was acknowledged. */
import { silentLog } from "@meterport/engine/ports/log";
import { reading } from "@meterport/engine/testing/fake-meter";
import { openSqliteStore } from "./sqlite-threads.ts";

const folder = process.argv[2] ?? "";
const store = await openSqliteStore(folder, silentLog, Date.now);
const proof = { time: 1, table: "BT64", offset: 0, raw: null, profile: null, clockOffset: null, note: "read" };

/** It continues where the last process was killed. */
const begin = (await store.journal({ after: 0, limit: 1_000_000 })).entries.length / 2;
const values = (n: number) => reading(n * 1_000, { power_w: n, energy_import_wh: n });

for (let n = begin; ; n++) {
  const { journal } = await store.write({
    readings: [2 * n, 2 * n + 1].map((at) => ({ point: "home", reading: values(at) })),
    intervals: [
      {
        point: "home",
        channel: "energy_import_wh",
        end: n * 900_000,
        seconds: 900,
        value: n,
        source: "profile",
        quality: "good",
        flags: [],
        register: null,
        proof,
      },
    ],
    events: [
      {
        point: "home",
        id: `e${n}`,
        time: n,
        until: null,
        kind: "outage",
        number: null,
        origin: "outage",
        detail: "{}",
      },
    ],
  });
  await store.setCursor("mqtt", journal);
  // Waits until the line is written: only what the parent can see counts as acknowledged.
  const line = `${JSON.stringify({ n, journal, cursor: journal })}\n`;
  await new Promise<void>((resolve) => process.stdout.write(line, () => resolve()));
}
