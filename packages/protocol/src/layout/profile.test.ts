import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "../errors.ts";
import { gateText, isAmong, parseProfile, profileName, reaches, releasesText } from "./index.ts";

describe("a profile", () => {
  test("is read from its name", () => {
    assert.deepEqual(parseProfile("meter:3.70"), { family: "meter", firmware: [3, 70] });
    assert.deepEqual(parseProfile("meter:3.70.12"), { family: "meter", firmware: [3, 70] });
    assert.deepEqual(parseProfile(" Module:1.20 "), { family: "module", firmware: [1, 20] });
    assert.deepEqual(parseProfile("meter:4.0"), { family: "meter", firmware: [4, 0] });
    assert.deepEqual(parseProfile("meter:3.7"), { family: "meter", firmware: [3, 70] }, "as the guides write 3.70");
    assert.deepEqual(parseProfile("meter:3.07"), { family: "meter", firmware: [3, 7] });
  });

  test("comes back from the name that it is given", () => {
    for (const name of ["meter:3.10", "meter:3.07", "meter:4.00", "module:1.32"])
      assert.equal(profileName(parseProfile(name)), name);
  });

  test("is refused if it is malformed", () => {
    for (const name of ["", "3.70", "meter", "meter:3", "meter:3.", "meter:3.700", "meter:-3.70", "meter:3.70.1.2"])
      assert.throws(
        () => parseProfile(name),
        (error) => error instanceof UsageError && error.code === "profile",
      );
    for (const name of [
      "gateway:3.70",
      "meter 3.70",
      "meter:3,70",
      "meter:3.7a",
      "meter:3.70\nmeter:4.00",
      "meter:٣.٧٠",
    ])
      assert.throws(() => parseProfile(name), UsageError);
  });

  test("is refused where no such firmware exists", () => {
    for (const name of [
      "meter:9.9",
      "meter:1.0",
      "meter:0.10",
      "meter:5.00",
      "meter:10.99",
      "module:2.00",
      "module:3.70",
    ])
      assert.throws(() => parseProfile(name), {
        name: "UsageError",
        code: "profile",
        message: `profile "${name}": there is no such firmware; meter firmware begins with 2, 3 or 4, module firmware with 1`,
      });
    for (const name of ["meter:2.00", "meter:3.99", "meter:4.99", "module:1.00"]) assert.ok(parseProfile(name));
  });
});

describe("a gate", () => {
  test("opens from its firmware on, family by family", () => {
    const gate = { meter: [3, 50], module: [1, 20] } as const;
    for (const [name, has] of [
      ["meter:3.49", false],
      ["meter:3.50", true],
      ["meter:4.00", true],
      ["meter:2.99", false],
      ["module:1.11", false],
      ["module:1.20", true],
      ["module:1.30", true],
    ] as const)
      assert.equal(reaches(parseProfile(name), gate), has, name);
    assert.equal(reaches(parseProfile("module:1.99"), { meter: [3, 50] }), false);
    assert.equal(reaches(parseProfile("meter:4.99"), {}), false);
  });

  test("is written with both digits of the minor number", () => {
    assert.equal(gateText({ meter: [4, 0], module: [1, 20] }), "meter 4.00, module 1.20");
  });
});

describe("ranges of firmware", () => {
  const releases = {
    meter: [
      [
        [4, 0],
        [4, 2],
      ],
      [[4, 10]],
    ],
    module: [
      [
        [1, 20],
        [1, 30],
      ],
    ],
  } as const;

  test("hold from their first version up to the one that is not in them", () => {
    for (const [name, within] of [
      ["meter:3.99", false],
      ["meter:4.00", true],
      ["meter:4.01", true],
      ["meter:4.02", false],
      ["meter:4.09", false],
      ["meter:4.10", true],
      ["meter:4.99", true],
      ["module:1.11", false],
      ["module:1.20", true],
      ["module:1.30", false],
    ] as const)
      assert.equal(isAmong(parseProfile(name), releases), within, name);
    assert.equal(isAmong(parseProfile("module:1.99"), { meter: [[[0, 0]]] }), false);
  });

  test("are written one by one", () => {
    assert.equal(releasesText(releases), "meter 4.00 up to 4.02, meter 4.10 and later, module 1.20 up to 1.30");
  });
});
