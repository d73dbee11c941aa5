/** The power outages that the meter remembers, as events of the point. */
import { type Outage, readOutages } from "@meterport/client/readers/outages";
import type { Millis } from "@meterport/protocol/ports";
import { utcOfLocal } from "../calendar/local-calendar.ts";
import type { PointEvent } from "../model/point-event.ts";
import type { BackfillDeps, BackfillJob } from "./job.ts";
import { MemoryJob, type MemoryLog } from "./memory-job.ts";

const every: Millis = 6 * 3_600_000;
/** The meter's two records of an outage round its times differently. */
const same: Millis = 5_000;
const mostKnown = 1_000;

const momentOf = (utc: string | null, local: string | null, zone: string): Millis | undefined => {
  if (utc !== null) return Date.parse(utc);
  return local === null ? undefined : utcOfLocal(zone, Date.parse(`${local}Z`));
};

/** The event of an outage; undefined if nothing says when it was. */
const outageEvent = (point: string, zone: string, outage: Outage): PointEvent | undefined => {
  const seconds = outage.duration_s;
  const end = momentOf(outage.end, outage.endLocal, zone);
  const known = momentOf(outage.start, outage.startLocal, zone);
  const start = known ?? (end === undefined || seconds === null ? undefined : end - 1000 * seconds);
  if (start === undefined) return undefined;
  const { cause, duration_s, tables, doubts } = outage;
  return {
    point,
    id: `outage:${start}`,
    time: start,
    until: end ?? (seconds === null ? null : start + 1000 * seconds),
    kind: "outage",
    number: null,
    origin: "outage",
    detail: JSON.stringify({ cause, duration_s, tables, ...(doubts.length === 0 ? {} : { doubts }) }),
  };
};

/** When the outages began that the meter had when it was asked last; none from a damaged memo. */
const parseSeen = (text: string | undefined): readonly Millis[] => {
  try {
    const seen: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(seen) ? seen.filter((time) => typeof time === "number") : [];
  } catch {
    return [];
  }
};

const outageLog: MemoryLog<Outage> = {
  name: "outage-log",
  rest: () => every,
  read: async (meter, _known, signal) => {
    const outages: Outage[] = [];
    for await (const outage of readOutages(meter, { signal })) outages.push(outage);
    return outages;
  },
  keep: async (outages, { deps: { point, zone, store }, known, since, memo }) => {
    const seen = parseSeen(known);
    const events = outages.flatMap((outage) => outageEvent(point, zone, outage) ?? []);
    const earliest = Math.min(...events.map(({ time }) => time)) - same;
    if (!Number.isFinite(earliest)) return;
    const stored = await store.events(point, { kinds: ["outage"], from: earliest, limit: mostKnown });
    // The store forgets old events, and the meter may remember them for longer.
    const ended = [...stored.filter(({ until }) => until !== null).map(({ time }) => time), ...seen];
    const isKnown = (event: PointEvent): boolean => ended.some((time) => Math.abs(time - event.time) <= same);
    const added = events.filter((event) => event.time >= since && !isKnown(event));
    const now = events.filter(({ until }) => until !== null).map(({ time }) => time);
    if (added.length > 0 || JSON.stringify(now) !== JSON.stringify(seen))
      await store.write({ events: added, memos: [memo(JSON.stringify(now))] });
  },
};

export const outageJob = (deps: BackfillDeps): BackfillJob => new MemoryJob(deps, outageLog);
