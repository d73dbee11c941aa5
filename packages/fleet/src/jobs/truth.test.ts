import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { startDaemon } from "@meterport/gateway/daemon";
import { until } from "@meterport/gateway/outputs/output-world.test-kit";
import { systemClock } from "@meterport/transports/clock";
import { peer } from "../../../../test/support/peers.ts";
import { serveMeter } from "../../../../test/support/served-meter.ts";
import { booksOutput } from "../books/books-output.ts";
import { FleetServer } from "../books/fleet-database.test-kit.ts";
import { folderFor } from "../exports/delivery/delivery.test-kit.ts";
import { startJobs } from "./fleet-jobs.ts";
import { dayMillis, isoDay } from "./job-world.test-kit.ts";
import { jobsDesk } from "./jobs-desk.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const quarter = 900_000;

test("a virtual meter's day as RSM-012, read over its line, booked, checked and delivered, is its truth to the Wh", {
  skip,
}, async (t) => {
  const database = await servers.fleet();
  const url = `${(await servers.server()).url}?schema=${database.place.schema}`;
  const lines: string[] = [];
  const meter = await serveMeter(3);
  const daemon = await startDaemon({
    data: folderFor(t),
    env: { METERPORT_HTTP_PORT: "0", METERPORT_LINK: meter.url, METERPORT_KEY: meter.key },
    writeLog: (line) => lines.push(line),
    outputs: [{ output: booksOutput({ url, fleet: "test", holder: "w1" }) }],
  });
  const [today, target] = [Math.floor(Date.now() / dayMillis) * dayMillis, join(folderFor(t), "target")];
  mkdirSync(target);
  const jobs = await startJobs({
    ...{ url, fleet: "test", name: "jobs-1", clock: systemClock, folder: folderFor(t), pollSeconds: 0.5 },
    log: (line) => lines.push(line),
  });
  try {
    const yesterday = isoDay(today - dayMillis);
    await until(
      "the day is booked",
      async () => {
        const { rows } = await database.run("SELECT 1 FROM profile_day WHERE day = $1 AND '0' <> ALL (rank)", [
          yesterday,
        ]);
        return rows.length > 0;
      },
      60_000,
    );
    await database.run("UPDATE metering_point SET gsrn = '571313000000002000'");
    const plan = await jobsDesk.saveExportPlan(
      database.run,
      {
        ...{ name: "datahub", scope: { all: true }, channels: ["energy_import_wh"], zone: "UTC" },
        format: { kind: "rsm-012-json", sender: "5790001330552", receiver: "5790001330553" },
        ...{ schedule: { every: "day", minute: 0 }, target: { kind: "folder", folder: target } },
      },
      "anna",
      Date.now(),
    );
    await jobsDesk.runExportAgain(database.run, plan, yesterday, undefined, Date.now());
    await until(
      "it is delivered",
      async () => {
        await jobs.look();
        const [run] = await jobsDesk.exportRuns(database.run, plan, { limit: 1 });
        // Before the day is checked nothing can be made of it, and that rests for an hour.
        if (run?.state === "failed")
          await jobsDesk.runExportAgain(database.run, plan, yesterday, undefined, Date.now());
        return run?.state === "delivered";
      },
      60_000,
    );
    const { NotifyValidatedMeasureData_MarketDocument: document } = JSON.parse(
      readFileSync(join(target, `datahub_${yesterday}_v1.json`), "utf8"),
    );
    const points: readonly { readonly quantity: number }[] = document.Series[0].Period.Point;
    const truthAt = (time: number): number => Math.floor(Number(meter.device.valuesAt(time).get(0)));
    const truth = Array.from({ length: 96 }, (_, slot) => {
      const end = today - dayMillis + (slot + 1) * quarter;
      return truthAt(end) - truthAt(end - quarter);
    });
    assert.deepEqual(
      points.map(({ quantity }) => Math.round(1_000 * quantity)),
      truth,
    );
    assert.ok(Math.max(...truth) > 0, "a day in which nothing was counted would prove nothing");
  } catch (error) {
    throw new Error(lines.join("\n"), { cause: error });
  } finally {
    await jobs.stop();
    await daemon.stop("the test is over");
    await meter.unplug();
  }
});
