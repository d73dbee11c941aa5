/** Duties beside checks and exports: gaps, campaigns, months, what is kept for how long. */
import type { FleetRetention, GapSettings } from "@meterport/gateway/settings/fleet-settings";
import type { Millis } from "@meterport/protocol/ports";
import { makeMonthsAhead } from "../books/partitions.ts";
import { closeCampaign, openAhead, openCampaign } from "./campaign-book.ts";
import { iso } from "./campaign-rows.ts";
import { type Duty, type DutyParts, keysOf } from "./duty.ts";
import { scanShard } from "./gap-scan.ts";
import { doneAt, noteDone } from "./marks.ts";
import { dayReport } from "./report.ts";
import { keepTables } from "./retention.ts";
import { readClosing, readDueOnce, readDueShards, readOpening } from "./sql/due-jobs.ts";

const minute: Millis = 60_000;
const hour: Millis = 60 * minute;
const day: Millis = 24 * hour;

const gapScan = ({ database, now, shards, log }: DutyParts, settings: GapSettings): Duty => ({
  name: "gap-scan",
  atOnce: 2,
  due: (run, time) => keysOf(run, readDueShards, ["gap-scan", shards, iso(time - hour)]),
  perform: async (key, signal) => {
    const time = await now();
    const before = await doneAt(database.run, "gap-scan-whole", key);
    const whole = before === null || before < time - day;
    const scanned = await scanShard(database, Number(key), { ...settings, now: time, whole, signal });
    if (scanned.gone > 0)
      log(
        `shard ${key}: ${scanned.gone} intervals are in no meter's memory any more, such as ${scanned.example ?? "?"}`,
      );
    await noteDone(database.run, "gap-scan", key, time);
    if (whole) await noteDone(database.run, "gap-scan-whole", key, time);
  },
});

const campaignOpen = ({ database, log }: DutyParts): Duty => ({
  name: "campaign-open",
  atOnce: 1,
  due: (run, time) => keysOf(run, readOpening, [iso(time + openAhead)]),
  perform: async (key, signal) => {
    await openCampaign(database, Number(key), signal);
    log(`campaign ${key} has its targets`);
  },
});

const campaignClose = ({ database, log }: DutyParts): Duty => ({
  name: "campaign-close",
  atOnce: 1,
  due: (run, time) => keysOf(run, readClosing, [iso(time)]),
  perform: async (key) => {
    const expired = await closeCampaign(database, Number(key));
    log(`campaign ${key} is over; ${expired} of its targets were not read`);
  },
});

/** Something that is done once in a while for the whole fleet. */
const once = (
  { database, now }: DutyParts,
  name: string,
  period: Millis,
  work: (time: Millis, signal: AbortSignal) => Promise<void>,
): Duty => ({
  name,
  atOnce: 1,
  due: (run, time) => keysOf(run, readDueOnce, [name, iso(time - period)]),
  perform: async (_key, signal) => {
    const time = await now();
    await work(time, signal);
    await noteDone(database.run, name, "", time);
  },
});

export const usualDuties = (parts: DutyParts, scan: GapSettings, retention: FleetRetention): readonly Duty[] => [
  gapScan(parts, scan),
  campaignOpen(parts),
  campaignClose(parts),
  once(parts, "partition", day, async (time) => void (await makeMonthsAhead(parts.database, time))),
  once(parts, "retention", day, (time, signal) => keepTables(parts, retention, time, signal)),
  once(parts, "report", day, async (time) => parts.log(await dayReport(parts.database.run, time))),
];
