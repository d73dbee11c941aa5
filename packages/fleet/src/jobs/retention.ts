/** What is deleted because it is old. Values are kept until somebody says for how long. */
import type { FleetRetention } from "@meterport/gateway/settings/fleet-settings";
import type { Millis } from "@meterport/protocol/ports";
import type { Run } from "../books/database.ts";
import {
  deleteAll,
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
const packedAfter = 130 * day;

const keptFor: Readonly<Record<MonthlyTable, keyof FleetRetention>> = {
  ...{ profile_day: "values", chosen_day: "values", vee_day: "values", block: "proofs", register_reading: "registers" },
};

const pruneWork = async (run: Run, before: Millis): Promise<void> => {
  const values = [iso(before)];
  await deleteAll(
    run,
    `DELETE FROM target WHERE (campaign_id, meter_id) IN (SELECT campaign_id, meter_id FROM target
      JOIN campaign c USING (campaign_id) WHERE c.state IN ('c', 'x') AND c.closes < $1 LIMIT $2)`,
    values,
  );
  await deleteAll(
    run,
    `DELETE FROM export_part WHERE ctid = ANY (ARRAY(SELECT p.ctid FROM export_part p
      JOIN export_run r USING (export_id, day, version) WHERE r.state IN ('d', 'r') AND r.at < $1 LIMIT $2))`,
    values,
  );
};

/** Drops what is too old, and packs a month that changes no more. Cut off at any moment, it goes on the next time. */
export const keepTables = async (
  { database, log }: Pick<DutyParts, "database" | "log">,
  retention: FleetRetention,
  now: Millis,
  signal: AbortSignal,
): Promise<void> => {
  const before = (kept: Millis): Millis => now - kept;
  for (const [table, of] of Object.entries(keptFor) as [MonthlyTable, keyof FleetRetention][]) {
    const kept = retention[of];
    if (kept === null) continue;
    signal.throwIfAborted();
    const dropped = await dropMonths(database, table, { before: before(kept) });
    if (dropped.length > 0) log(`older than ${Math.round(kept / day)} days and dropped: ${dropped.join(", ")}`);
  }
  if (retention.events !== null) await pruneEvents(database, before(retention.events));
  if (retention.work !== null) await pruneWork(database.run, before(retention.work));
  await pruneGaps(database);
  const old = [...((await monthsIn(database.run)).of.get("profile_day") ?? [])]
    .filter((month) => month < monthOf(before(packedAfter)))
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
