import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { alignedTable, wrap } from "./format/table.ts";
import { nearest } from "./options/nearest.ts";
import { runCli } from "./testing/run-cli.ts";

describe("the command", () => {
  test("without words is wrong usage, with the help on standard error", async () => {
    const { code, out, err } = await runCli([]);
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, /Usage: meterport/);
  });

  for (const args of [["--help"], ["explain", "--help"], ["live", "-h"]])
    test(`${args.join(" ")} is not a failure`, async () => {
      const { code, out, err } = await runCli(args);
      assert.deepEqual([code, err], [0, ""]);
      assert.match(out, /^Usage: meterport/);
    });

  test("prints the version", async () => {
    const { code, out } = await runCli(["--version"]);
    assert.equal(code, 0);
    assert.match(out, /^\d+\.\d+\.\d+\n$/);
  });

  for (const args of [
    ["frobnicate"],
    ["live"],
    ["read", "--link", "x"],
    ["explain", "--frobnicate", "00"],
    ["explain"],
    ["live", "--kye=0123456789abcdef"],
  ]) {
    test(`${args.join(" ")} is wrong usage, in one sentence`, async () => {
      const { code, out, err } = await runCli(args);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, /^meterport: [^\n]+\n$/);
    });
    test(`${args.join(" ")} --json is one document`, async () => {
      const { code, out, err } = await runCli([...args, "--json"]);
      assert.deepEqual([code, err], [2, ""]);
      const { error } = JSON.parse(out) as { error: { code: string; message: string } };
      assert.equal(error.code, "arguments");
      assert.ok(!out.includes("0123456789abcdef"), "a key behind a misspelt option is not repeated");
    });
  }
});

describe("simulate, wrong usage", () => {
  const cases: Record<string, readonly [readonly string[], RegExp]> = {
    "more links than ports": [
      ["--listen", "tcp://127.0.0.1:0", "--listen", "tcp://127.0.0.1:0"],
      /meter:3\.70 has one MEP port, but --listen is given 2 times/,
    ],
    "no such scenario": [
      ["--listen", "tcp://127.0.0.1:0", "--scenario", "hous"],
      /unknown scenario "hous"; did you mean house\?$/m,
    ],
    "a scenario unlike any": [["--listen", "tcp://127.0.0.1:0", "--scenario", "castle"], /; known: house, flat/],
    "a seed that is not a number": [
      ["--listen", "tcp://127.0.0.1:0", "--seed", "x"],
      /--seed "x" is not a whole number/,
    ],
    "a malformed time": [["--listen", "tcp://127.0.0.1:0", "--start", "noon"], /--start "noon" is not a time/],
    "a year that no meter has": [
      ["--listen", "tcp://127.0.0.1:0", "--start", "9999-12-31"],
      /in the years 2001 to 2098/,
    ],
    "a malformed speed": [["--listen", "tcp://127.0.0.1:0", "--speed", "fast"], /--speed "fast" is not a number/],
    "a malformed key": [
      ["--listen", "tcp://127.0.0.1:0", "--basic-key", "hushhush"],
      /the key has 8 hex|the key has 8 characters/,
    ],
  };
  for (const [name, [args, message]] of Object.entries(cases))
    test(name, async () => {
      const { code, out, err } = await runCli(["simulate", ...args]);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, message);
      assert.ok(!err.includes("hushhush"));
    });
});

describe("columns", () => {
  test("are aligned, the last one wrapped", () => {
    const rows = [
      ["a", "1", "words that are too long for it"],
      ["bcd", "22", "short"],
    ];
    const lines = ["a     1  words that are too", "         long for it", "bcd  22  short", ""];
    assert.equal(alignedTable(rows, { right: [1], width: 29 }), lines.join("\n"));
  });

  test("keep words whole if they fit", () => {
    assert.deepEqual(wrap("one two three", 7), ["one two", "three"]);
    assert.deepEqual(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
  });
});

test("near names come first, far ones are omitted", () => {
  assert.deepEqual(nearest("devics", ["sequence", "devices", "device"]), ["devices", "device"]);
  assert.deepEqual(nearest("zzzz", ["devices"]), []);
});
