/** How a fleet is doing, as far as its database knows. */
import type { Millis } from "@meterport/protocol/ports";
import type { Run } from "../books/database.ts";
import type { Fleet } from "../books/migrate.ts";
import type { FleetAnswer, FleetHolder } from "../http/api.ts";
import { countsOf, holdersOf, statesOf, yesterdayOf } from "../http/lists/fleet-lists.ts";
import { readStrangers } from "../http/lists/lists-sql.ts";
import { countKeys } from "../keys/sql/key-rows.ts";

export interface FleetStatus extends FleetAnswer {
  readonly processes: readonly FleetHolder[];
  readonly free: readonly number[];
  /** Meters that have a link and no key. */
  readonly keyless: number;
  /** Points at which another meter answers than the list names, a hundred of them at most. */
  readonly strangers: readonly { readonly point: string; readonly listed: string; readonly found: string }[];
}

const mostStrangers = 100;

export const fleetStatus = async (run: Run, fleet: Fleet, now: Millis): Promise<FleetStatus> => {
  const { holders, free } = await holdersOf(run, fleet.shards);
  const keyless = (await run(countKeys)).rows.find(({ key_id }) => key_id === null)?.keys;
  const strangers = (await run(readStrangers, [mostStrangers])).rows.map(({ point, listed, found }) => ({
    ...{ point: String(point), listed: String(listed), found: String(found) },
  }));
  return {
    ...fleet,
    ...(await countsOf(run, fleet.shards, now)),
    ...{ states: await statesOf(run), yesterday: await yesterdayOf(run, now) },
    ...{ processes: holders, free, keyless: Number(keyless ?? 0), strangers },
  };
};
