/** What is deleted because it is old. Values are kept until somebody says for how long. */
import type { Millis } from "@meterport/protocol/ports";
import type { Run } from "../books/database.ts";
import {
  dropMonths,
  firstDay,
  type MonthlyTable,
  monthOf,
  monthsIn,
  packMonth,
  pruneEvents,
  pruneGaps,
} from "../books/partitions.ts";
import { iso } from "./campaign-rows.ts";
import type { DutyParts } from "./duty.ts";

const day: Millis = 86_400_000;
/** No meter remembers months that are so old, so they change no more. */
const packedAfterDays = 130;

/** Days, null for ever. */
export interface Retention {
  /** What meters recorded, and what was chosen and judged of it. */
  readonly values: number | null;
  /** The bytes that prove values. */
  readonly proofs: number | null;
  readonly registers: number | null;
  readonly events: number | null;
  /** Targets of campaigns that are over, and files of exports that were delivered. */
  readonly work: number | null;
}

export const usualRetention: Retention = { values: null, proofs: 400, registers: null, events: 1_100, work: 400 };

const keptFor: Readonly<Record<MonthlyTable, keyof Retention>> = {
  ...{ profile_day: "values", chosen_day: "values", vee_day: "values", block: "proofs", register_reading: "registers" },
};

const pruneWork = async (run: Run, before: Millis): Promise<void> => {
  const values = [iso(before)];
  await run(
    "DELETE FROM target USING campaign c WHERE target.campaign_id = c.campaign_id AND c.state IN ('c', 'x') AND c.closes < $1",
    values,
  );
  await run(
    `DELETE FROM export_part p USING export_run r WHERE (p.export_id, p.day, p.version) = (r.export_id, r.day, r.version)
      AND r.state = 'd' AND r.at < $1`,
    values,
  );
};

/** Drops what is too old, and packs a month that changes no more. Cut off at any moment, it goes on the next time. */
export const keepTables = async (
  { database, log }: Pick<DutyParts, "database" | "log">,
  retention: Retention,
  now: Millis,
  signal: AbortSignal,
): Promise<void> => {
  const before = (days: number): Millis => now - days * day;
  for (const [table, of] of Object.entries(keptFor) as [MonthlyTable, keyof Retention][]) {
    const days = retention[of];
    if (days === null) continue;
    signal.throwIfAborted();
    const dropped = await dropMonths(database, table, { before: before(days) });
    if (dropped.length > 0) log(`older than ${days} days and dropped: ${dropped.join(", ")}`);
  }
  if (retention.events !== null) await pruneEvents(database, before(retention.events));
  if (retention.work !== null) await pruneWork(database.run, before(retention.work));
  await pruneGaps(database);
  const old = [...((await monthsIn(database.run)).of.get("profile_day") ?? [])]
    .filter((month) => month < monthOf(before(packedAfterDays)))
    .sort((a, b) => a - b);
  for (const month of old) {
    signal.throwIfAborted();
    if (await packMonth(database, "profile_day", month)) {
      // One a day: nobody reads or writes the month meanwhile.
      log(`packed the month from ${firstDay(month)}`);
      return;
    }
  }
};
