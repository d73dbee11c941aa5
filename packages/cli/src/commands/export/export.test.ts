import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { eagerClock } from "../../testing/eager-clock.ts";
import { runCli, type World } from "../../testing/run-cli.ts";

const start = Date.UTC(2026, 0, 1);
const quarter = 900_000;

describe("meterport export", () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-export-"));
  const run = (args: readonly string[], world: World = {}) =>
    runCli(["export", ...args], { clock: eagerClock(start + 4 * quarter), ...world });
  before(async () => {
    const { openStore } = await import("@meterport/gateway/stores/open-store");
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const store = await openStore(folder, log, eagerClock(start));
    const shared = {
      channel: "energy_import_wh",
      seconds: 900,
      source: "profile",
      quality: "good",
      flags: [],
    } as const;
    await store.write({
      intervals: ["house", "garage"].flatMap((point) =>
        [1, 2, 3].map((n) => ({ ...shared, point, end: start + n * quarter, value: n, register: null })),
      ),
    });
    await store.close();
    const meters = ["house", "garage"].map(
      (id) => `  - {id: ${id}, name: ${id}, link: "tcp://127.0.0.1:1/${id}", key: hex:${"01".repeat(16)}}`,
    );
    writeFileSync(
      join(folder, "meterport.yaml"),
      `meters:\n${meters.join("\n").replaceAll(/:1\/(\w+)/g, (_, id: string) => `:${id === "house" ? 4059 : 4060}`)}\n`,
      { mode: 0o600 },
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  test("writes the intervals of all meters of the configuration, or of one, by UTC and local time", async () => {
    const { code, out, err } = await run(["intervals", "--data", folder, "--zone", "Europe/Copenhagen"]);
    assert.equal(code, 0, err);
    const lines = out.trimEnd().split("\n");
    assert.equal(lines.length, 7);
    assert.equal(
      lines[1],
      "house,energy_import_wh,2026-01-01T00:15:00Z,2026-01-01T01:15:00+01:00,900,1,profile,good,,,1",
    );
    const one = await run(["intervals", "--data", folder, "--point", "garage", "--format", "json", "--since", "30m"]);
    const values = one.out
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { value: number }).value);
    assert.deepEqual(values, [3]);
    const none = await run(["events", "--data", folder, "--point", "hause"]);
    assert.deepEqual([none.code, none.out.split("\n").length], [0, 2]);
    assert.match(none.err, /no events are stored for that: hause/);
  });

  test("writes a file, which is not overwritten", async () => {
    const written = new Map<string, string>();
    const args = ["intervals", "--data", folder, "--format", "parquet", "--output", "out/one.parquet"];
    const { code, out, err } = await run(args, { written });
    assert.deepEqual([code, out], [0, ""], err);
    assert.match(err, /wrote out\/one\.parquet/);
    assert.match(written.get("out/one.parquet") ?? "", /^PAR1.*PAR1$/s);
    assert.equal((await run(args, { written })).code, 2);
  });

  test("a database that is away is one sentence", async () => {
    const args = ["intervals", "--store", "postgres://me:secret@127.0.0.1:1/x", "--point", "house"];
    const { code, err } = await run(args);
    assert.equal(code, 1, err);
    assert.match(err, /the database postgres:\/\/me@127\.0\.0\.1:1\/x cannot be reached \(.*\): check that it runs\n$/);
    assert.doesNotMatch(err, /secret|\n {4}at /);
  });

  test("wrong requests are one sentence each", async () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [["values"], /"values" cannot be exported: write readings, intervals, registers, events/],
      [["events", "--format", "parquet"], /needs a file: --output events\.parquet/],
      [["events", "--store", folder], /--store is for a PostgreSQL database/],
      [["events", "--until", "60d"], /ends before it begins/],
      [["events", "--data", join(folder, "none"), "--point", "x"], /there is no database .*none/],
      [["events", "--data", join(folder, "none")], /has no meter: name a metering point with --point/],
      [["readings", "--channel", "power"], /"power" is not a value of readings/],
      [["events", "--store", "postgres://me:se@cret/x@db/y", "--point", "x"], /the address of the store/],
    ];
    for (const [args, sentence] of wrong) {
      const { code, out, err } = await run([...args, ...(args.includes("--data") ? [] : ["--data", folder])]);
      assert.equal(code, 2, err);
      assert.match(out + err, sentence);
      assert.doesNotMatch(out + err, /cret/);
    }
  });
});
