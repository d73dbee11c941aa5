/** Campaigns, checked days and exports from memory, for tests of the routes over them. */
import { UsageError } from "@meterport/protocol/errors";
import type { CampaignReport, DayDetail, ExportPlan, JobsDesk, NewCampaign } from "../jobs/desk.ts";

const counts = { waiting: 1, failed: 0, done: 0, refused: 0, gone: 0, expired: 0, cancelled: 0 };

const plan: ExportPlan = {
  ...{ id: 3, name: "north", format: { kind: "iec-61968-9", source: "north" }, scope: { all: true } },
  ...{ zone: "Europe/Copenhagen", schedule: { every: "day", minute: 120 }, by: "anna", isPaused: false },
  target: { kind: "https", url: "https://user:secret@example.org/in", tokenFile: "/etc/token" },
  delivery: { waiting: 2, failures: 1, failingSince: 0, problem: "it refused", lastDelivered: null },
};

const detail: DayDetail = {
  ...{ point: "flat-1", obis: "1-0:1.29.0", day: "2026-11-02", unit: "Wh", zone: "Europe/Copenhagen", step: 900 },
  ...{ verdict: "suspect", findings: [], state: "open", edits: [] },
  versions: [{ version: 1, by: "vee", reason: null, at: 0 }],
  slots: [
    {
      ...{ start: 0, recorded: 1, source: "profile", quality: "good", notes: [], chosen: null, code: null, rule: null },
    },
  ],
};

export interface FakeDesk extends JobsDesk {
  readonly campaigns: readonly NewCampaign[];
  readonly edits: readonly unknown[];
}

export const fakeDesk = (): FakeDesk => {
  const campaigns: NewCampaign[] = [];
  const edits: unknown[] = [];
  const reportOf = (id: number): CampaignReport | undefined => {
    const found = campaigns[id - 1];
    const retry = { first: 1_000, longest: 2_000, attempts: 5 };
    return found && { ...found, id, by: "anna", state: "planned", retry, counts, reasons: [] };
  };
  const known = (id: number): number => {
    if (campaigns[id - 1] === undefined) throw new UsageError("campaign", `there is no campaign ${id}`);
    return 1;
  };
  return {
    ...{ campaigns, edits },
    listCampaigns: async (_, { after, limit }) =>
      campaigns
        .flatMap((_each, n) => reportOf(n + 1) ?? [])
        .reverse()
        .filter(({ id }) => after === undefined || id < Number(after))
        .slice(0, limit),
    campaignReport: async (_, id) => reportOf(id),
    campaignTargets: async () => [
      {
        ...{ meter: 1, serial: "7001", site: "lindevej-12", point: "flat-1", state: "waiting", attempts: 0, nextAt: 0 },
        reason: null,
      },
    ],
    makeCampaign: async (_, campaign) => campaigns.push(campaign),
    cancelCampaign: async (_, id) => known(id),
    againCampaign: async (_, id) => known(id),
    veeInbox: async () => ({
      days: [
        {
          ...{ point: "flat-1", pointName: "Ground floor", site: null, obis: "1-0:1.29.0", day: "2026-11-02" },
          ...{ verdict: "suspect", version: 1, counts: { suspect: 1, missing: 0, estimated: 0 }, at: 0 },
          findings: [{ rule: "spike", verdict: "suspect", from: 1, to: 2, detail: { times: 9 } }],
        },
      ],
      next: "more",
    }),
    dayDetail: async (_, { point }) => (point === "flat-1" ? detail : undefined),
    markSeen: async (_, { point }) => point === "flat-1",
    addEdit: async (_, edit) => void edits.push(edit),
    listExportPlans: async () => [plan],
    saveExportPlan: async () => 3,
    pauseExportPlan: async () => true,
    exportRuns: async (_, id) =>
      id === 3
        ? [
            {
              ...{ plan: 3, period: "2026-11-01", version: 1, state: "made", problem: null, at: 0 },
              files: [{ name: "a.json", bytes: 2, sha256: "00" }],
            },
          ]
        : [],
    runExportAgain: async (_, id) => {
      if (id !== 3) throw new UsageError("export", `there is no export ${id}`);
    },
    exportFile: async (_run, _plan, _period, _version, name) =>
      name === "a.json"
        ? {
            mediaType: "application/json",
            parts: (async function* () {
              yield new TextEncoder().encode("{}");
            })(),
          }
        : undefined,
  };
};
