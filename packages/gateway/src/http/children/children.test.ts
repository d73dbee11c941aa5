import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OpenAPIHono } from "@hono/zod-openapi";
import type { ChildMeter } from "@meterport/engine/children/child-meter";
import { ChildrenBook } from "../../operation/children-book.ts";
import { stillMeter } from "../../testing/http-setup.ts";
import type { Points } from "../give.ts";
import { storedPointOf } from "../give.ts";
import { addChildren } from "./children.ts";

const wall = Date.UTC(2026, 0, 1, 12);
const child = (serial: string, medium: string, readAt: number | null = wall - 3_600_000): ChildMeter => ({
  ...{ id: `home.${serial}`, parent: "home", serial, handle: 1, slot: 0, medium, manufacturer: "KAM" },
  ...{ state: "up", alarms: [], readAt, values: [{ register: "volume_m3", tier: 0, value: 1.5 }] },
});

const setup = () => {
  const book = new ChildrenBook();
  const { view } = stillMeter();
  const points: Points = {
    meters: new Map([["home", view]]),
    pointInfo: (id) =>
      id === "home"
        ? { zone: "Europe/Copenhagen", fuseAmps: null, ask: () => Promise.reject(new Error("not asked")) }
        : undefined,
    children: book,
  };
  const app = new OpenAPIHono();
  addChildren(app, points, () => wall);
  const get = async (query = "") => {
    const answer = await app.request(`/api/v1/children${query}`);
    return { status: answer.status, body: (await answer.json()) as never };
  };
  return { book, points, get };
};
type Page = {
  readonly children: { readonly id: string; readonly age_s: number | null }[];
  readonly next: string | null;
};

describe("the list of children", () => {
  test("says how old each value is, and null where nothing was read", async () => {
    const { book, get } = setup();
    book.set("home", [child("11111111", "water"), child("22222222", "heat", null)]);
    const { children } = (await get()).body as Page;
    assert.deepEqual(
      children.map(({ id, age_s }) => [id, age_s]),
      [
        ["home.11111111", 3_600],
        ["home.22222222", null],
      ],
    );
  });

  test("finds a child by its serial number or medium, and goes on page by page", async () => {
    const { book, get } = setup();
    book.set("home", [child("11111111", "water"), child("22222222", "heat"), child("33333333", "water")]);
    const water = (await get("?medium=water&limit=1")).body as Page;
    assert.deepEqual(
      water.children.map(({ id }) => id),
      ["home.11111111"],
    );
    const next = (await get(`?medium=water&limit=1&cursor=${water.next}`)).body as Page;
    assert.deepEqual([next.children[0]?.id, next.next], ["home.33333333", null]);
    const one = (await get("?serial=22222222")).body as Page;
    assert.deepEqual(
      one.children.map(({ id }) => id),
      ["home.22222222"],
    );
    assert.equal((await get("?parent=nobody")).status, 404);
    assert.equal((await get("?cursor=rubbish")).status, 400);
  });

  test("a child's point has the zone of its meter, until it is gone", () => {
    const { book, points } = setup();
    book.set("home", [child("11111111", "water")]);
    assert.deepEqual(storedPointOf(points, "home.11111111"), { id: "home.11111111", zone: "Europe/Copenhagen" });
    book.set("home", []);
    assert.equal(storedPointOf(points, "home.11111111"), undefined);
  });
});
