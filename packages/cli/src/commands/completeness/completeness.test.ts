import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CompletenessPage } from "@meterport/gateway/http/completeness/completeness";
import { completeness, overviewPoint } from "@meterport/gateway/http/openapi/examples";
import { runCli, type World } from "../../testing/run-cli.ts";

const url = "http://127.0.0.1:8765";
const base = `${url}/api/v1/completeness?sort=worst`;

const point = (id: string, percent: number, changes: Partial<CompletenessPage["points"][number]> = {}) => ({
  ...overviewPoint,
  id,
  percent,
  ...changes,
});
const page = (points: CompletenessPage["points"], next: string | null = null) => ({
  status: 200,
  body: {
    channel: "energy_import_wh",
    sort: "worst",
    total: 1_000,
    complete: 997,
    incomplete: 2,
    empty: 1,
    points,
    next,
  },
});
const empty = point("m1", 0, { completeness: null, sums: null, newest: null });
const lost = point("m2", 95.5, {
  completeness: { ...completeness, gap_count: 3, longest_gap_s: 9_000, open: 7, missing: 2 },
});
const off = point("m3", 100, {
  completeness: { ...completeness, gap_count: 0, gaps: [], missing: 0, pending: 1 },
  sums: { ...overviewPoint.sums, verdict: "different", reason: null, difference: -12 },
});
const run = (args: readonly string[], answers: World["answers"]) =>
  runCli(["completeness", "--url", url, ...args], { answers });

describe("meterport completeness", () => {
  test("sums up, and shows the worst first with gaps, sums and the newest interval", async () => {
    const { code, out } = await run(["--month", "2026-11"], {
      [`${base}&limit=50&period=2026-11`]: page([empty, lost, off], "more"),
    });
    assert.equal(code, 0);
    assert.match(
      out,
      /^energy_import_wh in 2026-11: of 1000 points 997 are complete, 2 have gaps, 1 have nothing stored$/m,
    );
    assert.match(out, /^m1 +0\.00 +never +nothing stored$/m);
    assert.match(out, /^m2 +95\.50 +incomplete +2026-01-01 12:00 +3, longest 2\.5 h; 7 open, 2 lost$/m);
    assert.match(out, /^m3 +100\.00 +off by -12 +2026-01-01 12:00 +1 pending$/m);
    assert.match(out, /^the worst 3; --all shows all$/m);
  });

  test("asks for all pages, and prints them as JSON or CSV", async () => {
    const answers = {
      [`${base}&limit=500`]: page([empty], "c1"),
      [`${base}&limit=500&cursor=c1`]: page([lost]),
    };
    const json = await run(["--all", "--json"], answers);
    assert.deepEqual(
      (JSON.parse(json.out) as CompletenessPage).points.map(({ id }) => id),
      ["m1", "m2"],
    );
    const csv = (await run(["--all", "--csv"], answers)).out.split("\n");
    assert.equal(csv.length, 4);
    assert.match(csv[0] ?? "", /^point,percent,present,expected,/);
    assert.match(csv[1] ?? "", /^m1,0,0,,/);
    assert.match(csv[2] ?? "", /^m2,95\.5,51,52,.*,3,9000,2,7,incomplete,,Home,0$/);
    const cut = await run(["--csv"], { [`${base}&limit=50`]: page([lost], "c1") });
    assert.equal(cut.err, "meterport: these are the worst 1; --all gives all\n");
  });

  test("ends with 1 if points are below a limit, and with 2 for what the daemon refuses", async () => {
    const asked = (points: CompletenessPage["points"]) =>
      run(["--below", "99"], { [`${base}&limit=50&below=99`]: page(points) });
    assert.deepEqual([(await asked([lost])).code, (await asked([])).code], [1, 0]);
    const message = "period=x is neither a month nor a day: write for example 2026-11 or 2026-11-30";
    const refused = await run(["--month", "x"], {
      [`${base}&limit=50&period=x`]: { status: 400, body: { error: "bad-request", message } },
    });
    assert.deepEqual([refused.code, refused.err.includes(message)], [2, true]);
    assert.equal((await run(["--json", "--csv"], {})).code, 2);
    assert.equal((await run([], {})).code, 1);
  });
});
