/** The gateway's answers about its fleet, as far as the page shows them. */
import { count, distinct, type Loose, listOf, number, oneOf, record, text, timeOf } from "../../state/loose.ts";

/** A page of a list, and the cursor of the next one. */
export interface ListPage<T> {
  readonly rows: readonly T[];
  readonly next: string | null;
  /** Rows of the whole list; null if the gateway does not count them. */
  readonly total: number | null;
}

/** More than a page of any list has. */
const MOST = 1000;
const LONGEST_NAME = 200;

function nameOf(value: unknown): string | null {
  return text(value)?.slice(0, LONGEST_NAME) ?? null;
}

function texts(value: unknown): string[] {
  return listOf(value, MOST, text) ?? [];
}

/** The page that has its rows below `key`; a row that cannot be read is left out. */
function pageOf<T>(key: string, rowOf: (loose: Loose) => T | null, keyOf: (row: T) => unknown) {
  return (data: unknown): ListPage<T> | null => {
    const loose = record(data);
    const rows = listOf(loose?.[key], MOST, (entry) => {
      const row = record(entry);
      return row === null ? null : rowOf(row);
    });
    if (loose === null || rows === null) return null;
    return { rows: distinct(rows, keyOf), next: text(loose.next), total: number(loose.total) };
  };
}

export const METER_STATES = ["up", "degraded", "connecting", "paused", "refused", "silent", "free", "unknown"] as const;
export type MeterState = (typeof METER_STATES)[number];

export interface Fleet {
  readonly name: string;
  readonly shards: number;
  readonly shardsFree: number;
  readonly sites: number;
  readonly sitesPaused: number;
  readonly points: number;
  readonly meters: number;
  readonly holders: number;
  readonly states: Readonly<Record<MeterState, number>>;
  readonly openGaps: number;
  /** A day in UTC; null if there is none. */
  readonly oldestGap: string | null;
  readonly yesterday: { readonly day: string; readonly percent: number | null } | null;
}

export function fleetOf(data: unknown): Fleet | null {
  const loose = record(data);
  const name = nameOf(loose?.name);
  if (loose === null || name === null) return null;
  const states = record(loose.states);
  const yesterday = record(loose.yesterday);
  const day = text(yesterday?.day);
  return {
    name,
    shards: count(loose.shards),
    shardsFree: count(loose.shards_free),
    sites: count(loose.sites),
    sitesPaused: count(loose.sites_paused),
    points: count(loose.points),
    meters: count(loose.meters),
    holders: count(loose.holders),
    states: Object.fromEntries(METER_STATES.map((state) => [state, count(states?.[state])])) as Fleet["states"],
    openGaps: count(loose.open_gaps),
    oldestGap: text(loose.oldest_gap),
    yesterday: day === null ? null : { day, percent: number(yesterday?.percent) },
  };
}

export interface Holder {
  readonly holder: string;
  readonly address: string;
  readonly version: string;
  readonly seen: number | null;
  readonly health: "up" | "late" | "gone" | null;
  readonly shards: number;
  readonly meters: number;
}

export const holdersOf = pageOf<Holder>(
  "holders",
  (loose) => {
    const holder = nameOf(loose.holder);
    if (holder === null) return null;
    return {
      holder,
      address: text(loose.address) ?? "",
      version: text(loose.version) ?? "",
      seen: timeOf(loose.seen),
      health: oneOf(["up", "late", "gone"], loose.health),
      shards: Array.isArray(loose.shards) ? loose.shards.length : 0,
      meters: count(loose.meters),
    };
  },
  ({ holder }) => holder,
);

export interface Site {
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  readonly holder: string | null;
  readonly pausedUntil: number | null;
  readonly meters: number;
}

export function siteOf(loose: Loose): Site | null {
  const id = text(loose.id);
  if (id === null) return null;
  return {
    id,
    name: nameOf(loose.name) ?? id,
    zone: text(loose.zone) ?? "",
    holder: nameOf(loose.holder),
    pausedUntil: timeOf(loose.paused_until),
    meters: count(loose.meters),
  };
}

export const sitesOf = pageOf("sites", siteOf, ({ id }) => id);

export interface MapRow {
  readonly point: string;
  readonly name: string;
  readonly site: string | null;
  /** A place for each day of the month; null if nothing is expected of it yet. */
  readonly percent: readonly (number | null)[];
  /** Days of the month, from 1, of which something is lost for ever. */
  readonly gone: ReadonlySet<number>;
}

const MOST_DAYS = 31;

export const mapOf = pageOf<MapRow>(
  "points",
  (loose) => {
    const point = text(loose.point);
    if (point === null || !Array.isArray(loose.percent)) return null;
    return {
      point,
      name: nameOf(loose.name) ?? point,
      site: nameOf(loose.site),
      percent: loose.percent.slice(0, MOST_DAYS).map(number),
      gone: new Set(listOf(loose.gone, MOST_DAYS, number) ?? []),
    };
  },
  ({ point }) => point,
);

export const TARGET_STATES = ["done", "waiting", "failed", "refused", "gone", "expired", "cancelled"] as const;
export type TargetState = (typeof TARGET_STATES)[number];

export interface Campaign {
  readonly id: number;
  readonly name: string;
  readonly reads: readonly string[];
  readonly opens: number | null;
  readonly closes: number | null;
  readonly windows: readonly string[];
  readonly priority: number | null;
  readonly by: string;
  readonly state: "planned" | "open" | "closed" | "cancelled" | null;
  readonly targets: Readonly<Record<TargetState, number>>;
}

function campaignIn(loose: Loose): Campaign | null {
  const id = number(loose.id);
  if (id === null) return null;
  const targets = record(loose.targets);
  return {
    id,
    name: nameOf(loose.name) ?? String(id),
    reads: texts(loose.reads),
    opens: timeOf(loose.opens),
    closes: timeOf(loose.closes),
    windows: texts(loose.windows),
    priority: number(loose.priority),
    by: nameOf(loose.by) ?? "",
    state: oneOf(["planned", "open", "closed", "cancelled"], loose.state),
    targets: Object.fromEntries(TARGET_STATES.map((state) => [state, count(targets?.[state])])) as Campaign["targets"],
  };
}

export const campaignsOf = pageOf("campaigns", campaignIn, ({ id }) => id);

export interface CampaignReport extends Campaign {
  readonly reasons: readonly { readonly state: TargetState; readonly reason: string; readonly count: number }[];
}

export function campaignReportOf(data: unknown): CampaignReport | null {
  const loose = record(data);
  const campaign = loose === null ? null : campaignIn(loose);
  if (loose === null || campaign === null) return null;
  const reasons = listOf(loose.reasons, MOST, (entry) => {
    const each = record(entry);
    const [state, reason] = [oneOf(TARGET_STATES, each?.state), text(each?.reason)];
    return state === null || reason === null ? null : { state, reason, count: count(each?.count) };
  });
  return { ...campaign, reasons: reasons ?? [] };
}

export interface Target {
  readonly serial: string;
  readonly point: string | null;
  readonly site: string | null;
  readonly state: TargetState | null;
  readonly attempts: number;
  readonly next: number | null;
  readonly reason: string | null;
}

export const targetsOf = pageOf<Target>(
  "targets",
  (loose) => {
    const serial = nameOf(loose.serial);
    if (serial === null) return null;
    return {
      serial,
      point: text(loose.point),
      site: nameOf(loose.site),
      state: oneOf(TARGET_STATES, loose.state),
      attempts: count(loose.attempts),
      next: timeOf(loose.next_attempt),
      reason: text(loose.reason),
    };
  },
  ({ serial }) => serial,
);

export interface ExportPlan {
  readonly id: number;
  readonly name: string;
  readonly format: string;
  readonly every: "day" | "month" | null;
  /** By the clock of its zone: "02:00". */
  readonly time: string;
  readonly daysLater: number;
  readonly zone: string;
  readonly target: string;
  readonly paused: boolean;
  /** Files that wait for the target. */
  readonly waiting: number;
  readonly failingSince: number | null;
  readonly problem: string | null;
}

export const exportsOf = pageOf<ExportPlan>(
  "exports",
  (loose) => {
    const id = number(loose.id);
    if (id === null) return null;
    return {
      id,
      name: nameOf(loose.name) ?? String(id),
      format: text(loose.format) ?? "",
      every: oneOf(["day", "month"], loose.every),
      time: text(loose.time) ?? "",
      daysLater: count(loose.days_later),
      zone: text(loose.zone) ?? "",
      target: text(loose.target) ?? "",
      paused: loose.paused === true,
      waiting: count(loose.waiting),
      failingSince: timeOf(loose.failing_since),
      problem: text(loose.problem),
    };
  },
  ({ id }) => id,
);

const RUN_STATES = ["made", "delivered", "empty", "failed", "refused"] as const;

export interface ExportRun {
  readonly period: string;
  readonly version: number;
  readonly state: (typeof RUN_STATES)[number] | null;
  readonly at: number | null;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly problem: string | null;
}

export const runsOf = pageOf<ExportRun>(
  "runs",
  (loose) => {
    const [period, version] = [text(loose.period), number(loose.version)];
    if (period === null || version === null) return null;
    const files = listOf(loose.files, MOST, (entry) => {
      const name = nameOf(record(entry)?.name);
      return name === null ? null : { name, sha256: text(record(entry)?.sha256) ?? "" };
    });
    return {
      period,
      version,
      state: oneOf(RUN_STATES, loose.state),
      at: timeOf(loose.at),
      files: distinct(files ?? [], ({ name }) => name),
      problem: text(loose.problem),
    };
  },
  ({ period, version }) => `${period} ${version}`,
);

export interface AuditEntry {
  readonly at: number | null;
  readonly who: string;
  readonly what: string;
  /** As JSON, for people who know what it means. */
  readonly about: string;
}

const LONGEST_ABOUT = 500;

export function auditOf(data: unknown): ListPage<AuditEntry> | null {
  const loose = record(data);
  const rows = listOf(loose?.entries, MOST, (entry) => {
    const each = record(entry);
    const what = text(each?.what);
    if (each === null || what === null) return null;
    const about = each.about === null || each.about === undefined ? "" : JSON.stringify(each.about);
    return { at: timeOf(each.at), who: nameOf(each.who) ?? "", what, about: about.slice(0, LONGEST_ABOUT) };
  });
  return loose === null || rows === null ? null : { rows, next: text(loose.next), total: null };
}
