import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import { emptyReading, liveKeys } from "@meterport/protocol/meaning/readings";
import { Secret } from "@meterport/protocol/mep/security/key";
import { memoryLine, modelledLine } from "@meterport/simulator";
import { paintFor } from "../../format/paint.ts";
import { runCli, withMeter } from "../../testing/run-cli.ts";
import { livePanel } from "./live-text.ts";

const live = (...args: string[]): string[] => ["live", "--link", "tcp://meter:1", ...args];
const documents = (out: string): Record<string, unknown>[] =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("live --json", () => {
  test("prints one document per line, with exactly the live keys, at a steady interval", async () => {
    const { code, out } = await runCli(live("--json", "--count", "4"), withMeter());
    assert.equal(code, 0);
    const lines = documents(out);
    assert.equal(lines.length, 4);
    for (const line of lines) {
      assert.deepEqual(Object.keys(line), ["time", ...liveKeys, "quality"]);
      assert.deepEqual([line.power_w, line.power_l1_w, line.quality], [432, 320, "good"]);
    }
    // The first one waits for the pause that the meter needs after the reads of its lists.
    const times = lines.slice(1).map(({ time }) => Date.parse(String(time)));
    assert.deepEqual(
      times.slice(1).map((time, i) => time - (times[i] ?? 0)),
      [1000, 1000],
    );
  });

  test("keeps the user's interval", async () => {
    const { out } = await runCli(live("--json", "--count", "3", "--interval", "10s"), withMeter());
    const [, first, second] = documents(out).map(({ time }) => Date.parse(String(time)));
    assert.equal((second ?? 0) - (first ?? 0), 10_000);
  });

  test("warns once of another program on the same meter", async () => {
    const world = withMeter();
    const { meter, clock } = world;
    assert.ok(clock);
    const secondClientKey = new Secret(new Uint8Array(16).fill(1));
    const line = () => modelledLine({ meter, clock, secondClient: 1000, secondClientKey });
    const { code, out, err } = await runCli(live("--json", "--count", "5"), { ...world, openLink: async () => line() });
    assert.equal(code, 0, err);
    assert.equal(documents(out).length, 5);
    assert.equal(err.split("another program talks to this meter").length, 2, err);
    const alone = await runCli(live("--json", "--count", "5"), withMeter());
    assert.doesNotMatch(alone.err, /another program/);
  });

  test("prints stale lines of nulls while the link is down, reports it once, and recovers", async () => {
    const world = withMeter();
    const { meter, clock } = world;
    assert.ok(clock);
    let line = memoryLine({ meter, clock });
    let goneUntil = 0;
    const openLink = async () => {
      if (clock.now() < goneUntil) throw new LinkError("not-open", "tcp://meter:1", "cannot open it");
      line = memoryLine({ meter, clock });
      return line;
    };
    let shown = 0;
    const onWrite = (): void => {
      if (++shown !== 2) return;
      goneUntil = clock.now() + 2_300;
      void line.close();
    };
    const { code, out, err } = await runCli(live("--json", "--count", "6"), { ...world, openLink, onWrite });
    assert.equal(code, 0);
    const lines = documents(out);
    assert.deepEqual(
      lines.map(({ quality, power_w }) => [quality, power_w]),
      [
        ["good", 432],
        ["good", 432],
        ["stale", null],
        ["stale", null],
        ["good", 432],
        ["good", 432],
      ],
    );
    const times = lines.map(({ time }) => Date.parse(String(time)));
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    assert.ok(
      gaps.every((gap) => gap > 700 && gap < 1300),
      `in rhythm: ${gaps}`,
    );
    assert.match(
      err,
      /^meterport: the link is silent: memory:.*the other side closed the connection\n {2}The connection ended: /m,
    );
    assert.match(err, /\nmeterport: the link is up again after [23] s\n$/);
    assert.equal(err.match(/^meterport: the link/gm)?.length, 2);
  });

  test("an outage shorter than the interval costs no reading", async () => {
    const world = withMeter();
    const { meter, clock } = world;
    assert.ok(clock);
    let line = memoryLine({ meter, clock });
    const openLink = async () => {
      line = memoryLine({ meter, clock });
      return line;
    };
    const onWrite = (): void => void line.close();
    const { code, out } = await runCli(live("--json", "--count", "4"), { ...world, openLink, onWrite });
    assert.equal(code, 0);
    assert.deepEqual(
      documents(out).map(({ quality }) => quality),
      ["good", "good", "good", "good"],
    );
  });

  test("ends with an error if the meter cannot be reached at all", async () => {
    const { code, out } = await runCli(live("--json"), { env: withMeter().env ?? {} });
    assert.equal(code, 1);
    assert.equal(documents(out)[0]?.error !== undefined, true);
  });
});

describe("live for people", () => {
  test("prints columns of fixed width into a pipe", async () => {
    const { out } = await runCli(live("--count", "2"), withMeter());
    const [head = "", first = "", second = ""] = out.split("\n");
    assert.match(head, /^time +W +L1 W/);
    assert.match(first, /^00:00:\d\d +432 +320 +59 +53 +230\.0 +230\.0 +230\.0 +1\.96 /);
    assert.equal(first.length, second.length);
  });

  test("redraws a panel in place on a terminal, and restores the cursor", async () => {
    const stop = new AbortController();
    let drawn = 0;
    const onWrite = (text: string): void => {
      if (text.includes("432 W") && ++drawn === 3) stop.abort();
    };
    const world = { ...withMeter(), terminal: true, interrupted: stop.signal, onWrite };
    const { code, out } = await runCli(live(), world);
    assert.equal(code, 0);
    const esc = String.fromCharCode(27);
    assert.ok(out.startsWith(`${esc}[?25l`));
    assert.ok(out.endsWith(`${esc}[?25h`));
    assert.equal(out.split(`${esc}[14F${esc}[0J`).length, 3, "drawn three times, twice over itself");
    assert.match(out, /432 W {2}▼ from the grid/);
    assert.match(out, /L1 +320 W +230\.0 V +1\.96 A +0\.712/);
  });

  test("shows on a low terminal what fits, so that nothing scrolls away", async () => {
    const { out } = await runCli(live("--count", "2"), { ...withMeter(), terminal: true, rows: 8 });
    const [, first = "", second = ""] = out.split(`${String.fromCharCode(27)}[0J`);
    assert.equal(first.split("\n").length, 8);
    assert.match(second, /432 W/);
    assert.ok(second.split("\n").some((line) => /UTC {2}good$/.test(line)));
  });

  test("shows a whole error on a narrow terminal", () => {
    const trouble = "read BT28 for a live reading: no answer after 3 attempts (500 ms each)";
    const reading = emptyReading("2026-01-01T00:00:00.000Z", "stale");
    const paint = paintFor({ color: false, isTerminal: true, columns: 40 });
    const panel = livePanel(reading, { title: "", trouble }, paint);
    const [, told = ""] = panel.split("stale\n");
    assert.ok(told.split("\n").every((line) => line.length <= 40));
    assert.equal(told.trim().replace(/\s+/g, " "), trouble);
  });

  test("an interruption during the first reading is not a failure", async () => {
    const stop = new AbortController();
    const world = withMeter();
    const openLink = async () => {
      stop.abort();
      throw new LinkError("aborted", "tcp://meter:1", "given up");
    };
    const { code } = await runCli(live(), { ...world, openLink, interrupted: stop.signal });
    assert.equal(code, 0);
  });
});

describe("live, wrong usage", () => {
  for (const [args, message] of [
    [["--interval", "soon"], /--interval "soon" is not a length of time/],
    [["--interval", "0s"], /--interval "0s" must be from 1ms to 24h/],
    [["--interval", "100h"], /--interval "100h" must be from 1ms to 24h/],
    [["--count", "0"], /--count "0" is not a whole number/],
  ] as const)
    test(args.join(" "), async () => {
      const { code, err } = await runCli(live(...args), withMeter());
      assert.equal(code, 2);
      assert.match(err, message);
    });
});
