/** Plans of exports: kept without secrets, which stay in files of the machine that delivers. */
import { localMillis } from "@meterport/engine/calendar/local-calendar";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { Row, Run } from "../books/database.ts";
import { folderTarget } from "../exports/delivery/folder-target.ts";
import { httpsTarget } from "../exports/delivery/https-target.ts";
import { nameUuid } from "../exports/delivery/name-uuid.ts";
import { freshTarget, type TargetState } from "../exports/delivery/schedule.ts";
import { sftpTarget } from "../exports/delivery/sftp-target.ts";
import type { Target } from "../exports/delivery/target.ts";
import type { ExportDay } from "../exports/model/export-day.ts";
import { type ExportFormat, exportFiles } from "../exports/runs/export-files.ts";
import { scopeProblems } from "./campaign-book.ts";
import { iso, millis } from "./campaign-rows.ts";
import type { ExportPlan, ExportTarget, JobsDesk, NewExportPlan } from "./desk.ts";
import * as sql from "./sql/exports.ts";
import { checkedNames } from "./vee-rows.ts";

const formats: readonly ExportFormat["kind"][] = [
  ...(["csv-long", "csv-wide", "statement", "iec-61968-9", "rsm-012-json", "rsm-012-xml"] as const),
  ...(["consumption-record", "e66-fi", "espi"] as const),
];
const longestSpec = 1_000_000;

/** What a plan's target is made of. @throws UsageError for settings that cannot be */
export const targetOf = (target: ExportTarget): Target => {
  switch (target.kind) {
    case "folder":
      if (!target.folder.startsWith("/")) throw new UsageError("folder", "the folder of an export begins with /");
      return folderTarget(target.folder);
    case "sftp":
      return sftpTarget(target);
    case "https":
      return httpsTarget(target);
  }
};

/** The sentence with which something is refused; undefined if it is not. */
const complaintOf = (check: () => unknown): string | undefined => {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
};

const isWhole = (value: number, from: number, to: number): boolean =>
  Number.isInteger(value) && value >= from && value <= to;

/** An hour of a quiet day, by which the form itself is tried: who sends to whom, and what else only a file would notice. */
const sample: ExportDay = {
  ...{ point: "sample", gsrn: "571313000000002000", obis: "1-0:1.29.0", unit: "Wh", zone: "UTC" },
  ...{ start: Date.UTC(2026, 0, 1), step: 15 },
  values: Array.from({ length: 4 }, () => ({ amount: 0, code: "measured", version: 1 })),
};

const makeSample = (format: ExportFormat): void => {
  const run = { name: "sample", period: "2026-01", version: 1, created: sample.start, days: [sample] };
  for (const { parts } of exportFiles(format, { ...run, before: () => null, uuidOf: nameUuid })) for (const _ of parts);
};

const statementProblems = (format: ExportFormat, zone: string): readonly (string | undefined)[] => {
  if (format.kind !== "statement") return [];
  const ids = new Set(format.tenants.map(({ id }) => id));
  return [
    format.zone === zone ? undefined : "A statement is of the zone of its export: give both the same.",
    ids.size === format.tenants.length
      ? undefined
      : "Two tenants have the same id, so their files would have one name.",
  ];
};

/** Formats in which a number stands for what a point takes, or for what it gives, and only active energy is told. */
const marketKinds: readonly ExportFormat["kind"][] = ["rsm-012-json", "rsm-012-xml", "consumption-record", "e66-fi"];
const marketChannels: readonly string[] = ["energy_import_wh", "energy_export_wh"];

const marketProblem = ({ kind }: ExportFormat, channels: readonly string[]): string | undefined => {
  if (!marketKinds.includes(kind) || channels.some((channel) => !(channel in checkedNames))) return undefined;
  const [channel] = channels;
  return channels.length === 1 && channel !== undefined && marketChannels.includes(channel)
    ? undefined
    : `In a market the number of a point is of one direction: name one channel, ${marketChannels.join(" or ")}, and make an export for each.`;
};

/** Points that statements name must be there, or a tenant would get an empty one. */
const tenantPoints = ({ format }: NewExportPlan): readonly string[] =>
  format.kind === "statement" ? format.tenants.flatMap(({ points }) => points) : [];

const problemsOf = ({ name, format, channels = [], zone, schedule, target }: NewExportPlan): readonly string[] => {
  const { every, minute, daysLater = 0, correctionsBack = 0 } = schedule;
  const known = Object.keys(checkedNames);
  return [
    /^[A-Za-z0-9][A-Za-z0-9.-]{0,60}$/.test(name) ? undefined : "The name of an export has letters, digits, . and -.",
    formats.includes(format.kind) ? undefined : `An export has one of the formats ${formats.join(", ")}.`,
    channels.every((channel) => known.includes(channel))
      ? undefined
      : `An export has channels of these: ${known.join(", ")}.`,
    complaintOf(() => localMillis(zone, 0)),
    marketProblem(format, channels),
    complaintOf(() => makeSample(format)),
    ...statementProblems(format, zone),
    every === "day" || every === "month" ? undefined : "An export is of each day or of each month.",
    isWhole(minute, 0, 1_439) && isWhole(daysLater, 0, 60) && isWhole(correctionsBack, 0, 60)
      ? undefined
      : "An export runs at a minute of the day, 0 to 1439, up to 60 days later, and corrects up to 60 periods.",
    every === "day" && format.kind === "statement" ? "A statement is of each month." : undefined,
    complaintOf(() => targetOf(target)),
  ].flatMap((problem) => problem ?? []);
};

/** What a plan is made of, without what else somebody sent along: it might be a secret. */
const specOf = ({ format, scope, channels, zone, schedule, target, signingKeyFile }: NewExportPlan) => {
  const { every, minute, daysLater, correctionsBack } = schedule;
  const kept: Readonly<Record<ExportTarget["kind"], readonly string[]>> = {
    folder: ["kind", "folder"],
    sftp: ["kind", "host", "port", "user", "folder", "keyFile", "knownHostsFile"],
    https: ["kind", "url", "tokenFile"],
  };
  return {
    ...{ format, scope, channels, zone, signingKeyFile },
    schedule: { every, minute, daysLater, correctionsBack },
    target: Object.fromEntries(Object.entries(target).filter(([key]) => kept[target.kind].includes(key))),
  };
};

/** What is kept of a target between two processes that deliver to it. */
const stateIn = (value: unknown): TargetState => ({
  ...freshTarget,
  ...(typeof value === "object" && value !== null ? (value as Partial<TargetState>) : {}),
});

/** A plan as it is kept. */
export interface KeptPlan extends ExportPlan {
  readonly made: Millis;
  readonly state: TargetState;
}

const planIn = (row: Row): KeptPlan => {
  const state = stateIn(row.delivery);
  const { failures, failingSince, problem, lastDelivered } = state;
  return {
    ...(row.spec as Omit<NewExportPlan, "name">),
    ...{ id: Number(row.export_id), name: String(row.name), by: String(row.by), isPaused: row.paused === true },
    delivery: { waiting: Number(row.waiting), failures, failingSince, problem, lastDelivered },
    ...{ made: millis(row.made), state },
  };
};

export const planOf = async (run: Run, id: number): Promise<KeptPlan | undefined> => {
  const [row] = (await run(sql.readPlan, [id])).rows;
  return row === undefined ? undefined : planIn(row);
};

export const plansIn = async (run: Run): Promise<readonly KeptPlan[]> => (await run(sql.readPlans)).rows.map(planIn);

export const listExportPlans: JobsDesk["listExportPlans"] = async (run) =>
  (await plansIn(run)).map(({ made, state, ...plan }) => plan);

/** @throws UsageError (`export`) with all that is wrong, a line each */
export const saveExportPlan: JobsDesk["saveExportPlan"] = async (run, plan, by, now) => {
  const spec = JSON.stringify(specOf(plan));
  const named = [...new Set(tenantPoints(plan))];
  const problems = [
    ...problemsOf(plan),
    ...(await scopeProblems(run, plan.scope)),
    ...(named.length === 0 ? [] : await scopeProblems(run, { points: named })),
    ...(spec.length > longestSpec ? ["The plan is too long: name sites instead of points."] : []),
  ];
  if (problems.length > 0) throw new UsageError("export", problems.join("\n"));
  return Number((await run(sql.writePlan, [plan.name, spec, by, iso(now)])).rows[0]?.export_id);
};

export const pauseExportPlan: JobsDesk["pauseExportPlan"] = async (run, id, isPaused) =>
  (await run(sql.pausePlan, [id, isPaused])).count > 0;
