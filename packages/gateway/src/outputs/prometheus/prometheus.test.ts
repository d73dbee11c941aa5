import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { freePort, startListening } from "../../../../../test/support/free-port.ts";
import { peer } from "../../../../../test/support/peers.ts";
import { matchesGolden } from "../golden.test-kit.ts";
import { outputKinds } from "../list.ts";
import { evening, FaceWorld, faceContract } from "../listening/face-contract.test-kit.ts";
import { rawRequest } from "../listening/raw-http.test-kit.ts";
import { until } from "../output-world.test-kit.ts";

const promtool = peer("promtool");
const prometheus = peer("prometheus");
const open = (port: number, more: object = {}) => outputKinds.prometheus.create({ port, ...more } as never);

const scraped = async (port: number): Promise<string | undefined> => {
  try {
    return await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { connection: "close" } })).text();
  } catch {
    return undefined;
  }
};

const sample = (text: string | undefined, name: string): number | undefined => {
  const line = text?.split("\n").find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
};

faceContract("prometheus", {
  open,
  several: true,
  control: false,
  power: async (port) => sample(await scraped(port), 'meterport_active_power_watts{point="home",phase="total"}'),
  samples: [rawRequest("GET", "/metrics"), rawRequest("HEAD", "/metrics"), rawRequest("GET", "/")],
});

const within = async (work: (world: FaceWorld, port: number) => Promise<void>, more: object = {}): Promise<void> => {
  const world = new FaceWorld();
  const port = await freePort();
  try {
    world.start(open(port, more));
    await world.is("up");
    world.read();
    // The totals of a point are loaded from the store.
    await until("the registers", async () => (await scraped(port))?.includes("_total{") === true);
    await work(world, port);
  } finally {
    await world.done();
  }
};

describe("prometheus", () => {
  test("the metrics match their golden file, in either unit of energy", () =>
    within(
      async (_, port) => {
        const text = (await scraped(port)) ?? "";
        const fixed = text.replace(/(last_reading_timestamp_seconds\{[^}]*\}) \S+/, "$1 …");
        matchesGolden(new URL("golden/metrics.txt", import.meta.url), fixed);
        assert.equal(
          sample(text, 'meterport_active_energy_joules_total{point="home",direction="import"}'),
          49_605_616_800,
        );
      },
      { energy: "both" },
    ));

  test("promtool finds nothing to complain about", { skip: promtool.skip }, () =>
    within(async (_, port) => {
      const { status, stderr, stdout } = spawnSync(promtool.path, ["check", "metrics"], {
        ...{ input: await scraped(port), encoding: "utf8" },
      });
      assert.equal(`${stdout}${stderr}`, "");
      assert.equal(status, 0);
    }),
  );

  test("of a stale meter nothing is left but that it is down, and when it was read", () =>
    within(async (world, port) => {
      world.home.goStale();
      const names = (await scraped(port))?.match(/^meterport_\w+(?=\{)/gm);
      assert.deepEqual(names, [
        "meterport_meter_up",
        "meterport_meter_info",
        "meterport_last_reading_timestamp_seconds",
      ]);
      assert.equal(sample(await scraped(port), 'meterport_meter_up{point="home"}'), 0);
    }));

  test("registers alone are shown if live values are off, and all meters that it sees", () =>
    within(
      async (world, port) => {
        world.views.push(world.shed);
        world.outputs.pointsChanged();
        world.shed.read(world.clock.wall(), evening);
        const text = await scraped(port);
        assert.doesNotMatch(text ?? "", /_watts|_volts/);
        assert.equal(sample(text, 'meterport_meter_up{point="shed"}'), 1);
        const seen = await world.outputs.test("prometheus");
        assert.match(seen?.text ?? "", /\(2 of 2 meters give values\)$/);
      },
      { live_values: false },
    ));

  test(
    "a real Prometheus scrapes it, and its series ends at once when the meter is stale",
    { skip: prometheus.skip },
    () =>
      within(async (world, port) => {
        const folder = mkdtempSync(join(tmpdir(), "meterport-prometheus-"));
        const own = await freePort();
        const config = join(folder, "prometheus.yml");
        const job = `  - job_name: meters\n    scrape_interval: 1s\n    static_configs: [{ targets: ["127.0.0.1:${port}"] }]`;
        writeFileSync(config, `scrape_configs:\n${job}\n`);
        const args = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, "data")}`];
        const stop = await startListening(prometheus.path, [...args, `--web.listen-address=127.0.0.1:${own}`], own);
        const value = async (query: string): Promise<string | undefined> => {
          const url = `http://127.0.0.1:${own}/api/v1/query?query=${encodeURIComponent(query)}`;
          try {
            const { data } = (await (await fetch(url)).json()) as {
              readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] };
            };
            return data?.result[0]?.value[1];
          } catch {
            return undefined;
          }
        };
        try {
          const power = 'meterport_active_power_watts{phase="total"}';
          await until("the power", async () => (await value(power)) === "1234");
          world.home.goStale();
          await until("the end of the series", async () => (await value(power)) === undefined);
          assert.equal(await value("meterport_meter_up"), "0");
        } finally {
          await stop();
          rmSync(folder, { recursive: true, force: true });
        }
      }),
  );
});
