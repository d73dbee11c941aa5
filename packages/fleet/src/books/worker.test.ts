import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { startDaemon } from "@meterport/gateway/daemon";
import { until } from "@meterport/gateway/outputs/output-world.test-kit";
import { peer } from "../../../../test/support/peers.ts";
import { booksOutput } from "./books-output.ts";
import { FleetServer } from "./fleet-database.test-kit.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

test("a daemon that is given the books as an output is a worker: what it stores is booked, to the Wh", {
  skip,
}, async () => {
  const database = await servers.fleet();
  const server = await servers.server();
  const folder = mkdtempSync(join(tmpdir(), "meterport-worker-"));
  const lines: string[] = [];
  const daemon = await startDaemon({
    data: folder,
    env: { METERPORT_HTTP_PORT: "0" },
    writeLog: (line) => lines.push(line),
    outputs: [
      { output: booksOutput({ url: `${server.url}?schema=${database.place.schema}`, fleet: "test", holder: "w1" }) },
    ],
  });
  try {
    const sum = `SELECT count(*)::int AS slots, sum(v)::int AS wh FROM profile_day d JOIN channel c USING (channel_id),
      unnest(d.raw, d.rank) AS s (v, k) WHERE c.name = 'energy_import_wh' AND k = '9'`;
    // The simulated household begins with the load profile of its past day.
    await until("a day is booked", async () => Number((await database.run(sum)).rows[0]?.slots) >= 90, 20_000);
    const now = Date.now();
    const query = `from=${new Date(now - 2 * 86_400_000).toISOString()}&to=${new Date(now).toISOString()}`;
    const answer = await fetch(
      `${daemon.url}/api/v1/meters/demo/intervals?channel=energy_import_wh&limit=1000&${query}`,
    );
    const { intervals } = (await answer.json()) as {
      intervals: { value: number | null; source: string; quality: string }[];
    };
    const good = intervals.filter(({ source, quality }) => source === "profile" && quality === "good");
    const { slots, wh } = (await database.run(sum)).rows[0] as { slots: number; wh: number };
    assert.deepEqual({ slots, wh }, { slots: good.length, wh: good.reduce((all, { value }) => all + (value ?? 0), 0) });
    assert.ok(Number((await database.run("SELECT count(*)::int AS n FROM block")).rows[0]?.n) > 0, "with its proofs");
  } catch (error) {
    throw new Error(lines.join("\n"), { cause: error });
  } finally {
    await daemon.stop("the test is over");
    rmSync(folder, { recursive: true, force: true });
  }
});
