/** `/api/v1/children`: the meters behind the meters. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ChildMeter } from "@meterport/engine/children/child-meter";
import type { Millis } from "@meterport/protocol/ports";
import { type BodyOf, badRequest, give, iso, noPoint, type Points, pointOf } from "../give.ts";
import { cursorOf, parseCursor, wrongCursor } from "../query/cursor.ts";
import { childPointsAnswer, childPointsRoute } from "./routes.ts";

/** What `GET /api/v1/children` answers. */
export type ChildrenAnswer = BodyOf<typeof childPointsAnswer>;

const usualPage = 100;

const childAnswer = (
  { readAt, ...child }: ChildMeter,
  wall: Millis,
): BodyOf<typeof childPointsAnswer>["children"][number] => {
  const { id, parent, serial, medium, manufacturer, slot, handle, state, alarms, values } = child;
  return {
    ...{ id, parent, serial, medium, manufacturer, slot, handle, state, alarms },
    time_read: readAt === null ? null : iso(readAt),
    // A meter's clock may be ahead of ours.
    age_s: readAt === null ? null : Math.max(0, Math.round((wall - readAt) / 1000)),
    values,
  };
};

export const addChildren = (app: OpenAPIHono, points: Points, wall: () => Millis): void => {
  app.openapi(childPointsRoute, (c) => {
    const { parent, medium, serial, limit = usualPage, cursor } = c.req.valid("query");
    if (parent !== undefined && pointOf(points, parent) === undefined) return noPoint(c, parent);
    const place = cursor === undefined ? undefined : parseCursor(cursor);
    if (cursor !== undefined && place === undefined) return badRequest(c, wrongCursor);
    const { children } = points;
    const all = [...(parent === undefined ? (children?.all() ?? []) : (children?.of(parent) ?? []))].filter(
      (child) => (medium ?? child.medium) === child.medium && (serial ?? child.serial) === child.serial,
    );
    // Where the last child of the page before is now, if it is still there.
    const named = all.findIndex(({ id }) => id === place?.name);
    const from = place === undefined ? 0 : named === -1 ? place.number : named + 1;
    const page = all.slice(from, from + limit);
    const last = page.at(-1);
    return give(c, childPointsAnswer, {
      children: page.map((child) => childAnswer(child, wall())),
      next: last === undefined || from + limit >= all.length ? null : cursorOf(from + limit, last.id),
    });
  });
};
