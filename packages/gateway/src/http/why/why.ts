/** `/api/v1/points/{id}/why`: the origin of a value. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type ProfileWhy, profileWhy, type RecordedEnd } from "@meterport/engine/backfill/profile-why";
import { liveProof } from "@meterport/engine/guard/live-proof";
import { type DifferenceEnd, differenceWhy, type RegisterReading } from "@meterport/engine/intervals/difference-why";
import type { Proof } from "@meterport/engine/model/proof";
import type { RegisterState } from "@meterport/engine/model/register-state";
import type { Store } from "@meterport/engine/ports/store";
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import { refuse, shown } from "../answers.ts";
import {
  type BodyOf,
  badRequest,
  give,
  iso,
  noPoint,
  type Point,
  type Points,
  pointOf,
  storedPointOf,
} from "../give.ts";
import { intervalAnswer } from "../values/values.ts";
import { type profileWhyAnswer, type proofAnswer, whyAnswer, whyRoute } from "./routes.ts";
import { readingWhy, registerWhy } from "./stored-why.ts";

type WhyStore = Pick<Store, "intervalProof" | "channels" | "readings" | "registerProof" | "devices">;
type Why = BodyOf<typeof whyAnswer>;

/** What only some values have. */
const none = {
  ...{ interval: null, live: null, register: null, reading: null },
  ...{ proof: null, difference: null, profile: null },
} as const;

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

const usualChannel = "energy_import_wh";

/** Readings of the register may be this far from an end at least. */
const tolerance: Millis = 60_000;

const intervalWhy = async (
  store: WhyStore,
  { id, view }: Point,
  channel: string,
  end: Millis,
): Promise<Why | undefined> => {
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
  return { ...none, id, value: "interval", interval, proof, difference, profile };
};

const liveWhy = ({ id, view }: Point, key: LiveKey): Why => {
  const context = view.liveContext?.(key) ?? { profile: view.detail().identity?.profile };
  const { value, verdictCode, ...rest } = liveProof(key, view.live(), context);
  return { ...none, id, value: "live", live: { ...rest, number: value, verdict_code: verdictCode } };
};

/** A state of a register that is stored at exactly this time. */
type RegisterKey = Pick<RegisterState, "register" | "tier" | "time">;

const storedRegisterWhy = async (
  store: WhyStore,
  id: string,
  point: Point | undefined,
  key: RegisterKey,
): Promise<Why | undefined> => {
  const found = await store.registerProof(id, key);
  if (found === undefined) return undefined;
  const register = await registerWhy(store, point, found.state);
  return { ...none, id, value: "register", register, proof: found.proof === null ? null : proofOf(found.proof) };
};

const noSuchRegister = ({ register, tier, time }: RegisterKey): string =>
  `no state of ${shown(register)}, tier ${tier}, at ${iso(time)} is stored: GET registers lists those that are`;

const noSuchReading = (time: Millis): string =>
  `no live set of ${iso(time)} is stored: single readings are kept as long as history.raw says, and their times are those of the export of readings`;

const bothNames = "register and channel exclude each other: write one of them";

export const addWhy = (app: OpenAPIHono, points: Points, store: WhyStore): void => {
  app.openapi(whyRoute, async (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(points, id);
    const query = c.req.valid("query");
    const { value = "interval", channel, end, time, tier = 0, key = "power_w" } = query;
    if (value === "register") {
      // What the meter read from another meter is stored alike.
      if (storedPointOf(points, id) === undefined) return noPoint(c, id);
      if (query.register !== undefined && channel !== undefined) return badRequest(c, bothNames);
      if (time === undefined) return badRequest(c, "time is missing: write when the register had this state");
      const wanted = { register: query.register ?? channel ?? usualChannel, tier, time };
      const why = await storedRegisterWhy(store, id, point, wanted);
      return why === undefined ? refuse(c, 404, "no-such-register", noSuchRegister(wanted)) : give(c, whyAnswer, why);
    }
    if (point === undefined) return noPoint(c, id);
    if (value === "live") return give(c, whyAnswer, liveWhy(point, key));
    if (value === "reading") {
      if (time === undefined) return badRequest(c, "time is missing: write when the live set was taken");
      const reading = await readingWhy(store, point, { key, time });
      return reading === undefined
        ? refuse(c, 404, "no-such-reading", noSuchReading(time))
        : give(c, whyAnswer, { ...none, id, value, reading });
    }
    if (end === undefined) return badRequest(c, "end is missing: write when the interval ended");
    const why = await intervalWhy(store, point, channel ?? usualChannel, end);
    if (why !== undefined) return give(c, whyAnswer, why);
    const wanted = shown(channel ?? usualChannel);
    return refuse(c, 404, "no-such-interval", `no interval of ${wanted} that ends at ${iso(end)} is stored`);
  });
};
