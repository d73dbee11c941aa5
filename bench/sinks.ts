/**
 * What the stores cost: changes a second through the journal into InfluxDB, PostgreSQL, NATS, CSV files and a webhook; the lines of 1,000
 * readings; the costs of a year. `node bench/sinks.ts`
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { Output } from "@meterport/engine/ports/output";
import { costSum, intervalCosts } from "@meterport/engine/prices/costs";
import { pricePieces, type Tariff } from "@meterport/engine/prices/tariff";
import { parseTimeRule } from "@meterport/engine/prices/time-of-use";
import { outputKinds } from "@meterport/gateway/outputs/list";
import { OutputWorld } from "@meterport/gateway/outputs/output-world.test-kit";
import { Secret } from "@meterport/protocol/mep/security/key";
import { startInfluxdb } from "../test/support/influxdb.ts";
import { startNats } from "../test/support/nats.ts";
import { peer } from "../test/support/peers.ts";
import { startPostgres } from "../test/support/postgres.ts";
import { say } from "./measure.ts";

const quarter = 900_000;
const start = Date.UTC(2026, 0, 1);
const secret = (text: string): Secret => new Secret(new TextEncoder().encode(text));

/** Stores so many quarters, and measures how long an output takes to deliver them. */
const delivered = async (name: string, output: Output, count: number): Promise<void> => {
  const world = new OutputWorld();
  try {
    for (let from = 0; from < count; from += 1_000)
      await world.store.write({
        intervals: Array.from({ length: 1_000 }, (_, n) => ({
          ...{ point: "home", channel: "energy_import_wh", end: start + (from + n + 1) * quarter, seconds: 900 },
          ...({ value: n, source: "profile", quality: "good", flags: [], register: null } as const),
        })),
      });
    await world.store.setCursor(`output:${output.name}`, 0);
    const cpu = process.cpuUsage();
    const began = performance.now();
    world.start(output);
    await world.delivered(120_000);
    const seconds = (performance.now() - began) / 1000;
    const used = process.cpuUsage(cpu);
    assert.equal((await world.status()).delivered, count);
    const share = Math.round((100 * (used.user + used.system)) / 1e6 / seconds);
    say(`${name}: ${Math.round(count / seconds).toLocaleString("en")} changes/s, ${share} % of a core`);
  } finally {
    await world.done();
  }
};

const created = (name: keyof typeof outputKinds, settings: object): Output =>
  outputKinds[name].create(settings as never, {
    data: ".",
    openLink: () => Promise.reject(new Error("no link here")),
  }) as Output;

const influxd = peer("influxd");
if (influxd.skip === false) {
  const influx = await startInfluxdb(influxd.path, { database: "meterport" });
  await delivered("influxdb", created("influxdb", { url: `http://127.0.0.1:${influx.port}` }), 50_000);
  await influx.stop();
}
if (peer("pg_createcluster").skip === false) {
  const postgres = await startPostgres();
  await delivered("postgresql", created("postgresql", { url: secret(postgres.url) }), 50_000);
  await postgres.stop();
}
const nats = peer("nats-server");
if (nats.skip === false) {
  const server = await startNats(nats.path);
  await delivered("nats", created("nats", { url: `nats://127.0.0.1:${server.port}` }), 50_000);
  await server.stop();
}
const folder = mkdtempSync(join(tmpdir(), "meterport-bench-"));
await delivered("csv", created("csv", { folder }), 20_000);
rmSync(folder, { recursive: true });

const receiver = createServer((request, response) => {
  request.resume();
  request.on("end", () => response.writeHead(204).end());
});
await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
await delivered("webhook", created("webhook", { url, secret: secret("x") }), 50_000);
receiver.closeAllConnections();
receiver.close();

const tariff: Tariff = {
  ...{ currency: "DKK", energy: { kind: "market" }, markupPercent: 0, additions: 0, taxPercent: 25 },
  ...{ gridTimes: [parseTimeRule("0.4 17-21"), parseTimeRule("0.1")], feedIn: { kind: "none" } },
};
const year = 365 * 96;
const market = Array.from({ length: year }, (_, n) => ({
  ...{ start: start + n * quarter, end: start + (n + 1) * quarter, value: (n % 97) / 100 },
}));
const intervals = market.map(({ end }, n) => ({ end, seconds: 900, value: n % 900 }));
const began = performance.now();
const pieces = pricePieces(
  tariff,
  "Europe/Copenhagen",
  { from: start, to: start + year * quarter },
  { market, charges: [] },
);
const { cost } = costSum(intervalCosts(intervals, pieces, "import"));
assert.ok(cost !== null);
say(`costs of a year of quarters with grid charges by the clock: ${Math.round(performance.now() - began)} ms`);
