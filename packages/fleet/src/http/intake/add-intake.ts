/** `/api/v1/fleet/intake…`: values that gateways bring by themselves. They are untrusted: only points of their token, and only what the books take. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { hashOf, isToken, newToken } from "@meterport/gateway/access/token";
import { refuse, shown } from "@meterport/gateway/http/answers";
import { badRequest, give } from "@meterport/gateway/http/give";
import { readBody } from "@meterport/gateway/outputs/upstream/upstream-wire";
import { UsageError } from "@meterport/protocol/errors";
import type { Context } from "hono";
import { audit } from "../../audit/audit.ts";
import { Books } from "../../books/book.ts";
import { journalFacts } from "../../books/journal-facts.ts";
import { type FleetWorld, whoAsks } from "../world.ts";
import {
  addIntake as addToken,
  type Intake,
  intakeOf,
  listIntakes,
  mayBring,
  noteDelivered,
  pointsOf,
  removeIntake,
} from "./intake-book.ts";
import * as route from "./routes.ts";
import { wantedStream } from "./wanted-gaps.ts";

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

export const addIntake = (app: OpenAPIHono, { database, clock, entropy }: FleetWorld): void => {
  const { run } = database;
  const books = new Books(database);

  const intakeIn = async (c: Context): Promise<Intake | undefined> => {
    const token = bearerOf(c);
    return token === undefined || !isToken(token) ? undefined : intakeOf(run, hashOf(token));
  };

  app.openapi(route.intakeRoute, async (c) => {
    const intake = await intakeIn(c);
    if (intake === undefined) return unknownToken(c) as never;
    const entries = readBody(await c.req.text());
    if (typeof entries === "string") return badRequest(c, entries);
    const allowed = await pointsOf(run, intake);
    const foreign = new Set(entries.flatMap(({ entry: { point } }) => (mayBring(allowed, point) ? [] : [point])));
    if (foreign.size > 0) return foreignPoints(c, [...foreign]) as never;
    const proofs = new Map(entries.map(({ entry, proof }) => [entry, proof]));
    const by = { holder: `intake ${intake.name}`, attempt: 0 };
    const { batch } = journalFacts([...proofs.keys()], (entry) => proofs.get(entry), by);
    try {
      if (entries.length > 0) await books.book(batch);
    } catch (error) {
      if (error instanceof UsageError && error.code === "bad-facts") return badRequest(c, error.message);
      throw error;
    }
    const number = entries.length === 0 ? null : Math.max(...entries.map(({ entry }) => entry.number));
    await noteDelivered(run, intake.name, number);
    return give(c, route.booked, { taken: entries.length, number });
  });

  app.openapi(route.requestsRoute, async (c) => {
    if ((await intakeIn(c)) === undefined) return unknownToken(c) as never;
    if (c.req.raw.method === "HEAD") return c.body(null, 200, eventStream) as never;
    const points = async () => {
      const intake = await intakeIn(c);
      return intake === undefined ? undefined : [...(await pointsOf(run, intake))];
    };
    return c.body(wantedStream({ run, points, clock }), 200, eventStream) as never;
  });

  app.openapi(route.tokensRoute, async (c) => give(c, route.intakeTokens, { tokens: await listIntakes(run) }));

  app.openapi(route.newTokenRoute, async (c) => {
    const { name, points = [], sites = [] } = c.req.valid("json");
    if (points.length + sites.length === 0)
      return badRequest(c, "name points or sites: a token is for nothing else") as never;
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
