/** The pieces for Prometheus and Grafana, checked by promtool and by a real InfluxDB. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fences } from "./support/consumer-pages.ts";
import { startInfluxdb } from "./support/influxdb.ts";
import { peer } from "./support/peers.ts";
import { textOf } from "./support/sources.ts";

const promtool = peer("promtool");
const influxd = peer("influxd");
const scratch = mkdtempSync(join(tmpdir(), "meterport-consumers-stores-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

interface Target {
  readonly expr?: string;
  readonly query?: string;
}
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly templating: { readonly list: readonly { readonly name: string; readonly query?: unknown }[] };
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly datasource: { readonly uid: string };
    readonly targets: readonly Target[];
  }[];
}
const dashboard = (name: string) => JSON.parse(textOf(`docs/consumers/grafana-${name}.json`)) as Dashboard;
const rules = textOf("docs/consumers/prometheus-rules.yml");

const checked = (words: readonly string[]): void => {
  try {
    execFileSync(promtool.path, words, { stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
    assert.fail(`promtool ${words.join(" ")}: ${stdout}${stderr}`);
  }
};

/** Grafana puts these in before it asks. */
const filled = (expr: string): string => expr.replaceAll("$__rate_interval", "5m").replaceAll("$instance", ".*");

const exprs = dashboard("fleet").panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr ?? []));

describe("Prometheus", () => {
  test("promtool accepts the scrape, the alerts and every expression of the dashboard", { skip: promtool.skip }, () => {
    const scrape = fences("yaml").find(({ file }) => file === "prometheus.yml")?.text ?? "";
    writeFileSync(join(scratch, "prometheus-rules.yml"), rules);
    writeFileSync(join(scratch, "token"), "mtp_x");
    const config = join(scratch, "prometheus.yml");
    writeFileSync(config, scrape.replace("/etc/prometheus/meterport.token", join(scratch, "token")));
    checked(["check", "config", config]);
    assert.ok(exprs.length > 14);
    const asRules = exprs.map((expr, n) => ({ record: `panel:${n}`, expr: filled(expr) }));
    const file = join(scratch, "panels.yml");
    writeFileSync(file, JSON.stringify({ groups: [{ name: "panels", rules: asRules }] }));
    checked(["check", "rules", file]);
  });

  test("every metric that is asked for is one that Meterport has", () => {
    const source = textOf("packages/gateway/src/http/metrics/daemon-metrics.ts");
    const names = new Set([...`${rules}\n${exprs.join("\n")}`.matchAll(/\bmeterport_\w+/g)].map(([name]) => name));
    assert.ok(names.size > 12);
    for (const name of names) {
      const total = name.endsWith("_total");
      const inner = name.replace(/^meterport_/, "").replace(/_total$/, "");
      assert.match(source, new RegExp(`${total ? "counter" : "gauge"}\\(\\s*"${inner}"`), name);
    }
  });
});

describe("the dashboards", () => {
  for (const name of ["home", "fleet"])
    test(`${name}: ask for their data source, and have a place for each panel`, () => {
      const { panels, templating } = dashboard(name);
      assert.equal(templating.list[0]?.name, "datasource");
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
      const taken = new Set<string>();
      for (const { title, gridPos, datasource, targets } of panels) {
        assert.equal(datasource.uid, `$${"{datasource}"}`, title);
        assert.ok(targets.length > 0 && gridPos.x + gridPos.w <= 24, title);
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            assert.ok(!taken.has(`${x},${y}`), `${title} lies over another panel`);
            taken.add(`${x},${y}`);
          }
      }
    });

  test("InfluxDB has an answer for each query of the one for a home", { skip: influxd.skip }, async () => {
    const influx = await startInfluxdb(influxd.path, { database: "meterport" });
    try {
      const lines = textOf("packages/gateway/src/outputs/influxdb/golden/lines.txt");
      // The golden lines have one phase, import and no return of values; these are written the same way.
      const more = [
        "meterport_live,point=home power_l1_w=1,power_l2_w=2,power_l3_w=3,voltage_l2_v=230,voltage_l3_v=230,energy_export_wh=5 1785579300000000000",
        "meterport_interval,point=home,channel=energy_export_wh value=5,seconds=900 1785579300000000000",
      ];
      const written = await fetch(`http://127.0.0.1:${influx.port}/write?db=meterport`, {
        method: "POST",
        body: [lines.trimEnd(), ...more].join("\n"),
      });
      assert.equal(written.status, 204, await written.text());
      const { panels, templating } = dashboard("home");
      const points = templating.list.find(({ name }) => name === "point")?.query;
      assert.deepEqual(await influx.query(String(points)), [{ key: "point", value: "home" }]);
      for (const { title, targets } of panels)
        for (const { query = "" } of targets) {
          const asked = query
            .replaceAll("$timeFilter", "time >= 1785500000000ms AND time <= 1785700000000ms")
            .replaceAll("$__interval", "1m")
            .replaceAll("$point", "home")
            .replaceAll("$zone", "Europe/Vienna");
          assert.ok((await influx.query(asked)).length > 0, `${title}: ${asked}`);
        }
    } finally {
      await influx.stop();
    }
  });
});
