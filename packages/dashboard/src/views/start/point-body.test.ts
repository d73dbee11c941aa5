import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CURRENCIES,
  type Details,
  detailFaults,
  likelyAreas,
  likelyCurrency,
  OWN_PRICE,
  PRICE_AREAS,
  pointBody,
} from "./point-body.ts";

const details: Details = {
  name: " Our house ",
  zone: "Europe/Copenhagen",
  fuse: "35",
  area: "DK1",
  price: "",
  currency: "",
};

test("the body has what was entered, and nothing that was not", () => {
  assert.deepEqual(pointBody("tcp://a:1", "secret", details), {
    ...{ name: "Our house", link: "tcp://a:1", key: "secret", zone: "Europe/Copenhagen", fuse_amps: 35 },
    prices: { source: "energi_data_service", area: "DK1" },
  });
  assert.deepEqual(
    pointBody("optical:///dev/a", null, { ...details, name: "x", zone: "", fuse: " ", area: "constructor" }),
    {
      ...{ name: "x", link: "optical:///dev/a" },
    },
  );
});

test("a decimal comma is understood, and what is no current is told", () => {
  assert.equal(pointBody("a", null, { ...details, fuse: "62,5" }).fuse_amps, 62.5);
  const faults = (change: Partial<Details>) => detailFaults({ ...details, ...change });
  assert.deepEqual(faults({}), []);
  for (const fuse of ["abc", "0", "-5", "1e9", "35 A", "Infinity", "NaN"])
    assert.deepEqual(faults({ fuse }), ["fuse"], fuse);
  assert.deepEqual(faults({ fuse: "" }), []);
  for (const name of ["", "   ", "x".repeat(101)]) assert.deepEqual(faults({ name }), ["name"]);
});

test("one price is written as one", () => {
  const own = { ...details, area: OWN_PRICE, price: " 0,3050 ", currency: "EUR" };
  assert.deepEqual(pointBody("a", null, own).prices, { currency: "EUR", times: ["0.3050"] });
  assert.deepEqual(detailFaults(own), []);
  for (const price of ["", "-1", "30 ct", "0.3.0", "1e3"]) assert.deepEqual(detailFaults({ ...own, price }), ["price"]);
  assert.deepEqual([likelyCurrency("Europe/Copenhagen"), likelyCurrency("toString")], ["DKK", "EUR"]);
  for (const zone of Intl.supportedValuesOf("timeZone"))
    assert.ok((CURRENCIES as readonly string[]).includes(likelyCurrency(zone)), zone);
});

test("the likely areas of a zone exist", () => {
  assert.deepEqual(likelyAreas("Europe/Copenhagen"), ["DK1", "DK2"]);
  assert.deepEqual(likelyAreas("toString"), []);
  for (const zone of Intl.supportedValuesOf("timeZone"))
    for (const area of likelyAreas(zone)) assert.ok(Object.hasOwn(PRICE_AREAS, area), area);
});
