/** Campaigns as rows. */
import type { Millis } from "@meterport/protocol/ports";
import type { Row } from "../books/database.ts";
import type { Campaign, ReadKind, RetryRule } from "../campaigns/campaign.ts";
import type { ReadWindow } from "../campaigns/windows.ts";
import type { CampaignState, CampaignSummary, Scope } from "./desk.ts";

/** What `campaign.spec` holds. */
export interface CampaignSpec {
  readonly scope: Scope;
  readonly reads: readonly ReadKind[];
  readonly windows: readonly ReadWindow[];
  readonly spread: Millis;
  readonly retry: RetryRule;
}

export interface CampaignRow {
  readonly campaign: Campaign;
  readonly name: string;
  readonly scope: Scope;
  readonly by: string;
  readonly state: CampaignState;
  /** Its targets are made as far as this meter. */
  readonly expandedTo: number;
}

export const campaignStates: Readonly<Record<CampaignState, string>> = {
  planned: "p",
  open: "o",
  closed: "c",
  cancelled: "x",
};
const states = new Map(Object.entries(campaignStates).map(([name, letter]) => [letter, name as CampaignState]));

export const millis = (value: unknown): Millis => (value as Date).getTime();
export const iso = (time: Millis): string => new Date(time).toISOString();

export const campaignIn = (row: Row): CampaignRow => {
  const { scope, reads, windows, spread, retry } = row.spec as CampaignSpec;
  return {
    campaign: {
      ...{ id: Number(row.campaign_id), reads, windows, spread, retry, priority: Number(row.priority) },
      ...{ opens: millis(row.opens), closes: millis(row.closes) },
    },
    ...{ name: String(row.name), scope, by: String(row.by), expandedTo: Number(row.expanded_to) },
    state: states.get(String(row.state)) ?? "closed",
  };
};

export const summaryOf = ({ campaign, name, scope, by, state }: CampaignRow): CampaignSummary => ({
  ...campaign,
  ...{ name, scope, by, state },
});
