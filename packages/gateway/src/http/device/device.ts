/** `/api/v1/points/{id}/device`: what a point does at its meter as a device of the grid. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { fromHex, toHex } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { Context } from "hono";
import type { DeviceLine } from "../../device/device-log.ts";
import type { DeviceStatus } from "../../device/device-service.ts";
import type { SourceState, SourceValue } from "../../device/own-sources.ts";
import { refuse, shown } from "../answers.ts";
import { type BodyOf, badRequest, give, iso, isoOrNull, noPoint, type Points, pointOf } from "../give.ts";
import { parseMoment } from "../history/query.ts";
import { cursorOf, parseCursor, wrongCursor } from "../query/cursor.ts";
import { devicePointsRoute, deviceRoute, fileRoute, filesRoute, sourceRoute } from "./routes.ts";
import * as schema from "./schemas.ts";

/** What `GET /api/v1/points/{id}/device` and the routes beside it answer. */
export type DeviceStatusAnswer = BodyOf<typeof schema.deviceStatus>;
export type DevicePointsAnswer = BodyOf<typeof schema.devicePoints>;
export type DeviceFilesAnswer = BodyOf<typeof schema.takenFiles>;

const sourceAnswer = ({ name, quantity, unit, topic, maxAge, said, at, age }: SourceState) => ({
  ...{ name, quantity, unit, topic: topic ?? null, max_age_s: maxAge / 1_000 },
  value: said !== null && "value" in said ? said.value : null,
  telegram: said !== null && "records" in said ? toHex(said.records) : null,
  alarms: said?.alarms ?? null,
  time: isoOrNull(at),
  age_s: age === null ? null : Math.max(0, Math.round(age / 1_000)),
  fresh: age !== null && age <= maxAge,
});

const lineAnswer = ({ number, time, type, text }: DeviceLine) => ({ number, time: iso(time), type, text });

const statusAnswer = (id: string, status: DeviceStatus): DeviceStatusAnswer => {
  const { rights, phase, handle, identification, sources, display, lines } = status;
  return {
    ...{ id, rights, phase, handle, identification },
    sources: sources.map(sourceAnswer),
    display: display.map(({ place, key, icons, value }) => ({ place, key, icons: [...icons], value })),
    lines: lines.map(lineAnswer),
  };
};

const onlyReads = (c: Context, id: string) =>
  refuse(c, 409, "no-device", `${shown(id)} only reads its meter: grant rights under device in the configuration`);

/** A measurement from the future would stay fresh for longer than it is. */
const mostAhead: Millis = 60_000;

const usualPage = 100;

const briefly = (id: string, status: DeviceStatus): DevicePointsAnswer["points"][number] => {
  const { rights, phase, handle, sources, lines } = status;
  const fresh = sources.filter(({ age, maxAge }) => age !== null && age <= maxAge).length;
  const last = lines.at(-1);
  return {
    ...{ id, rights, phase, handle, sources: sources.length, sources_fresh: fresh },
    last: last === undefined ? null : lineAnswer(last),
  };
};

const addDevices = (app: OpenAPIHono, points: Points): void => {
  app.openapi(devicePointsRoute, (c) => {
    const { limit = usualPage, cursor } = c.req.valid("query");
    const place = cursor === undefined ? undefined : parseCursor(cursor);
    if (cursor !== undefined && place === undefined) return badRequest(c, wrongCursor);
    const all = [...points.meters.keys()].flatMap((id) => {
      const device = points.pointInfo(id)?.device;
      return device === undefined ? [] : [{ id, device }];
    });
    // Where the last point of the page before is now, if it is still there.
    const named = all.findIndex(({ id }) => id === place?.name);
    const from = place === undefined ? 0 : named === -1 ? place.number : named + 1;
    const page = all.slice(from, from + limit);
    const last = page.at(-1);
    return give(c, schema.devicePoints, {
      points: page.map(({ id, device }) => briefly(id, device.status())),
      next: last === undefined || from + limit >= all.length ? null : cursorOf(from + limit, last.id),
    });
  });
};

export const addDevice = (app: OpenAPIHono, points: Points, wall: () => Millis): void => {
  addDevices(app, points);
  app.openapi(deviceRoute, (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(points, id);
    if (point === undefined) return noPoint(c, id);
    if (point.device === undefined) return onlyReads(c, id);
    return give(c, schema.deviceStatus, statusAnswer(id, point.device.status()));
  });

  app.openapi(sourceRoute, (c) => {
    const { id, source } = c.req.valid("param");
    const point = pointOf(points, id);
    if (point === undefined) return noPoint(c, id);
    if (point.device === undefined) return onlyReads(c, id);
    const { value, telegram, alarms, time } = c.req.valid("json");
    if ((value === undefined) === (telegram === undefined))
      return badRequest(c, "give either value or telegram, and not both");
    const records = telegram === undefined ? undefined : fromHex(telegram);
    if (telegram !== undefined && records === undefined) return badRequest(c, "telegram is not hex");
    const at = time === undefined ? wall() : parseMoment(time);
    if (at === undefined)
      return badRequest(c, `time=${shown(time ?? "")} is not a time: write it as in 2026-01-01T12:00:00Z`);
    if (at > wall() + mostAhead) return badRequest(c, "time is in the future");
    const said: SourceValue = records === undefined ? { value: value as number, alarms } : { records, alarms };
    try {
      point.device.take(source, said, at);
    } catch (error) {
      if (error instanceof UsageError) return badRequest(c, error.message);
      throw error;
    }
    return give(c, schema.deviceStatus, statusAnswer(id, point.device.status()));
  });

  app.openapi(filesRoute, async (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(points, id);
    if (point === undefined) return noPoint(c, id);
    if (point.device === undefined) return onlyReads(c, id);
    const files = (await point.device.files()).map(({ time, ...file }) => ({ ...file, time: iso(time) }));
    return give(c, schema.takenFiles, { id, files });
  });

  app.openapi(fileRoute, async (c) => {
    const { id, name } = c.req.valid("param");
    const point = pointOf(points, id);
    if (point === undefined) return noPoint(c, id);
    if (point.device === undefined) return onlyReads(c, id);
    const bytes = await point.device.file(name);
    if (bytes === undefined) return refuse(c, 404, "no-such-file", `there is no file ${shown(name)}`);
    const headers = {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${name}"`,
    };
    return c.body(Uint8Array.from(bytes), 200, headers);
  });
};
