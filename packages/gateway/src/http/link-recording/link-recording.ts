/** `/api/v1/points/{id}/link/recording`: what crosses a link, recorded while somebody looks for a fault. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { recordingSeconds } from "../../captures/link-recorder.ts";
import type { RecordingStatus } from "../../meters/link-recording.ts";
import type { LinkService } from "../../meters/link-service.ts";
import { refuse } from "../answers.ts";
import { type BodyOf, give, iso, noPoint, type Points, pointOf } from "../give.ts";
import * as routes from "./routes.ts";

const none = { running: false, started: null, until: null, bytes: 0, entries: 0, ended: null, capture: null };

const told = (id: string, status: RecordingStatus | null): BodyOf<typeof routes.linkRecording> =>
  status === null ? { id, ...none } : { id, ...status, started: iso(status.started), until: iso(status.until) };

const unrecorded = (c: Context, link: LinkService | undefined) =>
  refuse(
    c,
    409,
    "not-possible",
    link?.link.optical === true
      ? "the key crosses an optical port in the clear, so its traffic is not recorded"
      : "the traffic of this link cannot be recorded here",
  );

const running = "this link is being recorded already: stop that recording first, or wait for its end";
const tooMany = "as many links as possible are being recorded already: stop another recording first";

export const addLinkRecording = (app: OpenAPIHono, points: Points): void => {
  app.openapi(routes.recordingRoute, (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(points, id);
    if (point === undefined) return noPoint(c, id);
    const { link } = point;
    if (link?.recorder === undefined) return unrecorded(c, link);
    return give(c, routes.linkRecording, told(id, link.recorder.status()));
  });

  app.openapi(routes.startRecordingRoute, (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(points, id);
    if (point === undefined) return noPoint(c, id);
    const { link } = point;
    if (link?.recorder === undefined) return unrecorded(c, link);
    const { seconds = recordingSeconds.usual } = c.req.valid("json");
    const outcome = link.recorder.start(seconds);
    if (outcome === "running") return refuse(c, 409, "busy", running);
    if (outcome === "too-many") return refuse(c, 503, "busy", tooMany);
    return c.json(told(id, link.recorder.status()) as never, 202, { location: c.req.path });
  });

  app.openapi(routes.stopRecordingRoute, (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(points, id);
    if (point === undefined) return noPoint(c, id);
    const { link } = point;
    if (link?.recorder === undefined) return unrecorded(c, link);
    if (!link.recorder.stop()) return refuse(c, 404, "no-such-recording", "no recording of this link is running");
    return give(c, routes.linkRecording, told(id, link.recorder.status()));
  });
};
