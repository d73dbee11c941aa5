/** Runs of exports: each is made once, and its bytes are kept, so that the same version is the same file whenever and wherever it is asked for. */
import { createHash } from "node:crypto";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { Database, Row, Run } from "../books/database.ts";
import { nameUuid } from "../exports/delivery/name-uuid.ts";
import type { ExportFile } from "../exports/model/export-file.ts";
import { type ExportRun, exportFiles } from "../exports/runs/export-files.ts";
import { tellNews } from "../shards/news.ts";
import { iso, millis } from "./campaign-rows.ts";
import type { ExportRunState, ExportRunSummary, JobsDesk } from "./desk.ts";
import {
  baseOf,
  beforeOf,
  type Carried,
  contentsOf,
  isOtherSpec,
  type RunShare,
  sharesOf,
  specHash,
  tellsChanges,
} from "./export-carried.ts";
import { dueAt, firstDayOf, isPeriod } from "./export-periods.ts";
import { type KeptPlan, planOf } from "./export-plans.ts";
import * as sql from "./sql/exports.ts";

/** Characters of a part, more or less. */
const partSize = 250_000;

const states = { m: "made", d: "delivered", e: "empty", f: "failed", r: "refused" } as const;

const refuse = (what: string): never => {
  throw new UsageError("export", what);
};

/** A file as it is kept. */
export interface KeptFile {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
  /** How many parts it has. */
  readonly parts: number;
}

/** More are counted. */
const mostLeft = 20;

const sentenceOf = (left: readonly string[]): string =>
  [
    ...left.slice(0, mostLeft),
    ...(left.length > mostLeft ? [`${left.length - mostLeft} more files were not made`] : []),
  ].join("\n");

export const filesIn = (row: Row): readonly KeptFile[] => (row.files ?? []) as readonly KeptFile[];

const summaryIn = (row: Row): ExportRunSummary => ({
  ...{ plan: Number(row.export_id), period: String(row.period), version: Number(row.version), at: millis(row.at) },
  ...{ state: states[String(row.state) as keyof typeof states] as ExportRunState },
  problem: row.problem === null ? null : String(row.problem),
  files: filesIn(row).map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
});

/** Where what a file says of the versions that it carries is kept, beside it. */
export const carriedName = (file: string): string => `${file}#carried`;

/** Pieces joined to parts of about one size; each is a whole text, so no character is cut. */
function* joined(pieces: Iterable<string>): Generator<string> {
  let part = "";
  for (const piece of pieces) {
    part += piece;
    if (part.length < partSize) continue;
    yield part;
    part = "";
  }
  if (part !== "") yield part;
}

interface RunKey {
  readonly plan: number;
  readonly day: string;
  readonly version: number;
}

const keepParts = async (run: Run, { plan, day, version }: RunKey, name: string, pieces: Iterable<string>) => {
  const hash = createHash("sha256");
  let [parts, bytes] = [0, 0];
  for (const part of joined(pieces)) {
    const data = Buffer.from(part);
    await run(sql.writePart, [plan, day, version, name, parts, data]);
    hash.update(data);
    parts++;
    bytes += data.length;
  }
  return { parts, bytes, sha256: hash.digest("hex") };
};

const keepFile = async (run: Run, key: RunKey, file: ExportFile): Promise<KeptFile> => {
  const { name, mediaType } = file;
  const kept = await keepParts(run, key, name, file.parts);
  await keepParts(run, key, carriedName(name), [JSON.stringify(file.carried())]);
  return { name, mediaType, ...kept };
};

/**
 * The files of a run that can be made, and why others cannot: a point with a gap holds up nobody else.
 *
 * @throws UsageError if none can be made
 */
const keepFiles = async (run: Run, key: RunKey, files: AsyncIterable<ExportFile>) => {
  const kept: KeptFile[] = [];
  const left: string[] = [];
  for await (const file of files)
    try {
      kept.push(await keepFile(run, key, file));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      await run(sql.forgetParts, [key.plan, key.day, key.version, file.name]);
      left.push(error.message);
    }
  if (kept.length === 0 && left.length > 0) refuse(sentenceOf(left));
  return { kept, left: left.length === 0 ? undefined : sentenceOf(left) };
};

const lastOf = async (run: Run, plan: number, day: string) => {
  const [row] = (await run(sql.readLast, [plan, day])).rows;
  return row === undefined ? undefined : { version: Number(row.version), carried: row.carried as Carried };
};

async function* filesOf(
  run: Run,
  shares: readonly RunShare[],
  own: Omit<ExportRun, "days">,
): AsyncGenerator<ExportFile> {
  for (const { format, chosen } of shares) yield* exportFiles(format, { ...own, days: (await chosen(run)).days });
}

const makeFiles = async (
  database: Database,
  plan: KeptPlan,
  period: string,
  now: Millis,
): Promise<"made" | "unchanged"> => {
  const shares = sharesOf(plan, period);
  const found = await contentsOf(database.run, shares);
  const day = firstDayOf(period);
  return database.transaction(async (run) => {
    await run("SELECT FROM export_plan WHERE export_id = $1 FOR UPDATE", [plan.id]);
    const last = await lastOf(run, plan.id, day);
    const base = await baseOf(run, plan, day);
    const isWanted = (await run(sql.noLongerWanted, [plan.id, day])).count > 0;
    await run(sql.clearFailed, [plan.id, day]);
    // The same values in another form are made if somebody asks, and what a target may lack because it refused a report of changes.
    const isOther =
      last !== undefined && (isOtherSpec(last.carried, plan) || (tellsChanges(plan) && base?.version !== last.version));
    if (last?.carried.contents === found.contents && !(isWanted && isOther)) return "unchanged";
    const version = (last?.version ?? 0) + 1;
    const key = { plan: plan.id, day, version };
    const keeps: Carried = { ...found, spec: specHash(plan), base: base?.version ?? 0 };
    await run(sql.writeRun, [plan.id, day, period, version, "m", null, iso(now), null, null]);
    const before = await beforeOf(run, plan, period, base?.carried);
    const own = { name: plan.name, period, version, created: now, before, uuidOf: nameUuid };
    const { kept, left } = await keepFiles(run, key, filesOf(run, shares, own));
    const state = kept.some(({ bytes }) => bytes > 0) ? "m" : "e";
    const carriedNow = JSON.stringify({ ...keeps, left } satisfies Carried);
    await run(sql.finishRun, [plan.id, day, version, state, JSON.stringify(kept), carriedNow, left ?? null]);
    return "made";
  });
};

/**
 * Makes the next version of a period if anything differs from the one before. What cannot be made is kept with the reason, until it can be.
 *
 * @throws PostgresError
 */
export const makeRun = async (
  database: Database,
  plan: KeptPlan,
  period: string,
  now: Millis,
): Promise<"made" | "unchanged" | "failed"> => {
  try {
    return await makeFiles(database, plan, period, now);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const day = firstDayOf(period);
    await database.transaction(async (run) => {
      const version = ((await lastOf(run, plan.id, day))?.version ?? 0) + 1;
      await run(sql.noLongerWanted, [plan.id, day]);
      await run(sql.clearFailed, [plan.id, day]);
      await run(sql.writeRun, [plan.id, day, period, version, "f", error.message, iso(now), null, null]);
    });
    return "failed";
  }
};

export const exportRuns: JobsDesk["exportRuns"] = async (run, plan, { after, limit }) => {
  const [, period, version] = /^(\d{4}-\d\d(?:-\d\d)?) (\d{1,9})$/.exec(after ?? "") ?? [];
  const place = period === undefined ? [null, null] : [firstDayOf(period), Number(version)];
  return (await run(sql.readRuns, [plan, ...place, limit])).rows.map(summaryIn);
};

/** Whether its first and its last part are there: they are deleted some at a time. */
const hasPart = async (run: Run, { plan, day, version }: RunKey, { name, parts }: KeptFile): Promise<boolean> =>
  (await run(sql.hasPart, [plan, day, version, name, parts - 1])).count > 0 &&
  (await run(sql.hasPart, [plan, day, version, name, 0])).count > 0;

export const runExportAgain: JobsDesk["runExportAgain"] = async (run, id, period, version, now) => {
  const plan = (await planOf(run, id)) ?? refuse(`There is no export ${id}.`);
  if (!isPeriod(period, plan.schedule.every)) refuse(`${JSON.stringify(period)} is no period of this export.`);
  const day = firstDayOf(period);
  if (plan.isPaused)
    refuse(`The export ${plan.name} is paused: nothing of it is made or handed over until it goes on.`);
  if (version === undefined) {
    if (dueAt(period, { ...plan.schedule, minute: 0, daysLater: 0 }, plan.zone) > now)
      refuse(`${period} is not over yet.`);
    if ((await run(sql.wantRun, [id, day])).count === 0) await run(sql.wantFirst, [id, day, period, iso(now)]);
    return tellNews(run, { kind: "jobs" });
  }
  const [row] = (await run(sql.readRun, [id, day, version])).rows;
  const state = row?.state;
  if (state !== "d" && state !== "m" && state !== "r")
    refuse(`The export ${id} has no files of ${period} in version ${version}.`);
  for (const file of row === undefined ? [] : filesIn(row))
    if (file.parts > 0 && !(await hasPart(run, { plan: id, day, version }, file)))
      refuse(`The bytes of ${file.name} are no longer kept.`);
  await run(sql.setRunState, [id, day, version, "m", null]);
  await tellNews(run, { kind: "jobs" });
};

/** The parts of a file, one after the other. */
export async function* partsOf(run: Run, key: RunKey, name: string): AsyncGenerator<Uint8Array> {
  for (let part = 0; ; part++) {
    const [row] = (await run(sql.readPart, [key.plan, key.day, key.version, name, part])).rows;
    if (row === undefined) return;
    yield row.bytes as Uint8Array;
  }
}

export const exportFile: JobsDesk["exportFile"] = async (run, plan, period, version, name) => {
  if (!/^\d{4}-\d\d(-\d\d)?$/.test(period)) return undefined;
  const day = firstDayOf(period);
  const [row] = (await run(sql.readRun, [plan, day, version])).rows;
  const file = row === undefined ? undefined : filesIn(row).find((one) => one.name === name);
  // What was deleted after a time must not look like a file without a byte.
  const isKept = file !== undefined && (file.parts === 0 || (await hasPart(run, { plan, day, version }, file)));
  return isKept ? { mediaType: file.mediaType, parts: partsOf(run, { plan, day, version }, name) } : undefined;
};
