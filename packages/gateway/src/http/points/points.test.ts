import assert from "node:assert/strict";
import { test } from "node:test";
import type { z } from "@hono/zod-openapi";
import { VirtualClock } from "../../../../../test/support/virtual-clock.ts";
import { fillStore } from "../../testing/filled-store.ts";
import { httpSetup } from "../../testing/http-setup.ts";
import { manyMeters } from "../../testing/many-meters.ts";
import type { ApiProblem, MeterSummary } from "../api.ts";
import { eventsAnswer, outagesAnswer } from "../happenings/routes.ts";
import { groupsOf } from "./point-groups.ts";
import { devicesAnswer, groupsAnswer, pointDetail, pointsPage } from "./schemas.ts";

type Page = z.output<typeof pointsPage>;

test("lists points with their links, and counts links by state", async () => {
  const { clock, json, done } = await httpSetup();
  await clock.advance(1_000);
  const page = pointsPage.strict().parse(await json("/api/v1/points"));
  assert.equal(page.total, 1);
  assert.equal(page.next, null);
  assert.deepEqual([page.states.up, page.states.silent], [1, 0]);
  const [point] = page.points;
  assert.deepEqual([point?.id, point?.name, point?.link.state, point?.power_w], ["home", "Home", "up", 500]);
  await done();
});

test("pages of points, and of the older list of meters, hold each point once and in order", async () => {
  const { json, get, ids } = manyMeters(2_345);
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Page = await json(`/api/v1/points?limit=500${cursor === null ? "" : `&cursor=${cursor}`}`);
    found.push(...page.points.map(({ id }) => id));
    cursor = page.next;
  } while (cursor !== null);
  assert.deepEqual(found, ids);

  const meters: string[] = [];
  const sizes: number[] = [];
  let path: string | undefined = "/api/v1/meters";
  while (path !== undefined) {
    const answer = await get(path);
    const some = (await answer.json()) as MeterSummary[];
    sizes.push(some.length);
    meters.push(...some.map(({ id }) => id));
    path = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get("link") ?? "")?.[1];
  }
  assert.deepEqual(meters, ids);
  assert.deepEqual(sizes, [1_000, 1_000, 345], "without parameters, the array is bounded");
});

test("a page goes on where the one before ended, although points came and went", async () => {
  const { json, views, ids } = manyMeters(10);
  const first: Page = await json("/api/v1/points?limit=4");
  views.delete("m0002");
  const second: Page = await json(`/api/v1/points?limit=4&cursor=${first.next}`);
  assert.deepEqual(
    second.points.map(({ id }) => id),
    ids.slice(4, 8),
  );
  views.delete("m0003");
  const again: Page = await json(`/api/v1/points?limit=4&cursor=${first.next}`);
  assert.ok(again.points.length === 4 && again.points.every(({ id }) => id > "m0003"), "the last point is gone");
});

test("finds points by a part of their name and by the state of their link", async () => {
  const { json } = manyMeters(100);
  const found: Page = await json("/api/v1/points?q=METER%20007");
  assert.deepEqual(found.points.map(({ id }) => id).slice(0, 2), ["m0070", "m0071"]);
  assert.equal(found.total, 100);
  const silent: Page = await json("/api/v1/points?state=silent&limit=1000");
  assert.equal(silent.points.length, 10);
  assert.ok(silent.points.every(({ link }) => link.state === "silent"));
  assert.deepEqual([silent.states.up, silent.states.silent], [90, 10]);
});

test("lists the points of one group, and counts all groups", async () => {
  const { json, get } = manyMeters(100);
  const first: Page = await json("/api/v1/points?group=Group%201&limit=10");
  assert.deepEqual([first.found, first.total, first.points.length], [34, 100, 10]);
  const second: Page = await json(`/api/v1/points?group=Group%201&limit=1000&cursor=${first.next}`);
  assert.deepEqual([second.found, second.points.length, second.next], [34, 24, null]);
  assert.ok([...first.points, ...second.points].every(({ group }) => group === "Group 1"));
  const none: Page = await json("/api/v1/points?group=&q=meter&limit=1");
  assert.deepEqual([none.found, none.points[0]?.group], [33, null]);
  const { groups } = groupsAnswer.strict().parse(await json("/api/v1/groups"));
  assert.deepEqual(
    groups.map(({ name, points, states }) => [name, points, states.up + states.silent, states.silent]),
    [
      ["Group 1", 34, 34, 4],
      ["Group 10", 33, 33, 3],
      [null, 33, 33, 3],
    ],
  );
  assert.equal((await get(`/api/v1/points?group=${"x".repeat(81)}`)).status, 400);
});

test("groups come by pages, each of them once, also those whose names sort alike", async () => {
  const names = ["A1", "A01", "A10", "A2", null, "a1", "Å"];
  const { views: meters, ids, get } = manyMeters(100);
  const group = (id: string) => names[ids.indexOf(id) % names.length] ?? null;
  const info = (id: string) => ({ zone: "UTC", group: group(id), fuseAmps: null, ask: async () => assert.fail(id) });
  const states = new Map<string, "up">();
  const page = async (limit: number, cursor?: string) =>
    (await groupsOf({ meters, pointInfo: info }, states, { limit, cursor })) ?? assert.fail("the cursor is known");
  const whole = (await page(1_000)).groups.map(({ name }) => name);
  assert.deepEqual([...whole].sort(), [...names].sort());
  assert.equal(whole.at(-1), null);
  for (const limit of [1, 2, 7]) {
    const found: (string | null)[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const { groups, next } = await page(limit, cursor);
      found.push(...groups.map(({ name }) => name));
      cursor = next;
    }
    assert.deepEqual(found, whole, `${limit} at a time`);
  }
  assert.equal(groupsAnswer.strict().parse(await (await get("/api/v1/groups?limit=1")).json()).groups.length, 1);
  for (const query of ["cursor=zz", "limit=0", "limit=1001"])
    assert.equal((await get(`/api/v1/groups?${query}`)).status, 400, query);
});

test("sorts by name as people do, by group, by the worst link and by power", async () => {
  const { json, views, ids } = manyMeters(1_500);
  const all = async (sort: string): Promise<Page["points"]> => {
    const found: Page["points"][number][] = [];
    let cursor: string | null = null;
    do {
      const page: Page = await json(
        `/api/v1/points?sort=${sort}&limit=400${cursor === null ? "" : `&cursor=${cursor}`}`,
      );
      found.push(...page.points);
      cursor = page.next;
    } while (cursor !== null);
    assert.deepEqual(found.map(({ id }) => id).toSorted(), ids, `${sort} has each point once`);
    return found;
  };
  for (const [id, name] of [
    ["m0003", "Flat 10"],
    ["m0004", "flat 9"],
    ["m0005", "Attic"],
  ] as const) {
    const view = views.get(id) ?? assert.fail(id);
    views.set(id, { ...view, summary: () => ({ ...view.summary(), name }) });
  }
  assert.deepEqual(
    (await all("name")).slice(0, 4).map(({ name }) => name),
    ["Attic", "flat 9", "Flat 10", "Meter 0000"],
  );
  const states = (await all("state")).map(({ link }) => link.state);
  assert.deepEqual([states.indexOf("up"), states.lastIndexOf("silent")], [150, 149]);
  const powers = (await all("power")).map(({ power_w }) => power_w);
  assert.equal(powers.at(-1), null, "unknown comes last");
  for (let i = 1; i < powers.length - 1; i++) assert.ok((powers[i - 1] ?? 0) >= (powers[i] ?? 0), `row ${i}`);
  const groups = (await all("group")).map(({ group }) => group);
  assert.deepEqual([...new Set(groups)], ["Group 1", "Group 10", null]);
});

test("an order follows a point that goes, and a new order is made after some seconds", async () => {
  const clock = new VirtualClock();
  const { json, views } = manyMeters(20, clock);
  const first = async () => ((await json("/api/v1/points?sort=power&limit=1")) as Page).points[0]?.id;
  assert.equal(await first(), "m0019");
  const view = views.get("m0002") ?? assert.fail();
  views.set("m0002", { ...view, live: () => ({ ...view.live(), power_w: 5_000 }) });
  assert.equal(await first(), "m0019", "kept");
  await clock.advance(10_000);
  assert.equal(await first(), "m0002");
  views.delete("m0002");
  assert.equal(await first(), "m0019", "nothing is given that is gone");
});

test("a point tells its device, channels, newest event and completeness", async () => {
  const { clock, store, json, done } = await httpSetup();
  await fillStore(store, "home", clock.wall());
  await clock.advance(1_000);
  const point = pointDetail.strict().parse(await json("/api/v1/points/home"));
  assert.equal(point.device?.serial, "2");
  assert.deepEqual(point.channels, ["energy_import_wh"]);
  assert.equal(point.currency, null);
  assert.equal(point.newest_event?.id, "log:2");
  assert.equal(point.newest_event?.detail, "not JSON");
  assert.equal(point.completeness?.by_source.profile, point.completeness?.by_quality.good);
  assert.equal(point.identity?.serial, "1234");
  const { devices } = devicesAnswer.strict().parse(await json("/api/v1/points/home/devices"));
  assert.deepEqual(
    devices.map(({ serial }) => serial),
    ["1", "2"],
  );
  await done();
});

test("events by pages, newest first, and outages with their length", async () => {
  const { clock, store, json, done } = await httpSetup();
  await fillStore(store, "home", clock.wall());
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: z.output<typeof eventsAnswer> = eventsAnswer.parse(
      await json(`/api/v1/points/home/events?limit=1${cursor === null ? "" : `&cursor=${cursor}`}`),
    );
    ids.push(...page.events.map(({ id }) => id));
    cursor = page.next;
  } while (cursor !== null);
  assert.deepEqual(ids, ["log:2", "outage:1", "log:1"]);
  const logs = eventsAnswer.parse(await json("/api/v1/points/home/events?kind=log"));
  assert.deepEqual(
    logs.events.map(({ id }) => id),
    ["log:2", "log:1"],
  );
  const { outages } = outagesAnswer.parse(await json("/api/v1/points/home/outages"));
  assert.deepEqual(
    outages.map(({ seconds }) => seconds),
    [60],
  );
  await done();
});

test("answers a wrong request with one sentence", async () => {
  const { get, done } = await httpSetup();
  const cases: readonly (readonly [path: string, status: number, message: RegExp])[] = [
    ["/points/none", 404, /^unknown point "none": GET \/api\/v1\/points lists all$/],
    ["/points?limit=0", 400, /^limit="0" is not a whole number from 1 to 1000$/],
    ["/points?cursor=zzz", 400, /^the cursor is not one that this API gave/],
    ["/points?state=sleepy", 400, /^state: "sleepy" is unknown: write some of up,/],
    ["/points?form=1", 400, /^unknown parameter "form"$/],
    [
      "/points/home/events?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
      400,
      /^from \(2026-01-02T.* must be before to/,
    ],
    ["/points/home/events?from=2026-01-01T12:00:00+01:00", 400, /seconds since 1970; write \+ as %2B$/],
    ["/points/home/outages?from=1767268800&to=1767268800", 400, /must be before to/],
    ["/points/home/events?from=2026-02-30T00:00:00Z", 400, /^from="2026-02-30T00:00:00Z" is not a time/],
    ["/points?limit=1&limit=2", 400, /^limit: give it once$/],
    ["/points/home/events?from=yesterday", 400, /^from="yesterday" is not a time/],
    ["/points/home/events?kind=", 400, /^kind="" is not a list/],
  ];
  for (const [path, status, message] of cases) {
    const answer = await get(`/api/v1${path}`);
    assert.equal(answer.status, status, path);
    assert.match(((await answer.json()) as ApiProblem).message, message);
  }
  await done();
});
