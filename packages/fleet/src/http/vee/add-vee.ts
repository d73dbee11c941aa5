/** `/api/v1/fleet/vee` and the checked days of a point. */
import { createHash } from "node:crypto";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { refuse, shown } from "@meterport/gateway/http/answers";
import { badRequest, give, iso } from "@meterport/gateway/http/give";
import { cursorOf, wrongCursor } from "@meterport/gateway/http/query/cursor";
import type { Context } from "hono";
import { audit } from "../../audit/audit.ts";
import type { DayDetail, DayKey, InboxDay } from "../../jobs/desk.ts";
import type { VeeDay, VeeInboxDay } from "../api.ts";
import { isDay } from "../completeness/add-completeness.ts";
import { afterOf, usualRows } from "../paging.ts";
import { type FleetWorld, whoAsks } from "../world.ts";
import * as route from "./routes.ts";

const usualObis = "1-0:1.29.0";

const inboxDayOf = (day: InboxDay): VeeInboxDay => {
  const { point, pointName, site, obis, verdict, findings, version, counts, at } = day;
  return {
    ...{ point, name: pointName, site, obis, day: day.day, verdict, findings, version },
    ...{ ...counts, at: iso(at) },
  };
};

const dayOf = ({ step, slots, versions, edits, ...day }: DayDetail): VeeDay => ({
  ...{ ...day, step_s: step },
  slots: slots.map(({ start, ...slot }) => ({ start: iso(start), ...slot })),
  versions: versions.map(({ at, ...version }) => ({ ...version, at: iso(at) })),
  edits: edits.map(({ kind, author, reason, at, from, to }) => ({
    ...{ kind, author, reason, at: iso(at), from: iso(from), to: iso(to) },
  })),
});

const noDay = (c: Context, { point, obis, day }: DayKey) =>
  refuse(c, 404, "no-such-day", `nothing was checked of ${shown(point)}, ${shown(obis)}, on ${shown(day)}`);

/** A month of values is too long for an entry. With this one it shows whether those that are kept are those that were given. */
const fingerprint = (values: readonly number[]) => ({
  values: values.length,
  values_sha256: createHash("sha256").update(values.join(",")).digest("hex"),
});

const wrongDay = "the day of the address is not a day: write for example 2026-01-01";

export const addVee = (app: OpenAPIHono, { database, clock, desk }: FleetWorld): void => {
  const { run } = database;

  app.openapi(route.inboxRoute, async (c) => {
    const { limit = usualRows, cursor, site, point } = c.req.valid("query");
    const after = afterOf(cursor);
    if (after === undefined) return badRequest(c, wrongCursor);
    const { days, next } = await desk.veeInbox(run, { limit, site, point, ...(after === "" ? {} : { after }) });
    return give(c, route.veeInbox, { days: days.map(inboxDayOf), next: next === null ? null : cursorOf(0, next) });
  });

  const shownDay = async (c: Context, key: DayKey) => {
    const found = await desk.dayDetail(run, key);
    return found === undefined ? noDay(c, key) : give(c, route.veeDay, dayOf(found));
  };

  app.openapi(route.dayRoute, async (c) => {
    const { point, day } = c.req.valid("param");
    if (!isDay(day)) return badRequest(c, wrongDay);
    return shownDay(c, { point, day, obis: c.req.valid("query").obis ?? usualObis });
  });

  app.openapi(route.decideRoute, async (c) => {
    const { point, day } = c.req.valid("param");
    if (!isDay(day)) return badRequest(c, wrongDay) as never;
    const { kind, obis, from, to, reason, values } = c.req.valid("json");
    if (kind !== "set" && values !== undefined)
      return badRequest(c, `values are only for kind "set", not for ${shown(kind)}: remove them`) as never;
    const [begin, end] = [Date.parse(from), Date.parse(to)];
    const midnight = Date.parse(`${day}T00:00:00Z`);
    if (begin >= midnight + 86_400_000 || end <= midnight)
      return badRequest(c, `nothing from ${shown(from)} to ${shown(to)} is of ${day}, a day of UTC`) as never;
    // Before anything is kept: who is told that there is no such day must not have decided about it.
    if ((await desk.dayDetail(run, { point, day, obis })) === undefined) return noDay(c, { point, day, obis }) as never;
    const author = whoAsks(c);
    const decision = { author, reason, from: begin, to: end, point, obis };
    const edit = kind === "set" ? { ...decision, kind, values: values ?? [] } : { ...decision, kind };
    await database.transaction(async (own) => {
      await desk.addEdit(own, edit, clock.wall());
      const about = { point, obis, kind, from, to, reason, ...(values === undefined ? {} : fingerprint(values)) };
      await audit(own, { who: author, what: "edit", about });
    });
    return shownDay(c, { point, day, obis }) as never;
  });

  app.openapi(route.seenRoute, async (c) => {
    const { point, day } = c.req.valid("param");
    if (!isDay(day)) return badRequest(c, wrongDay);
    const { obis = usualObis, version } = c.req.valid("query");
    const key = { point, day, obis };
    const by = whoAsks(c);
    await database.transaction(async (own) => {
      const seen = await desk.markSeen(own, { ...key, version }, by, clock.wall());
      if (seen) await audit(own, { who: by, what: "seen", about: key });
    });
    const found = await desk.dayDetail(run, key);
    if (found === undefined) return noDay(c, key);
    const newest = found.versions[0]?.version;
    // Somebody else may have seen it first, which is as good. But what was found meanwhile nobody has seen.
    if (found.state === "open" && version !== undefined && version !== newest)
      return refuse(c, 409, "edit", `the day has version ${newest} by now, not ${version}: look at it again`);
    return give(c, route.veeDay, dayOf(found));
  });
};
