/** What a holder asks of the books, and what it tells them: the targets of campaigns that are due, and gaps. */
import type { Span } from "@meterport/engine/backfill/profile-gaps";
import type { Entropy, Millis } from "@meterport/protocol/ports";
import type { Row, Run } from "../books/database.ts";
import { noteAsked, type OpenGap, openGaps } from "../books/gap-book.ts";
import { grouped } from "../books/grouped.ts";
import type { Campaign } from "../campaigns/campaign.ts";
import { gapSpans } from "../campaigns/gap-spans.ts";
import { stateOf, targetStates } from "../campaigns/target-state.ts";
import { type Attempt, afterAttempt, priorityAfter, type Target } from "../campaigns/targets.ts";
import type { DueTarget } from "../campaigns/visits.ts";
import { mayRead, nextClosing } from "../campaigns/windows.ts";
import { campaignIn, iso, millis } from "./campaign-rows.ts";
import * as sql from "./sql/campaigns.ts";
import { zoneOffset } from "./zone-offset.ts";

/** A target with what its holder knows the meter by. */
export interface DueMeter extends DueTarget {
  readonly serial: string;
  /** The metering point that it measures; null if nobody said. */
  readonly point: string | null;
  /** "Valid until": no visit begins at it or later, since the window or the campaign closes. Milliseconds since 1970. */
  readonly until: Millis;
}

/** What became of an attempt. */
export interface Settled {
  readonly campaign: number;
  readonly meter: number;
  readonly attempt: Attempt;
  /**
   * How many attempts had ended when it was asked for: if others have ended since, only that it was read still counts. Not
   * checked if omitted.
   */
  readonly attempts?: number | undefined;
}

/** Gaps of one channel that a meter is to be asked for. */
export interface DueGap {
  readonly point: string;
  /** "energy_import_wh" */
  readonly channel: string;
  readonly spans: readonly Span[];
}

export interface VisitBook {
  /** Targets of these shards that are due now, most urgent first; marks nothing. */
  readonly dueTargets: (
    run: Run,
    shards: readonly number[],
    now: Millis,
    limit: number,
  ) => Promise<readonly DueMeter[]>;
  /** The same for meters at these points, whatever their shards: those that a gateway brings by itself. */
  readonly dueAt: (run: Run, points: readonly string[], now: Millis, limit: number) => Promise<readonly DueMeter[]>;
  /** What became of attempts. The same told twice, or told late, changes nothing more. */
  readonly settle: (run: Run, done: readonly Settled[], now: Millis) => Promise<void>;
  /** Open gaps of these points that nobody asked for lately, the newest first; notes that they are asked for. */
  readonly dueGaps: (run: Run, points: readonly string[], now: Millis, limit: number) => Promise<readonly DueGap[]>;
}

/** A gap that was asked for is left alone for so long: the meter may be away, and its answer on the way. */
const askRest: Millis = 3_600_000;
/** Finding a place in the meter's ring costs more than so many slots that are read again. */
const nearSlots = 4;
/** Two who settle the same at the same time: the later one looks again. */
const mostTries = 5;

/** A campaign that may read now at sites of a zone. */
interface Reading {
  readonly campaign: Campaign;
  readonly zone: string;
}

/** Campaigns that may read now, each with the zones in which it may. */
const readingNow = async (
  run: Run,
  zonesIn: () => Promise<readonly Row[]>,
  now: Millis,
): Promise<readonly Reading[]> => {
  const campaigns = (await run(sql.readOpenCampaigns, [iso(now)])).rows.map((row) => campaignIn(row).campaign);
  if (campaigns.length === 0) return [];
  const zones = (await zonesIn()).map(({ zone }) => String(zone));
  return campaigns.flatMap((campaign) =>
    zones.filter((zone) => mayRead(campaign.windows, now, zoneOffset(zone))).map((zone) => ({ campaign, zone })),
  );
};

/** Until when a visit may begin, of each campaign in each zone once. */
const untilIn = (now: Millis) => {
  const known = new Map<string, Millis>();
  return ({ id, windows, closes }: Campaign, zone: string): Millis => {
    const key = `${id} ${zone}`;
    const until = known.get(key) ?? Math.min(closes, nextClosing(windows, now, zoneOffset(zone)) ?? closes);
    known.set(key, until);
    return until;
  };
};

const dueIn = (reading: readonly Reading[], now: Millis) => {
  const campaigns = new Map(reading.map(({ campaign }) => [campaign.id, campaign]));
  const untilOf = untilIn(now);
  return (row: Row): readonly DueMeter[] => {
    const campaign = campaigns.get(Number(row.campaign_id));
    if (campaign === undefined) return [];
    const { id, reads, priority } = campaign;
    const attempts = Number(row.attempts);
    return [
      {
        ...{ campaign: id, meter: Number(row.meter_id), site: Number(row.site_id ?? 0), attempts, reads },
        ...{ priority: priorityAfter(priority, attempts), serial: String(row.serial) },
        point: row.point === null ? null : String(row.point),
        until: untilOf(campaign, String(row.zone)),
      },
    ];
  };
};

const columnsOf = (reading: readonly Reading[], now: Millis): readonly unknown[] => [
  reading.map(({ campaign }) => campaign.id),
  reading.map(({ zone }) => zone),
  reading.map(({ campaign }) => campaign.priority),
  iso(now),
];

/** What is due, and what else is open of the same meters: a visit that is made anyway takes it along. */
const dueBy = async (
  run: Run,
  reading: readonly Reading[],
  now: Millis,
  { text, of, limit }: { readonly text: string; readonly of: unknown; readonly limit: number },
): Promise<readonly DueMeter[]> => {
  if (reading.length === 0) return [];
  const dueOf = dueIn(reading, now);
  const windows = columnsOf(reading, now);
  const due = (await run(text, [...windows, of, limit])).rows.flatMap(dueOf);
  if (due.length === 0 || reading.length === 1) return due;
  const meters = [...new Set(due.map(({ meter }) => meter))];
  return [...due, ...(await run(sql.readAlong, [...windows, meters, limit])).rows.flatMap(dueOf)];
};

const dueTargets: VisitBook["dueTargets"] = async (run, shards, now, limit) => {
  const zones = async () => (await run(sql.readShardZones, [shards])).rows;
  return dueBy(run, await readingNow(run, zones, now), now, { text: sql.readDue, of: shards, limit });
};

const dueAt: VisitBook["dueAt"] = async (run, points, now, limit) => {
  const zones = async () => (await run(sql.readPointZones, [points])).rows;
  return dueBy(run, await readingNow(run, zones, now), now, { text: sql.readDueAt, of: points, limit });
};

const targetIn = (row: Row): Target => ({
  ...{ campaign: Number(row.campaign_id), meter: Number(row.meter_id), site: Number(row.site_id) },
  ...{ shard: Number(row.shard), state: stateOf(String(row.state)) ?? "expired", attempts: Number(row.attempts) },
  ...{ nextAt: millis(row.next_at), reason: row.reason === null ? null : String(row.reason) },
});

const keyOf = ({ campaign, meter }: { readonly campaign: number; readonly meter: number }): string =>
  `${campaign} ${meter}`;

/** What changed of targets, written if they are still as they were. Gives the keys of those that were written. */
const writeTargets = async (run: Run, changed: readonly { readonly before: Target; readonly after: Target }[]) => {
  if (changed.length === 0) return new Set<string>();
  const column = <T>(of: (after: Target, before: Target) => T): T[] =>
    changed.map(({ before, after }) => of(after, before));
  const { rows } = await run(sql.writeTried, [
    column(({ campaign }) => campaign),
    column(({ meter }) => meter),
    column(({ state }) => targetStates[state]),
    column(({ attempts }) => attempts),
    column(({ nextAt }) => iso(nextAt)),
    column(({ reason }) => reason),
    column((_, { state }) => targetStates[state]),
    column((_, { attempts }) => attempts),
  ]);
  return new Set(rows.map((row) => keyOf({ campaign: Number(row.campaign_id), meter: Number(row.meter_id) })));
};

/** What failed in an attempt that is over says nothing new. What was read in it was read all the same, perhaps by another gateway of that token. */
const isStale = ({ attempt, attempts }: Settled, before: Target): boolean =>
  attempts !== undefined && (attempt.event === "read" ? attempts > before.attempts : attempts !== before.attempts);

const settleOnce = async (
  run: Run,
  done: readonly Settled[],
  now: Millis,
  entropy: Entropy,
): Promise<readonly Settled[]> => {
  const campaigns = new Map<number, Campaign>();
  for (const id of new Set(done.map(({ campaign }) => campaign))) {
    const [row] = (await run(sql.readCampaign, [id])).rows;
    if (row !== undefined) campaigns.set(id, campaignIn(row).campaign);
  }
  const { rows } = await run(sql.readTried, [done.map(({ campaign }) => campaign), done.map(({ meter }) => meter)]);
  const told = new Map(done.map((one) => [keyOf(one), one]));
  const changed = rows.flatMap((row) => {
    const before = targetIn(row);
    const [campaign, one] = [campaigns.get(before.campaign), told.get(keyOf(before))];
    if (campaign === undefined || one === undefined || isStale(one, before)) return [];
    const { attempt } = one;
    const after = afterAttempt(before, campaign, attempt, { now, offset: zoneOffset(String(row.zone)), entropy });
    return after === before ? [] : [{ before, after }];
  });
  const written = await writeTargets(run, changed);
  const late = new Set(changed.map(({ before }) => keyOf(before)).filter((key) => !written.has(key)));
  return done.filter((one) => late.has(keyOf(one)));
};

const spansOf = (gaps: readonly OpenGap[]): readonly Span[] => {
  const [first] = gaps;
  if (first === undefined) return [];
  const days = gaps
    .toSorted((a, b) => (a.day < b.day ? -1 : 1))
    .map(({ day, slots }) => ({ day, open: slots, gone: [] }));
  return gapSpans(days, first, nearSlots);
};

const dueGaps: VisitBook["dueGaps"] = async (run, points, now, limit) => {
  const gaps = await openGaps(run, points, { askedBefore: now - askRest, limit });
  if (gaps.length > 0) await noteAsked(run, gaps, now);
  return [...grouped(gaps, ({ channel }) => channel).values()].flatMap((some) => {
    const [first] = some;
    return first === undefined ? [] : [{ point: first.point, channel: first.name, spans: spansOf(some) }];
  });
};

/** @param entropy spreads the rests after failures */
export const visitBook = (entropy: Entropy): VisitBook => ({
  dueTargets,
  dueAt,
  dueGaps,
  settle: async (run, done, now) => {
    let left = done;
    for (let tries = 0; left.length > 0 && tries < mostTries; tries++) left = await settleOnce(run, left, now, entropy);
  },
});
