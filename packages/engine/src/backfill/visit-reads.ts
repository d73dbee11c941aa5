/** What a visit reads of a meter, by the jobs that the meter has anyway: their results are stored, and so booked, as always. */

import { readPowerQuality } from "@meterport/client/readers/power-quality";
import { MeterportError, ResponseError } from "@meterport/protocol/errors";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { registerKeys } from "../guard/measured.ts";
import { type Attempt, type ReadKind, readKinds } from "../model/visit.ts";
import type { MeterView } from "../points/meter-view.ts";
import type { MeterSource } from "../ports/meter-source.ts";
import type { Store } from "../ports/store.ts";
import type { ProfileProgress } from "./profile-job.ts";

/** A point that is read by this process. */
export interface VisitedPoint {
  readonly source: Pick<MeterSource, "ask" | "identity">;
  readonly view: Pick<MeterView, "live">;
  readonly profile: () => ProfileProgress;
  /** Runs one of its jobs, as soon as the line is idle. @throws MeterportError */
  readonly runJob: (name: string) => Promise<void>;
}

export interface ReadContext {
  readonly id: string;
  readonly point: VisitedPoint;
  readonly store: Pick<Store, "write">;
  readonly clock: Pick<Clock, "wall">;
}

const qualityLimit: Millis = 60_000;
/** Pieces of a load profile of two months. */
const mostPieces = 200;

const read: Attempt = { event: "read", reason: null };
const failed = (reason: string): Attempt => ({ event: "failed", reason });

/** What of the newest reading is a register; the guard has let it through. */
const readRegisters = async ({ id, point, store }: ReadContext): Promise<Attempt> => {
  const live = point.view.live();
  const time = live.time === null || live.quality === "stale" ? Number.NaN : Date.parse(live.time);
  if (Number.isNaN(time)) return failed("the meter gives no values now");
  const serial = point.source.identity()?.serial ?? null;
  const registers = registerKeys.flatMap((register) => {
    const value = live[register];
    return value === null || value === undefined
      ? []
      : [{ point: id, register, tier: 0, time, value, reason: "manual" as const, serial }];
  });
  if (registers.length === 0) return { event: "nothing", reason: "the meter has no registers of energy" };
  await store.write({ registers });
  return read;
};

/** The whole load profile, as far as it is not known. */
const readProfile = async ({ point }: ReadContext): Promise<Attempt> => {
  for (let piece = 0; piece < mostPieces; piece++) {
    await point.runJob("load profile");
    const { state } = point.profile();
    if (state === "filling") continue;
    if (state === "complete") return read;
    if (state === "none" || state === "unused") return { event: "nothing", reason: "the meter keeps no load profile" };
    if (state === "refused") return { event: "refused", reason: "the key may not read the load profile" };
    return failed(`the load profile is not read now: ${state}`);
  }
  return failed("the load profile has no end");
};

/** What reading the power quality needs. */
export interface QualityContext extends Omit<ReadContext, "point"> {
  readonly point: { readonly source: Pick<MeterSource, "ask"> };
}

/**
 * Reads the power quality and stores it as an event.
 *
 * @param unless nothing is stored if the detail of the event is this one
 * @returns the detail
 * @throws MeterportError
 */
export const keepQuality = async ({ id, point, store, clock }: QualityContext, unless?: string): Promise<string> => {
  const quality = await point.source.ask({
    label: "read the power quality",
    limit: qualityLimit,
    run: (meter, signal) => readPowerQuality(meter, { signal }),
  });
  const time = clock.wall();
  const detail = JSON.stringify(quality);
  const own = { point: id, id: `power-quality:${time}`, time, until: null, kind: "power-quality", number: null };
  if (unless === undefined || detail !== unless) await store.write({ events: [{ ...own, origin: "meter", detail }] });
  return detail;
};

const readQuality = async (context: ReadContext): Promise<Attempt> => {
  await keepQuality(context);
  return read;
};

const byJobs =
  (...names: readonly string[]) =>
  async ({ point }: ReadContext): Promise<Attempt> => {
    for (const name of names) await point.runJob(name);
    return read;
  };

const readers: Readonly<Record<ReadKind, (context: ReadContext) => Promise<Attempt>>> = {
  registers: readRegisters,
  profile: readProfile,
  events: byJobs("event log", "outage log"),
  quality: readQuality,
  clock: byJobs("read the meter's clock"),
  // Each connection begins with it.
  identity: async ({ point }) =>
    point.source.identity() === null ? failed("the meter has not said what it is") : read,
  billing: byJobs("self reads"),
};

/** Reads one thing. Never rejects for what a meter or its link does. */
export const readOne = async (kind: ReadKind, context: ReadContext): Promise<Attempt> => {
  try {
    return await readers[kind](context);
  } catch (error) {
    if (!(error instanceof MeterportError)) throw error;
    const isRefusal = error instanceof ResponseError;
    if (isRefusal && error.code === "no-such-table") return { event: "nothing", reason: error.message };
    return { event: isRefusal ? "refused" : "failed", reason: error.message };
  }
};

/** Reads several things of one meter, one after the other, each once. */
export const readAll = async (
  kinds: Iterable<ReadKind>,
  context: ReadContext,
): Promise<ReadonlyMap<ReadKind, Attempt>> => {
  const wanted = new Set(kinds);
  const results = new Map<ReadKind, Attempt>();
  for (const kind of readKinds) if (wanted.has(kind)) results.set(kind, await readOne(kind, context));
  return results;
};

const worst: readonly Attempt["event"][] = ["failed", "refused", "nothing", "read"];

/** What becomes of a campaign that wanted several things of one meter: what fails is tried again, all of it. */
export const together = (attempts: readonly Attempt[]): Attempt =>
  [...attempts].sort((a, b) => worst.indexOf(a.event) - worst.indexOf(b.event))[0] ?? read;
