import assert from "node:assert/strict";
import { test } from "node:test";
import { addPoint, changePoint, idFor, removePoint } from "./edit-points.ts";

test("an id is made of the name, and is nobody else's", () => {
  assert.equal(idFor("Vores hus på Øen", []), "vores-hus-paa-oeen");
  assert.equal(idFor("Été 2", []), "ete-2");
  assert.equal(idFor("電気", []), "meter");
  assert.equal(idFor("home", ["home", "home-2"]), "home-3");
  assert.match(idFor(`${"x".repeat(49)} yy`, []), /^x{49}$/);
});

test("the last point takes the list with it, and a first one makes it", () => {
  const { value } = addPoint({ zone: "UTC" }, "home", { link: "COM3" });
  assert.deepEqual(value, { zone: "UTC", meters: [{ id: "home", link: "COM3" }] });
  assert.deepEqual(changePoint(value, "home", { name: "Ours" }).value.meters, [
    { id: "home", link: "COM3", name: "Ours" },
  ]);
  assert.deepEqual(removePoint(value, "home").value, { zone: "UTC" });
});
