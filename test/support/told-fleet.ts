/** A fleet's answers for a page whose gateway has none, of the shape that the API promises. */
import type {
  AuditPage,
  CampaignReport,
  CampaignsPage,
  CompletenessMap,
  ExportRunsPage,
  ExportsAnswer,
  FleetAnswer,
  FleetSite,
  HoldersAnswer,
  NewCampaign,
  SitesPage,
  TargetsPage,
  VeeDay,
  VeeDecision,
  VeeInbox,
} from "@meterport/fleet/http/api";
import type { Page } from "playwright-core";

const points = 10_000;
const perPage = 200;
const quarter = 900_000;
const day = "2026-11-28";
const obis = "1-0:1.29.0";
/** Markup, and a mark that would turn the rest of a line. */
const hostile = "<img src=x onerror=alert(1)> \u202eמונה";

const states = { up: 9_950, degraded: 20, connecting: 5, paused: 10, refused: 5, silent: 10, free: 0, unknown: 0 };

export interface ToldFleet {
  /** A process that dies: its meters are read by nobody for a while. */
  kill(): void;
  /** What was sent to it, oldest first. */
  readonly sent: { readonly method: string; readonly path: string; readonly body: unknown }[];
  readonly route: (page: Page) => Promise<void>;
}

const slotsOf = (): VeeDay["slots"] =>
  Array.from({ length: 96 }, (_, slot) => ({
    start: new Date(Date.parse(`${day}T00:00:00Z`) + slot * quarter).toISOString(),
    recorded: slot === 40 ? 90_000 : slot === 60 ? null : 200 + slot,
    source: "profile",
    quality: "good",
    notes: slot === 40 ? ["powerFail"] : [],
    chosen: slot === 40 ? 240 : slot === 60 ? 260 : 200 + slot,
    code: slot === 40 ? "like-day" : slot === 60 ? "line" : "measured",
    rule: slot === 40 ? "spike" : slot === 60 ? "straight-line" : null,
  }));

/** The gateway's answers with those of a fleet beside; `isEmpty` for one that was just made. */
export const toldFleet = (isEmpty = false): ToldFleet => {
  const sent: { method: string; path: string; body: unknown }[] = [];
  let dead = false;
  const now = () => new Date().toISOString();
  const fleet = (): FleetAnswer => ({
    ...{ id: "f1", name: `Øst ${hostile}`, shards: 256, shards_free: dead ? 86 : 0 },
    ...(isEmpty
      ? { sites: 0, sites_paused: 0, points: 0, meters: 0, holders: 0, open_gaps: 0, oldest_gap: null }
      : {
          sites: 400,
          sites_paused: 1,
          points,
          // Twelve are water meters behind others, which have no link.
          meters: points + 12,
          holders: dead ? 2 : 3,
          open_gaps: 17,
          oldest_gap: "2026-11-02",
        }),
    states: isEmpty
      ? { up: 0, degraded: 0, connecting: 0, paused: 0, refused: 0, silent: 0, free: 0, unknown: 0 }
      : dead
        ? { ...states, up: 6_650, free: 3_300 }
        : states,
    yesterday: { day, percent: isEmpty ? null : 99.96, counted: now() },
  });
  const holders = (): HoldersAnswer => ({
    holders: isEmpty
      ? []
      : [0, 1, 2].map((index) => ({
          holder: `worker-${index} ${hostile}`,
          address: `http://127.0.0.1:${8000 + index}`,
          version: "0.1.0",
          seen: now(),
          health: dead && index === 0 ? "gone" : "up",
          shards: Array.from({ length: dead && index === 0 ? 0 : 85 }, (_, shard) => shard * 3 + index),
          meters: 3_333,
        })),
    free: dead ? Array.from({ length: 86 }, (_, shard) => shard * 3) : [],
  });
  const sites: FleetSite[] = Array.from({ length: isEmpty ? 0 : 120 }, (_, index) => ({
    ...{
      id: `site-${index}`,
      name: index === 0 ? hostile : `Nørregade ${index}`,
      zone: "Europe/Copenhagen",
      shard: index,
    },
    holder: index === 3 ? null : "worker-1",
    paused_until: index === 1 ? new Date(Date.now() + 3_600_000).toISOString() : null,
    meters: 25,
  }));
  const sitesPage = (query: URLSearchParams): SitesPage => {
    const wanted = (query.get("q") ?? "").toLowerCase();
    const found = sites.filter(
      ({ name, paused_until }) =>
        name.toLowerCase().includes(wanted) && (query.get("paused") === null || paused_until !== null),
    );
    const from = Number(query.get("cursor") ?? 0);
    const next = from + 100 < found.length ? String(from + 100) : null;
    return { sites: found.slice(from, from + 100), next, total: found.length };
  };
  const map = (query: URLSearchParams): CompletenessMap => {
    const from = Number(query.get("cursor") ?? 0);
    const all = isEmpty ? 0 : points;
    return {
      month: query.get("month") ?? "",
      channel: query.get("channel") ?? "",
      points: Array.from({ length: Math.min(perPage, all - from) }, (_, offset) => ({
        point: `p${from + offset}`,
        name: from + offset === 0 ? hostile : `Point ${from + offset}`,
        site: "site-1",
        zone: "Europe/Copenhagen",
        percent: Array.from({ length: 30 }, (_, at) => (at > 27 ? null : at === (from + offset) % 30 ? 50 : 100)),
        gone: (from + offset) % 7 === 0 ? [3] : [],
      })),
      next: from + perPage < all ? String(from + perPage) : null,
    };
  };
  const campaigns: CampaignReport[] = isEmpty
    ? []
    : [
        {
          ...{
            id: 7,
            name: `November ${hostile}`,
            reads: ["billing"],
            opens: "2026-11-01T00:00:00Z",
            windows: ["00:30-05:30"],
          },
          ...{ closes: "2026-12-03T00:00:00Z", priority: 5, by: "anna", state: "open" },
          targets: { waiting: 50, failed: 20, done: 9_900, refused: 10, gone: 0, expired: 20, cancelled: 0 },
          reasons: [{ state: "failed", reason: "no answer after 3 attempts", count: 20 }],
        },
      ];
  const made = ({ name, reads, opens = now(), closes, windows = [], priority = 5 }: NewCampaign): CampaignReport => {
    const campaign: CampaignReport = {
      ...{ id: 8, name, reads, opens, closes, windows, priority, by: "local", state: "open", reasons: [] },
      targets: { waiting: points, failed: 0, done: 0, refused: 0, gone: 0, expired: 0, cancelled: 0 },
    };
    campaigns.unshift(campaign);
    return campaign;
  };
  const targets: TargetsPage = {
    targets: [
      { serial: "A1", point: "p1", site: "site-1", state: "done", attempts: 1, next_attempt: null, reason: null },
      {
        ...{ serial: "A2", point: null, site: "site-2", state: "failed", attempts: 3, next_attempt: now() },
        reason: hostile,
      },
    ],
    next: null,
  };
  const checked = { point: "p1", name: `Point ${hostile}`, site: "site-1", obis, day, verdict: "refuse" } as const;
  const findings: VeeDay["findings"] = [
    { rule: "spike", verdict: "refuse", from: 40, to: 41, detail: { wh: 90_000, median_wh: 240 } },
    { rule: "rule-of-tomorrow", verdict: "notice", from: 0, to: 96, detail: {} },
  ];
  const inbox = (): VeeInbox => ({
    days: isEmpty ? [] : [{ ...checked, findings, version: 2, suspect: 0, missing: 0, estimated: 2, at: now() }],
    next: null,
  });
  const edits: VeeDay["edits"][number][] = [];
  const veeDay = (): VeeDay => ({
    ...checked,
    ...{ zone: "Europe/Copenhagen", unit: "Wh", step_s: 900, state: "open", findings, edits, slots: slotsOf() },
    versions: [{ version: 2 + edits.length, by: "vee", reason: null, at: now() }],
  });
  const decide = ({ kind, reason, from, to }: VeeDecision): VeeDay => {
    edits.push({ kind, author: "local", reason, at: now(), from, to });
    return veeDay();
  };
  const exports: ExportsAnswer = {
    exports: isEmpty
      ? []
      : [
          {
            ...{ id: 3, name: `DataHub ${hostile}`, format: "rsm-012-json", zone: "Europe/Copenhagen", every: "day" },
            ...{ time: "02:00", days_later: 1, target: "sftp", paused: false, by: "anna", waiting: 2, failures: 4 },
            ...{
              failing_since: "2026-11-27T01:00:00Z",
              problem: "sftp: the host does not answer",
              last_delivered: null,
            },
          },
        ],
  };
  const runs: ExportRunsPage = {
    runs: [
      {
        ...{ period: day, version: 2, state: "delivered", at: now(), problem: null },
        files: [{ name: "rsm-012_2026-11-28_v2.json", bytes: 12_345, sha256: "ab".repeat(32) }],
      },
      { period: day, version: 1, state: "failed", at: now(), problem: "a point has no GSRN", files: [] },
    ],
    next: null,
  };
  const audit: AuditPage = {
    entries: isEmpty ? [] : [{ number: 1, at: now(), who: hostile, what: "pause", about: { site: hostile } }],
    next: null,
  };
  const page = (list: readonly CampaignReport[]): CampaignsPage => ({ campaigns: list, next: null });

  const answer = (method: string, path: string, query: URLSearchParams, body: unknown): unknown => {
    const [first = "", second, third, fourth, fifth] = path.split("/").filter((part) => part !== "");
    if (method !== "GET") sent.push({ method, path, body });
    if (first === "") return fleet();
    if (first === "holders") return holders();
    if (first === "sites" && method === "PATCH") {
      const index = sites.findIndex(({ id }) => id === second);
      const { paused_until } = body as { readonly paused_until: string | null };
      sites[index] = { ...(sites[index] as FleetSite), paused_until };
      return sites[index];
    }
    if (first === "sites") return sitesPage(query);
    if (first === "completeness") return map(query);
    if (first === "campaigns" && second === undefined)
      return method === "POST" ? made(body as NewCampaign) : page(campaigns satisfies CampaignsPage["campaigns"]);
    if (first === "campaigns" && third === "targets") return targets;
    if (first === "campaigns" && third === "cancel") {
      campaigns[0] = { ...(campaigns[0] as CampaignReport), state: "cancelled" };
      return campaigns[0];
    }
    if (first === "campaigns") return campaigns.find(({ id }) => String(id) === second);
    if (first === "vee") return inbox();
    if (first === "points" && third === "vee" && fourth === day && fifth === undefined)
      return method === "POST" ? decide(body as VeeDecision) : veeDay();
    if (first === "points" && third === "vee" && fifth === "seen") return {};
    if (first === "exports" && third === "runs") return runs;
    if (first === "exports") return exports;
    return first === "audit" ? audit : undefined;
  };
  const route = async (on: Page): Promise<void> => {
    await on.route("**/api/v1/session", async (route) => {
      const json = (await (await route.fetch()).json()) as object;
      await route.fulfill({ json: { ...json, parts: ["fleet"] } });
    });
    await on.route(/\/api\/v1\/fleet(?:[/?].*)?$/, async (route) => {
      const request = route.request();
      const { pathname, searchParams } = new URL(request.url());
      const path = pathname.replace(/^.*\/api\/v1\/fleet/, "");
      const json = answer(request.method(), path, searchParams, request.postDataJSON());
      await route.fulfill(json === undefined ? { status: 404, json: { error: "not-found", message: path } } : { json });
    });
  };
  return { sent, route, kill: () => (dead = true) };
};
