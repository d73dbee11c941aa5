/** `/api/v1/points/{id}/why`: the origin of a value. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type ProfileWhy, profileWhy, type RecordedEnd } from "@meterport/engine/backfill/profile-why";
import { liveProof } from "@meterport/engine/guard/live-proof";
import { type DifferenceEnd, differenceWhy, type RegisterReading } from "@meterport/engine/intervals/difference-why";
import type { Proof } from "@meterport/engine/model/proof";
import type { Store } from "@meterport/engine/ports/store";
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import { refuse, shown } from "../answers.ts";
import { type BodyOf, badRequest, give, iso, noPoint, type Point, type Points, pointOf } from "../give.ts";
import { intervalAnswer } from "../values/values.ts";
import { type profileWhyAnswer, type proofAnswer, whyAnswer, whyRoute } from "./routes.ts";

type WhyStore = Pick<Store, "intervalProof" | "channels" | "readings">;

const proofOf = ({ clockOffset, time, ...rest }: Proof): BodyOf<typeof proofAnswer> => ({
  time: iso(time),
  table: rest.table,
  offset: rest.offset,
  raw: rest.raw,
  profile: rest.profile,
  clock_offset_ms: clockOffset,
  note: rest.note,
});

const endOf = ({ time, before, after, register }: DifferenceEnd) => {
  const reading = (one: RegisterReading | null) => (one === null ? null : { time: iso(one.time), value: one.value });
  return { time: iso(time), register, before: reading(before), after: reading(after) };
};

const recordedOf = ({ time, block, index, offset, raw, valueOffset, integer }: RecordedEnd) => ({
  ...{ time: iso(time), block, entry: index, offset, raw },
  ...{ value_offset: valueOffset, integer },
});

const profileOf = ({ rule, table, source, scale, begin, end }: ProfileWhy): BodyOf<typeof profileWhyAnswer> => ({
  ...{ rule, table, source, scale },
  begin: begin === null ? null : recordedOf(begin),
  end: recordedOf(end),
});

/** Readings of the register may be this far from an end at least. */
const tolerance: Millis = 60_000;

const intervalWhy = async (store: WhyStore, { id, view }: Point, channel: string, end: Millis) => {
  // A channel of which nothing is stored is not looked up, so that a request cannot make one.
  if (!(await store.channels(id)).includes(channel)) return undefined;
  const found = await store.intervalProof(id, channel, end);
  if (found === undefined) return undefined;
  const recorded = await profileWhy(store, found.interval, found.proof);
  // The bytes of a whole block are kept once for all of its intervals: those of this one are what was asked for.
  const own = recorded === undefined ? {} : { offset: recorded.end.offset, raw: recorded.end.raw };
  const proof = found.proof === null ? null : { ...proofOf(found.proof), ...own };
  const profile = recorded === undefined ? null : profileOf(recorded);
  const why = await differenceWhy(store, found.interval, Math.max(tolerance, view.summary().link.poll_interval_ms));
  const difference = why === undefined ? null : { rule: why.rule, begin: endOf(why.begin), end: endOf(why.end) };
  const interval = intervalAnswer(found.interval);
  return { id, value: "interval" as const, interval, live: null, proof, difference, profile };
};

const liveWhy = ({ id, view }: Point, key: LiveKey): BodyOf<typeof whyAnswer> => {
  const context = view.liveContext?.(key) ?? { profile: view.detail().identity?.profile };
  const { value, verdictCode, ...rest } = liveProof(key, view.live(), context);
  return {
    id,
    value: "live",
    interval: null,
    proof: null,
    difference: null,
    profile: null,
    live: { ...rest, number: value, verdict_code: verdictCode },
  };
};

export const addWhy = (app: OpenAPIHono, points: Points, store: WhyStore): void => {
  app.openapi(whyRoute, async (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(points, id);
    if (point === undefined) return noPoint(c, id);
    const { value = "interval", channel = "energy_import_wh", end, key = "power_w" } = c.req.valid("query");
    if (value === "live") return give(c, whyAnswer, liveWhy(point, key));
    if (end === undefined) return badRequest(c, "end is missing: write when the interval ended");
    const why = await intervalWhy(store, point, channel, end);
    if (why !== undefined) return give(c, whyAnswer, why);
    return refuse(c, 404, "no-such-interval", `no interval of ${shown(channel)} that ends at ${iso(end)} is stored`);
  });
};
