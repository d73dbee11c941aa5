import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { GATEWAY_VIEWS, hrefOf, POINT_VIEWS, type Route, routeOf } from "./route.ts";

test("an address leads to a view of a point or of the gateway", () => {
  assert.deepEqual(routeOf("#/points/main%20house/history?by=month"), {
    view: "history",
    point: "main house",
    section: null,
    query: { by: "month" },
  });
  assert.deepEqual(routeOf("#/settings/outputs"), { view: "settings", point: null, section: "outputs", query: {} });
  assert.deepEqual(routeOf("#/points"), { view: "points", point: null, section: null, query: {} });
  assert.equal(routeOf("#/points/home/meter/ET13").section, "ET13");
});

test("an address that means nothing leads to the first view, and old bookmarks to their meter", () => {
  for (const hash of ["", "#", "#/", "#/nothing/here", "#%", "#/?", "#/points//"]) {
    const { view, point } = routeOf(hash);
    assert.ok(view === "now" || view === "points", hash);
    assert.equal(point, null, hash);
  }
  assert.deepEqual(routeOf("#/points/home/nothing"), { view: "now", point: "home", section: null, query: {} });
  assert.equal(routeOf("#/points/100%").point, "100%");
  assert.equal(routeOf("#meter=main+house%202").point, "main house 2");
});

test("any text of an address is read without a fault", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => routeOf(`#${text}`).view !== undefined));
});

test("each route survives its address", () => {
  const text = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
    .filter((value) => !/\p{Surrogate}/u.test(value));
  const query = fc.dictionary(
    fc.stringMatching(/^[a-z]{1,8}$/).filter((key) => key !== "__proto__"),
    text,
    { maxKeys: 3, noNullPrototype: true },
  );
  const section = fc.option(text);
  const ofPoint = fc.record(
    { view: fc.constantFrom(...POINT_VIEWS), point: text, section, query },
    { noNullPrototype: true },
  );
  const ofGateway = fc.oneof(
    fc.record(
      {
        view: fc.constantFrom("fleet" as const, "settings" as const, "start" as const),
        point: fc.constant(null),
        section,
        query,
      },
      { noNullPrototype: true },
    ),
    fc.record(
      { view: fc.constant("points" as const), point: fc.constant(null), section: fc.constant(null), query },
      { noNullPrototype: true },
    ),
  );
  assert.deepEqual([...GATEWAY_VIEWS], ["points", "fleet", "settings", "start"]);
  fc.assert(
    fc.property(fc.oneof(ofPoint, ofGateway), (route: Route) => {
      assert.deepEqual(routeOf(hrefOf(route)), route);
    }),
  );
});
