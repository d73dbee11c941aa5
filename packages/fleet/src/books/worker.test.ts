import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { startDaemon } from "@meterport/gateway/daemon";
import { until } from "@meterport/gateway/outputs/output-world.test-kit";
import { peer } from "../../../../test/support/peers.ts";
import { serveMeter } from "../../../../test/support/served-meter.ts";
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
  const meter = await serveMeter(2);
  const daemon = await startDaemon({
    data: folder,
    env: { METERPORT_HTTP_PORT: "0", METERPORT_LINK: meter.url, METERPORT_KEY: meter.key },
    writeLog: (line) => lines.push(line),
    outputs: [
      { output: booksOutput({ url: `${server.url}?schema=${database.place.schema}`, fleet: "test", holder: "w1" }) },
    ],
  });
  try {
    // Of the load profile, whole or not: when the power of this household fails depends on the day on which the test runs.
    const sum = `SELECT count(*)::int AS slots, sum(v)::int AS wh, min(at)::float8 AS first, max(at)::float8 AS last FROM (
      SELECT v, 1000 * (extract(epoch FROM day::timestamp) + 900 * n) AS at FROM profile_day d JOIN channel c USING (channel_id),
        unnest(d.raw, d.rank) WITH ORDINALITY AS s (v, k, n)
        WHERE c.name = 'energy_import_wh' AND c.step = 900 AND c.digits = 0 AND k IN ('7', '8', '9')) AS slot`;
    const look = async () => (await database.run(sum)).rows[0] as Record<"slots" | "wh" | "first" | "last", number>;
    // They come in several batches, so there may be holes for a while.
    const isWhole = async (): Promise<boolean> => {
      const { slots, first, last } = await look();
      return slots >= 180 && slots === (last - first) / 900_000 + 1;
    };
    await until("the meter's memory is booked without a hole", isWhole, 30_000);
    const { wh, first, last } = await look();
    const truthAt = (time: number): number => Math.floor(Number(meter.device.valuesAt(time).get(0)));
    assert.equal(wh, truthAt(last) - truthAt(first - 900_000));
    assert.ok(Number((await database.run("SELECT count(*)::int AS n FROM block")).rows[0]?.n) > 0, "with its proofs");
  } catch (error) {
    throw new Error(lines.join("\n"), { cause: error });
  } finally {
    await daemon.stop("the test is over");
    await meter.unplug();
    rmSync(folder, { recursive: true, force: true });
  }
});
