/** Campaigns in the books: made by somebody, expanded to targets when they open, ended when they close. */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { Database, Row, Run } from "../books/database.ts";
import { type Campaign, campaignProblems, usualRetry } from "../campaigns/campaign.ts";
import { stateOf, type TargetState, targetStates } from "../campaigns/target-state.ts";
import { type CampaignMeter, type Target, targetsOf, untried } from "../campaigns/targets.ts";
import { tellNews } from "../shards/news.ts";
import {
  type CampaignRow,
  type CampaignSpec,
  campaignIn,
  campaignStates,
  iso,
  millis,
  summaryOf,
} from "./campaign-rows.ts";
import type { CampaignReport, CampaignSummary, CampaignTarget, JobsDesk, Scope } from "./desk.ts";
import * as sql from "./sql/campaigns.ts";
import { zoneOffset } from "./zone-offset.ts";

/** Targets of one transaction: somebody else may want the campaign meanwhile. */
const atOnce = 5_000;
/** Targets are made before a campaign opens, so that it begins in time. */
export const openAhead: Millis = 600_000;
const mostNamed = 100_000;
const mostReasons = 50;

const refuse = (what: string): never => {
  throw new UsageError("campaign", what);
};

export const sitesIn = (scope: Scope): readonly string[] | null => ("sites" in scope ? scope.sites : null);
export const pointsIn = (scope: Scope): readonly string[] | null => ("points" in scope ? scope.points : null);

const nameProblems = (name: string): readonly string[] =>
  name.trim() === "" || name.length > 100 || /\p{Cc}/u.test(name)
    ? ["The name of a campaign must be one line of 1 to 100 characters."]
    : [];

export const scopeProblems = async (run: Run, scope: Scope): Promise<readonly string[]> => {
  if ("all" in scope) return [];
  const [sites, points] = [sitesIn(scope) ?? [], pointsIn(scope) ?? []];
  const named = sites.length + points.length;
  if (named === 0) return ["It must be for something: name sites or points, or say that it is for all."];
  if (named > mostNamed) return [`It may name ${mostNamed} sites or points, not ${named}: make it for all.`];
  const { rows } = await run(sql.readUnknown, [sites, points]);
  if (rows.length === 0) return [];
  return [`There is no ${rows.map(({ what, id }) => `${String(what)} ${JSON.stringify(id)}`).join(", no ")}.`];
};

const meterIn = (row: Row): CampaignMeter => ({
  ...{ meter: Number(row.meter_id), site: Number(row.site_id), shard: Number(row.shard) },
  offset: zoneOffset(String(row.zone)),
});

const targetColumns = (targets: readonly Target[]) => ({
  meters: targets.map(({ meter }) => meter),
  shards: targets.map(({ shard }) => shard),
  states: targets.map(({ state }) => targetStates[state]),
  nextAts: targets.map(({ nextAt }) => iso(nextAt)),
  reasons: targets.map(({ reason }) => reason),
});

const locked = async (run: Run, id: number): Promise<CampaignRow> => {
  const [row] = (await run(sql.lockCampaign, [id])).rows;
  return row === undefined ? refuse(`There is no campaign ${id}.`) : campaignIn(row);
};

/** Makes the next targets in a transaction; false if there are no more meters, or the campaign is planned no longer. */
const expandSome = async (run: Run, id: number, most: number): Promise<boolean> => {
  const { campaign, scope, state, expandedTo } = await locked(run, id);
  if (state !== "planned") return false;
  const { rows } = await run(sql.readScope, [expandedTo, sitesIn(scope), pointsIn(scope), most]);
  const made = targetColumns(targetsOf(campaign, rows.map(meterIn)));
  if (rows.length > 0) {
    await run(sql.writeTargets, [id, made.meters, made.shards, made.states, made.nextAts, made.reasons]);
    await run(sql.noteExpanded, [id, Math.max(...made.meters)]);
  }
  if (rows.length === most) return true;
  await run(sql.setState, [id, campaignStates.open]);
  await tellNews(run, { kind: "visits", shards: expandedTo === 0 ? made.shards : undefined });
  return false;
};

/** @throws UsageError (`campaign`) with all that is wrong, a line each */
export const makeCampaign: JobsDesk["makeCampaign"] = async (run, wanted, by, now) => {
  const { name, scope, reads, windows, spread, retry = usualRetry, opens, closes, priority } = wanted;
  const problems = [
    ...nameProblems(name),
    ...campaignProblems({ id: 0, reads, opens, closes, windows, priority, spread, retry }),
    ...(closes <= now ? ["A campaign must close in the future."] : []),
    ...(await scopeProblems(run, scope)),
  ];
  if (problems.length > 0) refuse(problems.join("\n"));
  const spec: CampaignSpec = { scope, reads, windows, spread, retry };
  const values = [name, JSON.stringify(spec), iso(opens), iso(closes), priority, by];
  const id = Number((await run(sql.writeCampaign, values)).rows[0]?.campaign_id);
  // One that is small opens at once; the jobs go on with any other.
  if (opens <= now + openAhead && (await expandSome(run, id, atOnce))) await tellNews(run, { kind: "jobs" });
  return id;
};

/** Expands a campaign to its targets and opens it. What was cut off goes on where it was; several at once do no harm. */
export const openCampaign = async (
  database: Database,
  id: number,
  signal?: AbortSignal,
  most = atOnce,
): Promise<void> => {
  while (await database.transaction((run) => expandSome(run, id, most))) signal?.throwIfAborted();
};

const endAll = async (run: Run, id: number, state: TargetState, reason: string, keepsOwn: boolean): Promise<number> => {
  let ended = 0;
  for (;;) {
    const { count } = await run(sql.endTargets, [id, targetStates[state], reason, keepsOwn, atOnce]);
    ended += count;
    if (count < atOnce) return ended;
  }
};

/** Ends a campaign that is over: what is open has expired. Gives how many targets that were. */
export const closeCampaign = async (database: Database, id: number): Promise<number> => {
  const isOver = await database.transaction(async (run) => {
    const { state } = await locked(run, id);
    if (state === "planned" || state === "open") await run(sql.setState, [id, campaignStates.closed]);
    return state !== "cancelled";
  });
  return isOver ? endAll(database.run, id, "expired", untried, true) : 0;
};

/** Planned ones are not tried at all. */
export const cancelCampaign: JobsDesk["cancelCampaign"] = async (run, id) => {
  const { count } = await run(sql.setState, [id, campaignStates.cancelled]);
  if (count === 0) refuse(`There is no campaign ${id}.`);
  return endAll(run, id, "cancelled", "It was cancelled.", false);
};

const againSome = async (run: Run, campaign: Campaign, after: number) => {
  const { rows } = await run(sql.readEnded, [campaign.id, after, atOnce]);
  const targets = targetColumns(targetsOf(campaign, rows.map(meterIn)));
  if (rows.length > 0)
    await run(sql.tryAgain, [campaign.id, targets.meters, targets.states, targets.nextAts, targets.reasons]);
  return { count: rows.length, last: Math.max(after, ...targets.meters) };
};

export const againCampaign: JobsDesk["againCampaign"] = async (run, id, closes, now) => {
  const [row] = (await run(sql.readCampaign, [id])).rows;
  if (row === undefined) return refuse(`There is no campaign ${id}.`);
  const { campaign, state } = campaignIn(row);
  if (state === "planned") refuse(`Campaign ${id} has not opened yet.`);
  const spread = Math.max(0, Math.min(campaign.spread, closes - now));
  const next = { ...campaign, opens: now, closes, spread };
  const problems = [
    ...campaignProblems(next),
    ...(closes < campaign.closes ? ["It may not close earlier than before."] : []),
  ];
  if (problems.length > 0) refuse(problems.join("\n"));
  await run(sql.reopen, [id, iso(closes)]);
  let again = 0;
  for (let after = 0; ; ) {
    const { count, last } = await againSome(run, next, after);
    again += count;
    after = last;
    if (count === atOnce) continue;
    await tellNews(run, { kind: "visits" });
    return again;
  }
};

export const listCampaigns: JobsDesk["listCampaigns"] = async (run, { after, limit }) =>
  (await run(sql.readCampaigns, [after === undefined ? null : Number(after), limit])).rows.map(
    (row): CampaignSummary => summaryOf(campaignIn(row)),
  );

const namedState = (row: Row): TargetState => stateOf(String(row.state)) ?? "expired";

export const campaignReport: JobsDesk["campaignReport"] = async (run, id): Promise<CampaignReport | undefined> => {
  const [row] = (await run(sql.readCampaign, [id])).rows;
  if (row === undefined) return undefined;
  const counts = Object.fromEntries(Object.keys(targetStates).map((state) => [state, 0])) as Record<
    TargetState,
    number
  >;
  for (const counted of (await run(sql.countTargets, [id])).rows) counts[namedState(counted)] = Number(counted.count);
  const reasons = (await run(sql.countReasons, [id, mostReasons])).rows.map((one) => ({
    ...{ state: namedState(one), reason: String(one.reason), count: Number(one.count) },
  }));
  return { ...summaryOf(campaignIn(row)), counts, reasons };
};

const textOrNull = (value: unknown): string | null => (value === null ? null : String(value));

export const campaignTargets: JobsDesk["campaignTargets"] = async (run, id, { state, afterMeter = 0, limit }) =>
  (await run(sql.readTargets, [id, state === undefined ? null : targetStates[state], afterMeter, limit])).rows.map(
    (row): CampaignTarget => ({
      ...{
        meter: Number(row.meter_id),
        serial: String(row.serial),
        site: textOrNull(row.site),
        point: textOrNull(row.point),
      },
      ...{
        state: namedState(row),
        attempts: Number(row.attempts),
        nextAt: millis(row.next_at),
        reason: textOrNull(row.reason),
      },
    }),
  );
