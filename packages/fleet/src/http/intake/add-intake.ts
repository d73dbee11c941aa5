/** `/api/v1/fleet/intake…`: values that gateways bring by themselves. They are untrusted: only points of their token, and only what the books take. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { hashOf, isToken, newToken } from "@meterport/gateway/access/token";
import { refuse, shown } from "@meterport/gateway/http/answers";
import { badRequest, give } from "@meterport/gateway/http/give";
import { longestReason, type Outcome } from "@meterport/gateway/outputs/upstream/upstream-requests";
import { type ProvedEntry, readBody } from "@meterport/gateway/outputs/upstream/upstream-wire";
import { UsageError } from "@meterport/protocol/errors";
import { plainText } from "@meterport/protocol/plain-text";
import type { Millis } from "@meterport/protocol/ports";
import type { Context } from "hono";
import { audit } from "../../audit/audit.ts";
import { Books } from "../../books/book.ts";
import { journalFacts } from "../../books/journal-facts.ts";
import { scopeProblems } from "../../jobs/campaign-book.ts";
import { type Settled, visitBook } from "../../jobs/visit-book.ts";
import { gatewayPrefix } from "../../shards/sql/told.ts";
import { tellLinkStates } from "../../shards/told.ts";
import { type FleetWorld, whoAsks } from "../world.ts";
import {
  addIntake as addToken,
  crowdedPoint,
  type Intake,
  intakeOf,
  listIntakes,
  mayBring,
  noteDelivered,
  noteHeard,
  noteMeters,
  ownerOf,
  pointsOf,
  pointsOfMeters,
  removeIntake,
} from "./intake-book.ts";
import { requestIn } from "./request-id.ts";
import * as route from "./routes.ts";
import { wantedStream } from "./wanted.ts";

/** A sentence for people, from a machine of somebody else. */
const reasonOf = (result: Outcome["result"], reason: string | null): string | null =>
  result === "read" ? null : plainText(reason ?? "the gateway gave no reason").slice(0, longestReason);

const eventStream = { "content-type": "text/event-stream", "x-accel-buffering": "no" };

const bearerOf = (c: Context): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "")?.[1];

const unknownToken = (c: Context) => {
  c.header("www-authenticate", 'Bearer realm="meterport"');
  const message =
    "this is no token of a gateway: an admin of the fleet makes one with POST /api/v1/fleet/intake/tokens";
  return c.json({ error: "sign-in-needed", message }, 401);
};

const foreignPoints = (c: Context, points: readonly string[]) => {
  const named = points.map((point) => shown(point)).join(", ");
  const message = `this token is not for ${named}: nothing is booked; correct the token, or the points of the output`;
  return c.json({ error: "foreign-points", message }, 403);
};

const tooManyNames = (c: Context, point: string) => {
  const message = `the books have more channels, or meters at and behind ${shown(point)}, than can be true: nothing is booked; look what this gateway brings`;
  return c.json({ error: "too-many-names", message }, 403);
};

const foreignRequests = (c: Context, ids: readonly string[]) => {
  const named = ids.map((id) => shown(id)).join(", ");
  const message = `this token is not for what was asked as ${named}: nothing is noted; answer only what your own stream asks for`;
  return c.json({ error: "foreign-requests", message }, 403);
};

/** Values may be so far ahead of this process's clock: clocks differ. What is further would be in the way of the true values later. */
const mostAhead: Millis = 3_600_000;
/** Streams that stay open; those of more gateways end after one look, so that the page and all others have connections left. */
const mostStreams = 48;

const timeOf = ({ entry }: ProvedEntry): Millis =>
  entry.kind === "interval" ? entry.interval.end : entry.kind === "register" ? entry.register.time : -Infinity;

/** What is booked, and what has no place in the books. */
const bookEntries = async (books: Books, entries: readonly ProvedEntry[], by: string, now: Millis) => {
  const ahead = entries.filter((each) => timeOf(each) > now + mostAhead);
  const proofs = new Map(entries.flatMap((each) => (ahead.includes(each) ? [] : [[each.entry, each.proof] as const])));
  const { batch, refused } = journalFacts([...proofs.keys()], (entry) => proofs.get(entry), { holder: by, attempt: 0 });
  const outOfTime = proofs.size > 0 ? (await books.book(batch)).outOfTime : 0;
  const [early] = ahead;
  const why = [
    ...(early === undefined
      ? []
      : [
          `${early.entry.point} has values until ${new Date(timeOf(early)).toISOString()}, which is in the future: look at its clock`,
        ]),
    ...(refused.example === undefined ? [] : [`${refused.example} fits no slot`]),
    ...(outOfTime === 0 ? [] : ["the fleet no longer keeps the months of some, or they lie years ahead"]),
  ];
  return { leftOut: ahead.length + refused.count + outOfTime, why: why[0] ?? null };
};

export const addIntake = (app: OpenAPIHono, { database, clock, entropy }: FleetWorld): void => {
  const { run } = database;
  const books = new Books(database);
  const book = visitBook(entropy);
  let streams = 0;

  const intakeIn = async (c: Context): Promise<Intake | undefined> => {
    const token = bearerOf(c);
    return token === undefined || !isToken(token) ? undefined : intakeOf(run, hashOf(token));
  };

  app.openapi(route.intakeRoute, async (c) => {
    if ((await intakeIn(c)) === undefined) return unknownToken(c) as never;
    const body = await c.req.text().catch(() => undefined);
    if (body === undefined) return badRequest(c, "the body ended before its length: send it again");
    const entries = readBody(body);
    if (typeof entries === "string") return badRequest(c, entries);
    // Again: a body may take minutes, and its token be removed meanwhile.
    const intake = await intakeIn(c);
    if (intake === undefined) return unknownToken(c) as never;
    const allowed = await pointsOf(run, intake);
    const foreign = new Set(entries.flatMap(({ entry: { point } }) => (mayBring(allowed, point) ? [] : [point])));
    if (foreign.size > 0) return foreignPoints(c, [...foreign]) as never;
    const owners = new Set(entries.flatMap(({ entry: { point } }) => ownerOf(allowed, point) ?? []));
    const crowded = await crowdedPoint(run, [...owners]);
    if (crowded !== undefined) return tooManyNames(c, crowded) as never;
    try {
      const { leftOut, why } = await bookEntries(books, entries, `${gatewayPrefix}${intake.name}`, clock.wall());
      if (entries.some(({ entry }) => entry.kind === "device")) await noteMeters(run, [...allowed]);
      const number = entries.length === 0 ? null : Math.max(...entries.map(({ entry }) => entry.number));
      await noteDelivered(run, intake.name, number);
      return give(c, route.booked, { taken: entries.length, number, left_out: leftOut, why });
    } catch (error) {
      if (error instanceof UsageError && error.code === "bad-facts") return badRequest(c, error.message);
      throw error;
    }
  });

  app.openapi(route.requestsRoute, async (c) => {
    const intake = await intakeIn(c);
    if (intake === undefined) return unknownToken(c) as never;
    if (c.req.raw.method === "HEAD") return c.body(null, 200, eventStream) as never;
    await noteMeters(run, [...(await pointsOf(run, intake))]);
    const points = async () => {
      const now = await intakeIn(c);
      return now === undefined ? undefined : [...(await pointsOf(run, now))];
    };
    const once = streams >= mostStreams;
    if (!once) streams++;
    const ended = () => void (once || streams--);
    return c.body(wantedStream({ run, book, points, clock, once, ended }), 200, eventStream) as never;
  });

  // Before the body is looked at.
  for (const { path } of [route.outcomesRoute, route.linksRoute])
    app.use(path, async (c, next) => ((await intakeIn(c)) === undefined ? (unknownToken(c) as never) : next()));

  app.openapi(route.linksRoute, async (c) => {
    const intake = await intakeIn(c);
    if (intake === undefined) return unknownToken(c) as never;
    const { links } = c.req.valid("json");
    const allowed = await pointsOf(run, intake);
    const foreign = links.filter(({ point }) => !allowed.has(point));
    if (foreign.length > 0)
      return foreignPoints(
        c,
        foreign.map(({ point }) => point),
      ) as never;
    const told = links.map((link) => ({ ...link, cause: link.cause === null ? null : plainText(link.cause) }));
    await tellLinkStates(run, `${gatewayPrefix}${intake.name}`, told);
    await noteHeard(run, intake.name);
    return give(c, route.outcomesTaken, { taken: links.length });
  });

  app.openapi(route.outcomesRoute, async (c) => {
    const intake = await intakeIn(c);
    if (intake === undefined) return unknownToken(c) as never;
    const told = c.req.valid("json").outcomes.map((outcome) => ({ ...outcome, request: requestIn(outcome.id) }));
    const allowed = await pointsOf(run, intake);
    const points = await pointsOfMeters(
      run,
      told.flatMap(({ request }) => request?.meter ?? []),
    );
    const foreign = told.filter(({ request }) => !allowed.has(points.get(request?.meter ?? 0) ?? ""));
    if (foreign.length > 0)
      return foreignRequests(
        c,
        foreign.map(({ id }) => id),
      ) as never;
    const done = told.flatMap(({ request, result, reason }): Settled[] =>
      request === undefined ? [] : [{ ...request, attempt: { event: result, reason: reasonOf(result, reason) } }],
    );
    await book.settle(run, done, clock.wall());
    return give(c, route.outcomesTaken, { taken: done.length });
  });

  app.openapi(route.tokensRoute, async (c) => give(c, route.intakeTokens, { tokens: await listIntakes(run) }));

  app.openapi(route.newTokenRoute, async (c) => {
    const { name, points = [], sites = [] } = c.req.valid("json");
    if (points.length + sites.length === 0)
      return badRequest(c, "name points or sites: a token is for nothing else") as never;
    const unknown = sites.length === 0 ? [] : await scopeProblems(run, { sites });
    if (unknown.length > 0) return badRequest(c, `${unknown.join(" ")} The token would be for nothing.`) as never;
    const token = newToken(entropy);
    const by = whoAsks(c);
    const made = await database.transaction(async (own) => {
      if (!(await addToken(own, { name, points, sites }, hashOf(token), by))) return false;
      await audit(own, { who: by, what: "intake-token", about: { name, points: points.length, sites } });
      return true;
    });
    if (!made)
      return refuse(
        c,
        409,
        "name-taken",
        `there is a token ${shown(name)}: remove it first, or choose another name`,
      ) as never;
    return c.json({ name, token }, 201) as never;
  });

  app.openapi(route.removeTokenRoute, async (c) => {
    const { name } = c.req.valid("param");
    const removed = await database.transaction(async (own) => {
      if (!(await removeIntake(own, name))) return false;
      await audit(own, { who: whoAsks(c), what: "intake-token-removed", about: { name } });
      return true;
    });
    return removed ? c.body(null, 204) : refuse(c, 404, "no-such-token", `there is no token ${shown(name)}`);
  });
};
