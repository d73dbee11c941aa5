/** Everything that pages and commands ask of campaigns, checks and exports. */
import {
  againCampaign,
  campaignReport,
  campaignTargets,
  cancelCampaign,
  listCampaigns,
  makeCampaign,
} from "./campaign-book.ts";
import type { JobsDesk } from "./desk.ts";
import { listExportPlans, pauseExportPlan, saveExportPlan } from "./export-plans.ts";
import { exportFile, exportRuns, runExportAgain } from "./export-runs.ts";
import { addEdit, dayDetail, markSeen, veeInbox } from "./vee-desk.ts";

export const jobsDesk: JobsDesk = {
  ...{ listCampaigns, campaignReport, campaignTargets, makeCampaign, cancelCampaign, againCampaign },
  ...{ veeInbox, dayDetail, markSeen, addEdit },
  ...{ listExportPlans, saveExportPlan, pauseExportPlan, exportRuns, runExportAgain, exportFile },
};
