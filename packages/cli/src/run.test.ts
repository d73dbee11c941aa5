import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { alignedTable, wrap } from "./format/table.ts";
import { nearest } from "./options/nearest.ts";
import { runCli } from "./testing/run-cli.ts";

describe("the command", () => {
  test("without anything prints its help on standard error: wrong usage", async () => {
    const { code, out, err } = await runCli([]);
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, /Usage: meterport/);
  });

  for (const args of [["--help"], ["explain", "--help"], ["live", "-h"]])
    test(`${args.join(" ")} is no failure`, async () => {
      const { code, out, err } = await runCli(args);
      assert.deepEqual([code, err], [0, ""]);
      assert.match(out, /^Usage: meterport/);
    });

  test("the version", async () => {
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
      /meter:3\.70 has one MEP port, and --listen is given 2 times/,
    ],
    "no such scenario": [
      ["--listen", "tcp://127.0.0.1:0", "--scenario", "hous"],
      /no scenario is called "hous"; did you mean house\?$/m,
    ],
    "nothing like a scenario": [["--listen", "tcp://127.0.0.1:0", "--scenario", "castle"], /; there are house, flat/],
    "no number": [["--listen", "tcp://127.0.0.1:0", "--seed", "x"], /--seed "x" is no whole number/],
    "no time": [["--listen", "tcp://127.0.0.1:0", "--start", "noon"], /--start "noon" is not a time/],
    "no year of a meter": [["--listen", "tcp://127.0.0.1:0", "--start", "9999-12-31"], /in the years 2001 to 2098/],
    "no speed": [["--listen", "tcp://127.0.0.1:0", "--speed", "fast"], /--speed "fast" is no number/],
    "no key": [
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
  test("stand under each other, the last one wrapped", () => {
    const rows = [
      ["a", "1", "words that are too long for it"],
      ["bcd", "22", "short"],
    ];
    const lines = ["a     1  words that are too", "         long for it", "bcd  22  short", ""];
    assert.equal(alignedTable(rows, { right: [1], width: 29 }), lines.join("\n"));
  });

  test("words are kept whole where they fit", () => {
    assert.deepEqual(wrap("one two three", 7), ["one two", "three"]);
    assert.deepEqual(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
  });
});

test("near names come first, far ones not at all", () => {
  assert.deepEqual(nearest("devics", ["sequence", "devices", "device"]), ["devices", "device"]);
  assert.deepEqual(nearest("zzzz", ["devices"]), []);
});
