import assert from "node:assert/strict";
import { test } from "node:test";
import { isOpen, type Progress, STEPS, stepFor } from "./steps.ts";

const none: Progress = { link: false, key: false, details: false, created: false };

test("a step opens when those before it are finished", () => {
  const open = (progress: Partial<Progress>) => STEPS.filter((step) => isOpen(step, { ...none, ...progress }));
  assert.deepEqual(open({}), ["link"]);
  assert.deepEqual(open({ link: true }), ["link", "key"]);
  assert.deepEqual(open({ link: true, key: true }), ["link", "key", "details"]);
  assert.deepEqual(open({ link: true, key: true, details: true }), ["link", "key", "details", "outputs"]);
});

test("once the meter is in the configuration, what it is read with is not changed here any more", () => {
  const created = { link: true, key: false, details: true, created: true };
  assert.deepEqual(
    STEPS.filter((step) => isOpen(step, created)),
    ["outputs", "done"],
  );
  assert.equal(stepFor("link", created), "done");
});

test("an address that asks for too much shows the last step that is open", () => {
  assert.equal(stepFor("done", none), "link");
  assert.equal(stepFor("outputs", { ...none, link: true }), "key");
  assert.equal(stepFor("<b>", { ...none, link: true }), "link");
  assert.equal(stepFor(undefined, { ...none, link: true, key: true, details: true, created: true }), "done");
});
