/** What a page or a command asks of campaigns, checks and exports. Types only; `jobsDesk` does it. */
import type { Millis } from "@meterport/protocol/ports";
import type { Run } from "../books/database.ts";
import type { ReadKind, RetryRule } from "../campaigns/campaign.ts";
import type { TargetState } from "../campaigns/target-state.ts";
import type { ReadWindow } from "../campaigns/windows.ts";
import type { ExportFormat } from "../exports/runs/export-files.ts";
import type { ValueCode } from "../vee/codes.ts";
import type { Edit } from "../vee/edits.ts";
import type { Finding } from "../vee/judge-day.ts";
import type { Verdict } from "../vee/rules/rule.ts";

/** What a campaign or an export is for. */
export type Scope =
  | { readonly all: true }
  | { readonly sites: readonly string[] }
  | { readonly points: readonly string[] };

export type CampaignState = "planned" | "open" | "closed" | "cancelled";

export interface NewCampaign {
  readonly name: string;
  readonly scope: Scope;
  readonly reads: readonly ReadKind[];
  readonly opens: Millis;
  /** No visit begins at it or later. */
  readonly closes: Millis;
  /** None: at any time of the day. */
  readonly windows: readonly ReadWindow[];
  /** 0 to 9; 9 goes first. */
  readonly priority: number;
  readonly spread: Millis;
  /** `usualRetry` if omitted. */
  readonly retry?: RetryRule | undefined;
}

export interface CampaignSummary extends Omit<NewCampaign, "retry"> {
  readonly id: number;
  readonly by: string;
  readonly state: CampaignState;
  readonly retry: RetryRule;
}

export interface CampaignReport extends CampaignSummary {
  /** How many targets are in which state; a planned campaign has none yet. */
  readonly counts: Readonly<Record<TargetState, number>>;
  /** Why, the most frequent first. */
  readonly reasons: readonly { readonly state: TargetState; readonly reason: string; readonly count: number }[];
}

export interface CampaignTarget {
  /** Counts as the place of the next page. */
  readonly meter: number;
  readonly serial: string;
  readonly site: string | null;
  readonly point: string | null;
  readonly state: TargetState;
  readonly attempts: number;
  readonly nextAt: Millis;
  readonly reason: string | null;
}

/** A part of a list: the newest first, from behind `after`. */
export interface Page {
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A chosen day by its key. */
export interface DayKey {
  readonly point: string;
  /** "1-0:1.29.0" */
  readonly obis: string;
  /** UTC day: "2026-11-29". */
  readonly day: string;
}

/** A day that a person should look at. */
export interface InboxDay extends DayKey {
  readonly pointName: string;
  readonly site: string | null;
  readonly verdict: Verdict | null;
  readonly findings: readonly Finding[];
  readonly version: number;
  /** Slots of the version with these codes. */
  readonly counts: { readonly suspect: number; readonly missing: number; readonly estimated: number };
  readonly at: Millis;
}

export interface DayVersion {
  readonly version: number;
  /** The author of the edit that made it, else `vee`. */
  readonly by: string;
  readonly reason: string | null;
  readonly at: Millis;
}

/** One slot in all layers. */
export interface DaySlot {
  readonly start: Millis;
  /** What the meter recorded, Wh or varh; null is unknown. */
  readonly recorded: number | null;
  readonly source: string | null;
  readonly quality: string | null;
  readonly notes: readonly string[];
  /** What bills use. */
  readonly chosen: number | null;
  readonly code: ValueCode | null;
  /** The rule that doubted the value, or the way by which it was found. */
  readonly rule: string | null;
}

export interface DayDetail extends DayKey {
  readonly unit: "Wh" | "varh";
  readonly zone: string;
  /** Seconds of a slot. */
  readonly step: number;
  readonly verdict: Verdict | null;
  readonly findings: readonly Finding[];
  /** Whether a person is to look at it, has, or need not. */
  readonly state: "open" | "seen" | "fine";
  /** The newest first. */
  readonly versions: readonly DayVersion[];
  readonly slots: readonly DaySlot[];
  readonly edits: readonly Edit[];
}

/** Of each kind by itself, or the values of `set` would be lost. */
type Undated<E> = E extends unknown ? Omit<E, "at"> : never;
export type NewEdit = Undated<Edit> & { readonly point: string; readonly obis: string };

/** Where the files of an export go. Secrets are names of files or credentials of the machine that delivers, never the secrets themselves. */
export type ExportTarget =
  | { readonly kind: "folder"; readonly folder: string }
  | {
      readonly kind: "sftp";
      readonly host: string;
      readonly port?: number | undefined;
      readonly user: string;
      readonly folder: string;
      readonly keyFile: string;
      readonly knownHostsFile: string;
    }
  | { readonly kind: "https"; readonly url: string; readonly tokenFile?: string | undefined };

/** When an export runs, by the clock of its own zone. */
export interface ExportSchedule {
  /** `day`: of the local day before; `month`: of the local month before. */
  readonly every: "day" | "month";
  /** Minutes after local midnight of the day that follows the period. */
  readonly minute: number;
  /** Whole days later than that, for what comes late; 0 if omitted. */
  readonly daysLater?: number | undefined;
  /** For how many periods back a new version is made if something changed; 0 if omitted. */
  readonly correctionsBack?: number | undefined;
}

export interface NewExportPlan {
  /** Beginning of each file name: letters, digits, "." and "-". */
  readonly name: string;
  readonly format: ExportFormat;
  readonly scope: Scope;
  /** Channels by their names; active import and export if omitted. */
  readonly channels?: readonly string[] | undefined;
  readonly zone: string;
  readonly schedule: ExportSchedule;
  readonly target: ExportTarget;
  /** File of an Ed25519 key on the machine that delivers, which signs each manifest. */
  readonly signingKeyFile?: string | undefined;
}

export interface ExportPlan extends NewExportPlan {
  readonly id: number;
  readonly by: string;
  readonly isPaused: boolean;
  /** How its target is doing. */
  readonly delivery: {
    readonly waiting: number;
    readonly failures: number;
    readonly failingSince: Millis | null;
    readonly problem: string | null;
    readonly lastDelivered: Millis | null;
  };
}

/**
 * `made`: its files wait for the target; `delivered`; `empty`: nothing was to be told, as of a report of changes without any; `failed`: it cannot be
 * made; `refused`: its target does not want a file of it, and gets it again only if somebody says so. `problem` says why, and of a run
 * that was made, which of its files could not be.
 */
export type ExportRunState = "made" | "delivered" | "empty" | "failed" | "refused";

export interface ExportRunSummary {
  readonly plan: number;
  /** "2026-03-29" or "2026-03" */
  readonly period: string;
  readonly version: number;
  readonly state: ExportRunState;
  readonly problem: string | null;
  readonly at: Millis;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

export interface JobsDesk {
  readonly listCampaigns: (run: Run, page: Page) => Promise<readonly CampaignSummary[]>;
  readonly campaignReport: (run: Run, id: number) => Promise<CampaignReport | undefined>;
  readonly campaignTargets: (
    run: Run,
    id: number,
    options: {
      readonly state?: TargetState | undefined;
      readonly afterMeter?: number | undefined;
      readonly limit: number;
    },
  ) => Promise<readonly CampaignTarget[]>;
  /** @throws UsageError (`campaign`) with all that is wrong */
  readonly makeCampaign: (run: Run, campaign: NewCampaign, by: string, now: Millis) => Promise<number>;
  /** Gives how many targets are no longer wanted. @throws UsageError (`campaign`) if there is none of this number */
  readonly cancelCampaign: (run: Run, id: number) => Promise<number>;
  /**
   * Tries again what was refused, has expired or was cancelled, until `closes`. Gives how many targets.
   *
   * @throws UsageError (`campaign`)
   */
  readonly againCampaign: (run: Run, id: number, closes: Millis, now: Millis) => Promise<number>;

  readonly veeInbox: (
    run: Run,
    page: Page & { readonly site?: string | undefined; readonly point?: string | undefined },
  ) => Promise<{ readonly days: readonly InboxDay[]; readonly next: string | null }>;
  readonly dayDetail: (run: Run, key: DayKey) => Promise<DayDetail | undefined>;
  /** The day leaves the inbox until something else is found. False if it is not in the inbox, or not in this version if one is given. */
  readonly markSeen: (
    run: Run,
    key: DayKey & { readonly version?: number | undefined },
    by: string,
    now: Millis,
  ) => Promise<boolean>;
  /** Keeps a decision; the days are checked again within seconds. @throws UsageError (`edit`) */
  readonly addEdit: (run: Run, edit: NewEdit, now: Millis) => Promise<void>;

  readonly listExportPlans: (run: Run) => Promise<readonly ExportPlan[]>;
  /** Makes a plan, or changes the one of this name. @throws UsageError (`export`) with all that is wrong */
  readonly saveExportPlan: (run: Run, plan: NewExportPlan, by: string, now: Millis) => Promise<number>;
  readonly pauseExportPlan: (run: Run, id: number, isPaused: boolean) => Promise<boolean>;
  /** The newest first; `after` is "PERIOD VERSION" of the last one that is known. */
  readonly exportRuns: (run: Run, plan: number, page: Page) => Promise<readonly ExportRunSummary[]>;
  /**
   * Without a version: makes a new one of this period if something changed since the last, be it the plan, or if changes were told on top of what the
   * target refused; within a minute. With one: delivers the same files again, byte by byte.
   *
   * @throws UsageError (`export`) if there is no such plan, period or version
   */
  readonly runExportAgain: (
    run: Run,
    plan: number,
    period: string,
    version: number | undefined,
    now: Millis,
  ) => Promise<void>;
  /** The bytes of a file, in parts; undefined if there is no such file. */
  readonly exportFile: (
    run: Run,
    plan: number,
    period: string,
    version: number,
    name: string,
  ) => Promise<{ readonly mediaType: string; readonly parts: AsyncIterable<Uint8Array> } | undefined>;
}
