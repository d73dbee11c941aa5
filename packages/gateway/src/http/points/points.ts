/** `/api/v1/points`: the metering points, and what is known of each. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ClockOffset } from "@meterport/engine/clock/clock-watch";
import { pointTotal } from "@meterport/engine/devices/point-total";
import { completenessOf } from "@meterport/engine/intervals/completeness";
import type { Device } from "@meterport/engine/model/device";
import type { MeterView } from "@meterport/engine/points/meter-view";
import type { Store } from "@meterport/engine/ports/store";
import type { Clock } from "@meterport/protocol/ports";
import { completenessOut } from "../completeness/completeness.ts";
import {
  type BodyOf,
  badRequest,
  give,
  iso,
  isoOrNull,
  noPoint,
  type Point,
  type Points,
  pointOf,
  storedPointOf,
} from "../give.ts";
import { eventAnswer } from "../happenings/event-answer.ts";
import { wrongCursor } from "../query/cursor.ts";
import { periodBounds } from "../query/zone-bounds.ts";
import { linkHealth, liveAnswer } from "../schemas.ts";
import type { LinkStates } from "./link-states.ts";
import { groupsOf } from "./point-groups.ts";
import { listPage } from "./point-list.ts";
import { PointOrders } from "./point-orders.ts";
import { devicesRoute, groupsRoute, linkRoute, liveRoute, mostGroups, pointRoute, pointsRoute } from "./routes.ts";
import * as schema from "./schemas.ts";

const usualPage = 100;

export type PointStore = Pick<
  Store,
  "devices" | "events" | "channels" | "intervals" | "intervalSums" | "intervalCoverage" | "intervalGaps"
>;

export interface PointsOptions extends Points {
  readonly states: LinkStates;
  readonly store: PointStore;
  readonly clock: Clock;
}

const summaryOf = ({ meters, pointInfo }: Points, view: MeterView): BodyOf<typeof schema.pointSummary> => {
  const { id, name, simulated, link } = view.summary();
  const info = pointInfo(id);
  const { power_w, quality } = (meters.get(id) ?? view).live();
  const { state, since, cause, last_reading } = link;
  return {
    id,
    name,
    group: info?.group ?? null,
    zone: info?.zone ?? "UTC",
    fuse_a: info?.fuseAmps ?? null,
    simulated,
    link: { state, since, cause, last_reading },
    power_w,
    quality,
  };
};

export const deviceAnswer = ({ point: _, from, to, carried, ...rest }: Device): BodyOf<typeof schema.device> => ({
  from: iso(from),
  to: isoOrNull(to),
  carried: carried ?? null,
  ...rest,
});

const clockAnswer = (clock: ClockOffset | null): BodyOf<typeof schema.pointDetail>["clock"] =>
  clock === null
    ? null
    : {
        ...{ offset_ms: Math.round(clock.offset), error_ms: Math.round(clock.error), time: iso(clock.time) },
        drift_ppm: clock.drift?.ppm ?? null,
      };

/** The channel by which a point's completeness is judged. */
const mainChannel = "energy_import_wh";
const listedGaps = 20;

const detailOf = async (point: Point, store: PointStore, clock: Clock): Promise<BodyOf<typeof schema.pointDetail>> => {
  const { id, view, group = null, zone, fuseAmps, grace, prices, clockOffset } = point;
  const now = clock.wall();
  const [devices, channels, events] = await Promise.all([
    store.devices(id),
    store.channels(id),
    store.events(id, { limit: 1 }),
  ]);
  const bounds = channels.includes(mainChannel) ? periodBounds(zone, "month", now, now + 1, 1) : undefined;
  const options = { now, grace, channels: [mainChannel], gapLimit: listedGaps };
  const [report] = bounds === undefined ? [] : await completenessOf(store, id, bounds, options);
  const newest = events.at(0);
  const last = devices.at(-1);
  const { name, simulated, link, identity } = view.detail();
  const live = view.live();
  const totalOf = (register: "energy_import_wh" | "energy_export_wh"): number | null => {
    const value = live[register];
    return value === null ? null : pointTotal(devices, register, value);
  };
  return {
    ...{ id, name, group, zone, fuse_a: fuseAmps, simulated, link, identity },
    device: last === undefined || last.to !== null ? null : deviceAnswer(last),
    totals: { energy_import_wh: totalOf("energy_import_wh"), energy_export_wh: totalOf("energy_export_wh") },
    channels,
    currency: prices?.currency ?? null,
    newest_event: newest === undefined ? null : eventAnswer(newest),
    completeness: report === undefined ? null : completenessOut(report),
    clock: clockAnswer(clockOffset?.() ?? null),
  };
};

export const addPoints = (app: OpenAPIHono, options: PointsOptions): void => {
  const { meters, store, clock, states } = options;
  const orders = new PointOrders(options);

  app.openapi(pointsRoute, async (c) => {
    const { limit = usualPage, state, sort = "configured", ...rest } = c.req.valid("query");
    const latest = await states.latest();
    const all = await orders.ordered(sort, latest.states);
    const page = listPage(
      all,
      { limit, states: state, seen: latest.states, ...rest },
      (id) => options.pointInfo(id)?.group,
    );
    if (page === undefined) return badRequest(c, wrongCursor);
    return give(c, schema.pointsPage, {
      points: page.views.map((view) => summaryOf(options, view)),
      next: page.next,
      total: meters.size,
      found: page.found,
      states: latest.counts,
    });
  });

  app.openapi(groupsRoute, async (c) => {
    const { limit = mostGroups, cursor } = c.req.valid("query");
    const page = await groupsOf(options, (await states.latest()).states, { limit, cursor });
    return page === undefined ? badRequest(c, wrongCursor) : give(c, schema.groupsAnswer, page);
  });

  app.openapi(pointRoute, async (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(options, id);
    if (point === undefined) return noPoint(c, id);
    return give(c, schema.pointDetail, await detailOf(point, store, clock));
  });

  app.openapi(devicesRoute, async (c) => {
    const { id } = c.req.valid("param");
    if (storedPointOf(options, id) === undefined) return noPoint(c, id);
    return give(c, schema.devicesAnswer, { id, devices: (await store.devices(id)).map(deviceAnswer) });
  });

  app.openapi(liveRoute, (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(options, id);
    return point === undefined ? noPoint(c, id) : give(c, liveAnswer, point.view.live());
  });

  app.openapi(linkRoute, (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(options, id);
    return point === undefined ? noPoint(c, id) : give(c, linkHealth, point.view.summary().link);
  });
};
