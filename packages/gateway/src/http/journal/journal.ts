/** `/api/v1/journal`: the changes of all points. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Store } from "@meterport/engine/ports/store";
import { give, noPoint, type Points, storedPointOf } from "../give.ts";
import { entryAnswer } from "./journal-answer.ts";
import { journalAnswer, journalRoute } from "./routes.ts";

const usualPage = 100;

export const addJournal = (app: OpenAPIHono, points: Points, store: Pick<Store, "journal">): void => {
  app.openapi(journalRoute, async (c) => {
    const { after = 0, limit = usualPage, point, kind } = c.req.valid("query");
    const unknown = point?.find((id) => storedPointOf(points, id) === undefined);
    if (unknown !== undefined) return noPoint(c, unknown);
    const page = await store.journal({ after, limit, points: point, kinds: kind });
    const { next, more, oldest, passed } = page;
    return give(c, journalAnswer, { entries: page.entries.map(entryAnswer), next, more, oldest, passed });
  });
};
