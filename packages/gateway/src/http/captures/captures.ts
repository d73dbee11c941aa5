/** `/api/v1/meters/{id}/captures`: the traffic of a link before it failed. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { CaptureShelf } from "../../captures/capture-shelf.ts";
import type { Redaction } from "../../captures/redacted-capture.ts";
import { type Meters, noMeter, refuse, shown } from "../answers.ts";
import { noPoint } from "../give.ts";
import { captureRoute, capturesRoute, pointCaptureRoute, pointCapturesRoute } from "./routes.ts";

export interface CaptureSource {
  readonly captures: Pick<CaptureShelf, "list" | "read">;
  /** Redacts a capture of a meter's link; undefined while too many are in progress. */
  readonly redact: (id: string, text: string) => Promise<Redaction | undefined>;
}

export const addCaptures = (app: OpenAPIHono, meters: Meters, { captures, redact }: CaptureSource): void => {
  for (const route of [capturesRoute, pointCapturesRoute])
    app.openapi(route, (c) => {
      const { id } = c.req.valid("param");
      if (!meters.has(id)) return route === pointCapturesRoute ? noPoint(c, id) : noMeter(c, meters, id);
      return c.json([...captures.list(id)], 200);
    });

  for (const route of [captureRoute, pointCaptureRoute])
    app.openapi(route, async (c) => {
      const { id, name } = c.req.valid("param");
      if (!meters.has(id)) return route === pointCaptureRoute ? noPoint(c, id) : noMeter(c, meters, id);
      const text = captures.read(id, name);
      if (text === undefined) return refuse(c, 404, "no-such-capture", `this meter has no capture ${shown(name)}`);
      const file = (content: string, as: string) =>
        c.text(content, 200, { "content-disposition": `attachment; filename="${as}"` });
      const { redacted } = c.req.valid("query");
      if (redacted === undefined || redacted === "0") return file(text, name);
      if (redacted !== "1")
        return refuse(c, 400, "bad-request", `redacted=${shown(redacted)} is not valid: write redacted=1`);
      const outcome = await redact(id, text);
      if (outcome === undefined)
        return refuse(c, 503, "busy", "other captures are being redacted: try again in a few seconds");
      if ("problem" in outcome)
        return refuse(c, 409, "cannot-redact", `the capture cannot be redacted: ${outcome.problem}`);
      // The meter's id may identify its owner.
      return file(outcome.text, `redacted${name.slice(id.length)}`);
    });
};
