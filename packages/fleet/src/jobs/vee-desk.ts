/** What a person sees of checked days, and decides. */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { Row, Run } from "../books/database.ts";
import { daysOf } from "../books/queries.ts";
import { gridBetween } from "../books/stored-slots.ts";
import { tellNews } from "../shards/news.ts";
import { checkEdit, type Edit } from "../vee/edits.ts";
import type { Finding } from "../vee/judge-day.ts";
import type { Verdict } from "../vee/rules/rule.ts";
import { nameOfRule } from "../vee/rules/rules.ts";
import { dayMillis } from "../vee/vee-input.ts";
import { iso, millis } from "./campaign-rows.ts";
import type { DayDetail, DaySlot, InboxDay, JobsDesk, NewEdit } from "./desk.ts";
import { isPeriod } from "./export-periods.ts";
import * as sql from "./sql/vee.ts";
import { loadVee } from "./vee-load.ts";
import { checkedNames, isoDay, nameOfObis } from "./vee-rows.ts";

const refuse = (what: string): never => {
  throw new UsageError("edit", what);
};

const inboxDayIn = (row: Row): InboxDay => ({
  ...{ point: String(row.point), obis: String(row.obis), day: String(row.day), pointName: String(row.name) },
  ...{ site: row.site === null ? null : String(row.site), verdict: row.verdict as Verdict | null },
  ...{ findings: (row.findings ?? []) as readonly Finding[], version: Number(row.version), at: millis(row.at) },
  counts: { suspect: Number(row.suspect), missing: Number(row.missing), estimated: Number(row.estimated) },
});

/** Numbers of points have 32 bits. */
const mostPoint = 2 ** 31 - 1;

/** A place in the inbox: "2026-11-29 17 1-0:1.29.0". */
const placeIn = (after: string | undefined): readonly [string, number, string] | null => {
  if (after === undefined) return null;
  const [, day = "", point = "", obis = ""] = /^(\d{4}-\d\d-\d\d) (\d{1,10}) ([\d.:-]{1,40})$/.exec(after) ?? [];
  return isPeriod(day, "day") && Number(point) <= mostPoint
    ? [day, Number(point), obis]
    : refuse("This is no place in the inbox: give what the page before said.");
};

export const veeInbox: JobsDesk["veeInbox"] = async (run, { after, limit, site, point }) => {
  const [day = null, number = null, obis = null] = placeIn(after) ?? [];
  const { rows } = await run(sql.readInbox, [day, number, obis, site ?? null, point ?? null, limit]);
  const last = rows.at(-1);
  const next =
    last === undefined || rows.length < limit
      ? null
      : `${String(last.day)} ${String(last.point_id)} ${String(last.obis)}`;
  return { days: rows.map(inboxDayIn), next };
};

const states = { o: "open", s: "seen", f: "fine" } as const;

/** What the meter recorded, slot by slot. */
const recordedIn = async (run: Run, point: string, name: string, day: Millis, step: number) => {
  const rows = await daysOf(run, [point], { name, from: day, to: day + dayMillis });
  return gridBetween(rows, day, day + dayMillis, step);
};

export const dayDetail: JobsDesk["dayDetail"] = async (run, { point, obis, day }): Promise<DayDetail | undefined> => {
  const [name, begin] = [nameOfObis(obis), Date.parse(`${day}T00:00:00Z`)];
  if (name === undefined || !/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(begin)) return undefined;
  const [found] = (await run(sql.readVeeDay, [point, obis, day])).rows;
  if (found === undefined || found.state === null) return undefined;
  const number = Number(found.point_id);
  const [facts] = await loadVee(run, { points: [number], first: begin, last: begin, reach: 0, usual: () => new Set() });
  const chosen = facts?.chosen.get(`${obis} ${day}`);
  if (facts === undefined || chosen === undefined) return undefined;
  const step = dayMillis / 1_000 / chosen.values.length;
  const recorded = await recordedIn(run, point, name, begin, step);
  const slots = chosen.values.map((value, slot): DaySlot => {
    const one = recorded[slot] ?? null;
    return {
      ...{ start: begin + slot * step * 1_000, recorded: one?.value ?? null, source: one?.source ?? null },
      ...{ quality: one?.quality ?? null, notes: one?.notes ?? [], chosen: value, code: chosen.codes[slot] ?? null },
      rule: nameOfRule(chosen.rules[slot] ?? 0) ?? null,
    };
  });
  const versions = (await run(sql.readVersions, [number, obis, day])).rows.map((row) => ({
    ...{ version: Number(row.version), by: String(row.by), at: millis(row.at) },
    reason: row.reason === null ? null : String(row.reason),
  }));
  return {
    ...{ point, obis, day, unit: checkedNames[name].unit, zone: facts.point.zone, step, slots, versions },
    ...{ verdict: found.verdict as Verdict | null, findings: (found.findings ?? []) as readonly Finding[] },
    state: states[String(found.state) as keyof typeof states] ?? "fine",
    edits: (facts.edits.get(obis) ?? []).filter(({ from, to }) => from < begin + dayMillis && to > begin),
  };
};

export const markSeen: JobsDesk["markSeen"] = async (run, { point, obis, day, version }, by) =>
  (await run(sql.markVeeDay, [point, obis, day, by, version ?? null])).count > 0;

const pointNumber = async (run: Run, point: string): Promise<number> => {
  const [row] = (await run(sql.readPointNumber, [point])).rows;
  return row === undefined ? refuse(`There is no point ${JSON.stringify(point)}.`) : Number(row.point_id);
};

/** Which day it ends in, of which the last moment is the end of the edit. */
const lastDay = (to: Millis): Millis => to - 1;

export const addEdit: JobsDesk["addEdit"] = async (run, { point, obis, ...decided }: NewEdit, now) => {
  const number = await pointNumber(run, point);
  const step = Number((await run(sql.readStep, [number, obis, isoDay(decided.from)])).rows[0]?.step ?? 0);
  if (step === 0)
    refuse(`The point ${JSON.stringify(point)} has no values ${JSON.stringify(obis)} that could be edited.`);
  const edit: Edit = { ...decided, at: now };
  checkEdit(edit, step * 1_000);
  const { kind, from, to, author, reason } = edit;
  if (to > now) refuse("An edit is about time that is over.");
  const values = edit.kind === "set" ? [...edit.values] : null;
  await run(sql.writeEdit, [number, obis, kind, iso(from), iso(to), values, author, reason, iso(now)]);
  await run(sql.noteEdited, [number, obis, isoDay(from), isoDay(lastDay(to))]);
  await tellNews(run, { kind: "jobs" });
};
