/**
 * The types of `/api/v1/fleet/…`: all that the page knows of a fleet. Times are ISO 8601 in UTC, days "2026-11-29"; null is unknown, never 0.
 * Pages are asked for with `?cursor=` and `?limit=`; `next` is the cursor of the next page, null on the last.
 */
import { linkStates } from "@meterport/client/supervision/link-status";

/** A number of slots is one of intervals of the points' own length. */
export interface FleetAnswer {
  readonly id: string;
  readonly name: string;
  readonly shards: number;
  /** Shards that nobody holds now. */
  readonly shards_free: number;
  readonly sites: number;
  /** Sites that are paused now. */
  readonly sites_paused: number;
  readonly points: number;
  readonly meters: number;
  readonly holders: number;
  /** How many meters are in which state. */
  readonly states: Readonly<Record<FleetLinkState, number>>;
  /** Days with intervals that a meter may still have. */
  readonly open_gaps: number;
  /** The oldest of them. */
  readonly oldest_gap: string | null;
  /** Of all points, of yesterday in UTC. */
  readonly yesterday: {
    readonly day: string;
    /** 0 to 100, rounded down; null if nothing was expected. */
    readonly percent: number | null;
    /** When it was counted: it is counted again after some minutes. */
    readonly counted: string;
  };
}

/**
 * The link to a meter as its holder told it last; `free` if no process that lives holds its shard, `unknown` if its holder has not told yet.
 * While it is neither `up` nor `degraded`, no value of the meter is fresh.
 */
export const fleetLinkStates = [...linkStates, "free", "unknown"] as const;
export type FleetLinkState = (typeof fleetLinkStates)[number];

/** `up`: seen within 8 s; `late`: it may be dead, its shards are about to be taken; `gone`: dead. */
export const holderHealths = ["up", "late", "gone"] as const;
export type HolderHealth = (typeof holderHealths)[number];

/** `GET /api/v1/fleet/holders`: the processes that read meters. */
export interface HoldersAnswer {
  readonly holders: readonly FleetHolder[];
  /** Shards that nobody holds now. */
  readonly free: readonly number[];
}

export interface FleetHolder {
  /** Unique for one life of a process. */
  readonly holder: string;
  readonly address: string;
  readonly version: string;
  readonly seen: string;
  readonly health: HolderHealth;
  /** Ascending. */
  readonly shards: readonly number[];
  /** Meters of its shards. */
  readonly meters: number;
}

/** `GET /api/v1/fleet/sites?q=&paused=&cursor=&limit=`, by id. */
export interface SitesPage {
  readonly sites: readonly FleetSite[];
  readonly next: string | null;
  readonly total: number;
}

export interface FleetSite {
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  readonly shard: number;
  /** Null while nobody holds its shard. */
  readonly holder: string | null;
  /** Null if it is not paused now. `PATCH /api/v1/fleet/sites/{site}` with `{ paused_until }` changes it. */
  readonly paused_until: string | null;
  readonly meters: number;
}

/** `GET /api/v1/fleet/meters?q=&site=&state=&cursor=&limit=`, by serial number. */
export interface MetersPage {
  readonly meters: readonly FleetMeter[];
  readonly next: string | null;
  readonly total: number;
}

export interface FleetMeter {
  readonly serial: string;
  /** Null if nobody said what it measures. */
  readonly point: string | null;
  readonly point_name: string | null;
  /** Null if it was never imported. */
  readonly site: string | null;
  readonly profile: string | null;
  readonly state: FleetLinkState;
  /** Since when, and why; null if nothing was told. */
  readonly since: string | null;
  readonly cause: string | null;
  /** The end of the newest booked interval of its point. */
  readonly newest: string | null;
  readonly holder: string | null;
}

/** `GET /api/v1/fleet/completeness?month=&channel=&site=&q=&cursor=&limit=`: points of a page by days of a month, each of the point's own zone. */
export interface CompletenessMap {
  readonly month: string;
  readonly channel: string;
  readonly points: readonly {
    readonly point: string;
    readonly name: string;
    readonly site: string | null;
    readonly zone: string;
    /** A place for each day of the month: 0 to 100, rounded down; null if nothing is expected of it yet. */
    readonly percent: readonly (number | null)[];
    /** Days of the month, from 1, on which something is lost that nobody has any more. */
    readonly gone: readonly number[];
  }[];
  readonly next: string | null;
}

/** `GET /api/v1/fleet/completeness/report?month=&by=point|site&format=json|csv`; as JSON a page, as CSV all of them. */
export interface CompletenessReport {
  readonly month: string;
  readonly rows: readonly CompletenessRow[];
  readonly next: string | null;
}

export interface CompletenessRow {
  readonly site: string | null;
  /** Null in a report by site. */
  readonly point: string | null;
  /** Null of a point of which nothing was ever booked. */
  readonly channel: string | null;
  readonly points: number;
  readonly expected_s: number;
  readonly present_s: number;
  readonly gone_s: number;
  readonly percent: number | null;
}

/** As in `packages/fleet/src/campaigns/target-state.ts`. */
export const campaignTargetStates = ["waiting", "failed", "done", "refused", "gone", "expired", "cancelled"] as const;
export type CampaignTargetState = (typeof campaignTargetStates)[number];

/** `GET /api/v1/fleet/campaigns?cursor=&limit=`, the newest first. */
export interface CampaignsPage {
  readonly campaigns: readonly FleetCampaign[];
  readonly next: string | null;
}

export interface FleetCampaign {
  readonly id: number;
  readonly name: string;
  readonly reads: readonly string[];
  readonly opens: string;
  readonly closes: string;
  /** "00:30-05:30", of each site's own clock. */
  readonly windows: readonly string[];
  readonly priority: number;
  readonly by: string;
  readonly state: "planned" | "open" | "closed" | "cancelled";
}

/** `GET /api/v1/fleet/campaigns/{campaign}`. */
export interface CampaignReport extends FleetCampaign {
  /** How many targets are in which state; a planned campaign has none yet. */
  readonly targets: Readonly<Record<CampaignTargetState, number>>;
  /** The most frequent first. */
  readonly reasons: readonly { readonly state: CampaignTargetState; readonly reason: string; readonly count: number }[];
}

/** `POST /api/v1/fleet/campaigns`; the answer is a `CampaignReport`. */
export interface NewCampaign {
  readonly name: string;
  readonly reads: readonly string[];
  /** Now if omitted. */
  readonly opens?: string | undefined;
  readonly closes: string;
  readonly windows?: readonly string[] | undefined;
  /** 0 to 9. */
  readonly priority?: number | undefined;
  /** Over how long first attempts are spread. */
  readonly spread_s?: number | undefined;
  /** One of these; all meters of the fleet if both are omitted. */
  readonly sites?: readonly string[] | undefined;
  readonly points?: readonly string[] | undefined;
}

/** `GET /api/v1/fleet/campaigns/{campaign}/targets?state=&cursor=&limit=`, by serial number. */
export interface TargetsPage {
  readonly targets: readonly {
    readonly serial: string;
    readonly point: string | null;
    readonly site: string | null;
    readonly state: CampaignTargetState;
    readonly attempts: number;
    /** Not before it; null if it is not tried again. */
    readonly next_attempt: string | null;
    readonly reason: string | null;
  }[];
  readonly next: string | null;
}

/** `POST /api/v1/fleet/points/{point}/read` with `{ reads }`: a campaign of one meter, at once. */
export interface ReadAsked {
  readonly campaign: number;
}

/** `GET /api/v1/fleet/vee?site=&point=&cursor=&limit=`: days that need a person, the newest first. */
export interface VeeInbox {
  readonly days: readonly VeeInboxDay[];
  readonly next: string | null;
}

export const veeVerdicts = ["notice", "suspect", "estimate", "refuse", "stop"] as const;
export type VeeVerdict = (typeof veeVerdicts)[number];

export interface VeeInboxDay {
  readonly point: string;
  readonly name: string;
  readonly site: string | null;
  /** "1-0:1.29.0" */
  readonly obis: string;
  /** A day of UTC. */
  readonly day: string;
  /** The strongest of its findings. */
  readonly verdict: VeeVerdict | null;
  readonly findings: readonly VeeFinding[];
  readonly version: number;
  /** Slots of that version. */
  readonly suspect: number;
  readonly missing: number;
  readonly estimated: number;
  /** When it was checked. */
  readonly at: string;
}

export interface VeeFinding {
  /** "spike" */
  readonly rule: string;
  readonly verdict: VeeVerdict;
  /** Slots of the day from `from` to before `to`, counted from 0. */
  readonly from: number;
  readonly to: number;
  readonly detail: Readonly<Record<string, number | string>>;
}

/** `GET /api/v1/fleet/points/{point}/vee/{day}?obis=`: a day in all its layers. `POST …/seen?obis=` takes it out of the inbox. */
export interface VeeDay {
  readonly point: string;
  readonly obis: string;
  readonly day: string;
  /** Of the point, for people: the day is one of UTC. */
  readonly zone: string;
  readonly unit: string;
  /** Length of a slot. */
  readonly step_s: number;
  readonly state: "open" | "seen" | "fine";
  readonly verdict: VeeVerdict | null;
  readonly findings: readonly VeeFinding[];
  readonly slots: readonly {
    readonly start: string;
    /** What the meter recorded. */
    readonly recorded: number | null;
    readonly source: string | null;
    readonly quality: string | null;
    /** Notes of the meter or the read, such as "powerFail". */
    readonly notes: readonly string[];
    /** What bills use. */
    readonly chosen: number | null;
    /** "measured", "like-day" … */
    readonly code: string | null;
    /** The rule that doubted the value, or the way by which it was found. */
    readonly rule: string | null;
  }[];
  /** The newest first; `by` is the author of the edit that made it, or "vee". */
  readonly versions: readonly {
    readonly version: number;
    readonly by: string;
    readonly reason: string | null;
    readonly at: string;
  }[];
  readonly edits: readonly {
    readonly kind: VeeDecision["kind"];
    readonly author: string;
    readonly reason: string;
    readonly at: string;
    readonly from: string;
    readonly to: string;
  }[];
}

export const veeDecisions = ["set", "accept", "estimate", "withdraw"] as const;

/** `POST /api/v1/fleet/points/{point}/vee/{day}`. The days are checked again within seconds. */
export interface VeeDecision {
  readonly kind: (typeof veeDecisions)[number];
  readonly obis: string;
  /** Begin of the first slot, end of the last. */
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  /** Whole units, one a slot; only of `set`. */
  readonly values?: readonly number[] | undefined;
}

/** `GET /api/v1/fleet/exports`. */
export interface ExportsAnswer {
  readonly exports: readonly FleetExport[];
}

export interface FleetExport {
  readonly id: number;
  readonly name: string;
  /** "rsm-012-json" */
  readonly format: string;
  readonly zone: string;
  readonly every: "day" | "month";
  /** By the clock of its zone: "02:00", so many days after the period. */
  readonly time: string;
  readonly days_later: number;
  /** "folder" */
  readonly target: string;
  readonly paused: boolean;
  readonly by: string;
  /** Files that wait for the target. */
  readonly waiting: number;
  readonly failures: number;
  /** Since when its target has taken nothing, and why; null while it works. */
  readonly failing_since: string | null;
  readonly problem: string | null;
  readonly last_delivered: string | null;
}

/** `GET /api/v1/fleet/exports/{export}/runs?cursor=&limit=`, the newest first. `POST …/runs` with `{ period, version? }` runs it again. */
export interface ExportRunsPage {
  readonly runs: readonly FleetExportRun[];
  readonly next: string | null;
}

export interface FleetExportRun {
  /** "2026-03-29" or "2026-03" */
  readonly period: string;
  readonly version: number;
  readonly state: "made" | "delivered" | "empty" | "failed" | "refused";
  readonly at: string;
  readonly problem: string | null;
  /** `GET /api/v1/fleet/exports/{export}/runs/{period}/{version}/files/{name}`. */
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

/** `POST /api/v1/fleet/sites/import`. */
export interface SitesToImport {
  /** A row for each meter, under a header: site, serial, link and point, and more if wanted. */
  readonly csv: string;
  /** Meters may change their site, point or link. */
  readonly move?: boolean | undefined;
  /** Says what would change, and changes nothing. */
  readonly dry_run?: boolean | undefined;
}

/** Its answer. */
export interface ImportedSites {
  readonly sites_added: number;
  /** Serial numbers. */
  readonly added: readonly string[];
  readonly changed: readonly string[];
  /** Those among them that hung elsewhere. */
  readonly moved: readonly { readonly serial: string; readonly from: string; readonly to: string }[];
  readonly unchanged: number;
  /** False of a dry run. */
  readonly written: boolean;
}

/** `GET /api/v1/fleet/audit?cursor=&limit=`, the newest first. */
export interface AuditPage {
  readonly entries: readonly {
    readonly number: number;
    readonly at: string;
    readonly who: string;
    /** "pause" */
    readonly what: string;
    readonly about: unknown;
  }[];
  readonly next: string | null;
}

/** `GET /api/v1/fleet/points/{point}/values?day=&days=&channel=`: what is booked of days of the point's own zone. */
export interface BookedValues {
  readonly point: string;
  readonly zone: string;
  readonly channel: string;
  readonly unit: string;
  readonly days: readonly BookedDay[];
}

export interface BookedDay {
  readonly day: string;
  readonly from: string;
  readonly to: string;
  /** Sum of what is there, exact to the digit; null if nothing is. */
  readonly sum: number | null;
  /** Oldest first; only those with a value. */
  readonly slots: readonly {
    readonly end: string;
    readonly seconds: number;
    readonly value: number;
    readonly source: string;
    readonly quality: string;
    readonly notes: readonly string[];
    /** What bills use, if that is another value, and why; null before the day was chosen. */
    readonly chosen: number | null;
    readonly code: string | null;
  }[];
  /** Version of what bills use; null before the day was chosen. */
  readonly version: number | null;
}

/** `GET /api/v1/fleet/intake/tokens`: remote daemons that deliver here. */
export interface IntakeTokens {
  readonly tokens: readonly {
    readonly name: string;
    /** It may deliver these points, and those of these sites. */
    readonly points: readonly string[];
    readonly sites: readonly string[];
    readonly made: string;
    readonly by: string;
    readonly last_delivered: string | null;
  }[];
}
