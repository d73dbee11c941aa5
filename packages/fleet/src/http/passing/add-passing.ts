/** Requests for points that another process of the fleet reads: passed on to it. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { staleAnswer } from "@meterport/engine/guard/measured";
import { localActor } from "@meterport/gateway/access/scope";
import { refuse, shown } from "@meterport/gateway/http/answers";
import { noPoint, type Points, storedPointOf } from "@meterport/gateway/http/give";
import type { Context, Next } from "hono";
import { audit } from "../../audit/audit.ts";
import { type FleetWorld, whoAsks } from "../world.ts";
import { beyondAll, type EventIds, eventIdsIn } from "./event-ids.ts";
import { HolderAway, passOn } from "./pass-on.ts";
import { passedStream } from "./passed-stream.ts";
import { type FindPlaces, type Place, placesFinder } from "./places.ts";
import { addPointPages } from "./point-pages.ts";
import { scopeHeader } from "./vouch.ts";

const eventStream = { "content-type": "text/event-stream", "x-accel-buffering": "no" };
const retryAfter = "3";
const id = /^[a-z0-9][a-z0-9._-]{0,199}$/i;
/** As many as the gateway's own stream takes. */
const mostPoints = 64;

/** It interrupts what is read of a meter for a while. */
const isDoctor = (method: string, rest: string): boolean => method === "POST" && rest === "/link/doctor";

/** What is passed on: looking, and the doctor, who reads. What changes a point is not for a fleet. */
const mayPass = (method: string, rest: string): boolean =>
  method === "GET" || method === "HEAD" || isDoctor(method, rest);

const away = (c: Context, message: string) => {
  c.header("retry-after", retryAfter);
  return refuse(c, 503, "no-holder", message);
};

const nobody = (c: Context, point: string) =>
  away(
    c,
    `no process of the fleet reads ${shown(point)} now: one takes it within seconds, or its site has none; try again`,
  );

const actorOf = (c: Context) => c.var.actor ?? { ...localActor, scope: "read" as const };

interface Passing {
  readonly world: FleetWorld;
  readonly points: Points;
  readonly find: FindPlaces;
}

/** A request that was passed on once goes nowhere else: two processes that disagree must not send it in circles. */
const wasPassed = (c: Context): boolean => c.req.header(scopeHeader) !== undefined;

const streamOf = (
  { world, find }: Passing,
  c: Context,
  places: ReadonlyMap<string, Place | null>,
  query: URLSearchParams,
) => {
  const ids = eventIdsIn(c.req.header("last-event-id"));
  const body = passedStream({
    ...{ points: [...places.keys()], places, find, ids, clock: world.clock },
    connect: async (place, own) => {
      const answer = await passOn({
        ...{ place, request: c.req.raw, actor: actorOf(c), clock: world.clock, headers: lastIdOf(ids, place) },
        path: `/api/v1/stream?${new URLSearchParams([...query, ["point", own.join(",")]])}`,
      });
      if (answer.ok && answer.body !== null) return answer.body;
      await answer.body?.cancel();
      throw new HolderAway("its stream was refused");
    },
  });
  return c.body(body, 200, eventStream);
};

/** Of a holder that the client does not know it may lack anything. */
const lastIdOf = (ids: EventIds | undefined, { holder }: Place): Readonly<Record<string, string>> =>
  ids === undefined ? {} : { "last-event-id": String(ids.get(holder) ?? beyondAll) };

interface Unanswered {
  readonly point: string;
  readonly rest: string;
  /** Of a holder that does not answer; null if there is none. */
  readonly place: Place | null;
}

/** What is said of a point that nobody reads, or whose holder is away; undefined if nothing is known but that. */
const unheld = (passing: Passing, c: Context, { point, rest, place }: Unanswered) => {
  if (rest === "/live") return c.json(staleAnswer(point, null));
  // It is stale until somebody reads it, and ends then.
  if (rest === "/events" && c.req.path.startsWith("/api/v1/meters/"))
    return streamOf(passing, c, new Map([[point, place]]), new URLSearchParams());
  return undefined;
};

/** The point that a request is about, and what of it. */
const askedFor = (c: Context): { readonly point: string; readonly rest: string } => {
  const [, point, rest = ""] = /^\/api\/v1\/(?:points|meters)\/([^/]+)(\/.*)?$/.exec(c.req.path) ?? [];
  return point === undefined ? { point: c.req.query("parent") ?? "", rest: "/children" } : { point, rest };
};

const passPoint = (passing: Passing) => async (c: Context, next: Next) => {
  const { point, rest } = askedFor(c);
  const { world, points, find } = passing;
  const noteDoctor = async (): Promise<void> => {
    if (isDoctor(c.req.method, rest))
      await audit(world.database.run, { who: whoAsks(c), what: "doctor", about: { point } });
  };
  if (!id.test(point) || wasPassed(c)) return next();
  if (points.meters.has(point)) {
    await noteDoctor();
    return next();
  }
  if (storedPointOf(points, point) !== undefined) return next();
  const place = (await find([point])).get(point);
  // Not one of the books either: the gateway's own route says so.
  if (place === undefined) return next();
  if (!mayPass(c.req.method, rest))
    return refuse(c, 409, "read-only", `${shown(point)} is a point of a fleet, which changes nothing at meters`);
  if (place === null) return unheld(passing, c, { point, rest, place }) ?? nobody(c, point);
  await noteDoctor();
  try {
    const { pathname, search } = new URL(c.req.url);
    return await passOn({
      place,
      path: `${pathname}${search}`,
      request: c.req.raw,
      actor: actorOf(c),
      clock: world.clock,
    });
  } catch (error) {
    if (!(error instanceof HolderAway)) throw error;
    return (
      unheld(passing, c, { point, rest, place }) ?? away(c, `${shown(point)} cannot be asked now: ${error.message}`)
    );
  }
};

const passStream = (passing: Passing) => async (c: Context, next: Next) => {
  const asked = [...new Set(c.req.query("point")?.split(",", mostPoints + 1) ?? [])];
  const { meters } = passing.points;
  const elsewhere = asked.filter((point) => !meters.has(point));
  const isOurs = elsewhere.length === 0 || asked.length > mostPoints || !asked.every((point) => id.test(point));
  if (isOurs || wasPassed(c) || c.req.raw.method === "HEAD") return next();
  const places = await passing.find(asked);
  const unknown = asked.find((point) => !places.has(point));
  if (unknown !== undefined) return noPoint(c, unknown);
  const query = new URLSearchParams();
  for (const name of ["events", "every"]) {
    const value = c.req.query(name);
    if (value !== undefined) query.set(name, value);
  }
  return streamOf(passing, c, places, query);
};

/** Before the gateway's own routes, which are asked about the points that this process reads itself. */
export const addPassing = (app: OpenAPIHono, world: FleetWorld, points: Points): void => {
  const passing = { world, points, find: placesFinder(world.database.run, world.clock) };
  for (const prefix of ["points", "meters"]) {
    app.all(`/api/v1/${prefix}/:id`, passPoint(passing));
    app.all(`/api/v1/${prefix}/:id/*`, passPoint(passing));
  }
  app.get("/api/v1/children", passPoint(passing));
  app.get("/api/v1/stream", passStream(passing));
  addPointPages(app, world, points);
};
