/** Prices in the whole daemon: a virtual meter, its costs over HTTP, and a tariff that changes meanwhile. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { silentLog } from "@meterport/engine/ports/log";
import { openLocalSqliteStore } from "@meterport/gateway/stores/sqlite/sqlite-store";
import { eventually } from "./support/eventually.ts";
import { type ServedMeter, serveMeter } from "./support/served-meter.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

const quarter = 900_000;
const yesterday = Math.floor(Date.now() / 86_400_000 - 1) * 86_400_000;

describe("prices of a daemon", () => {
  let meter: ServedMeter;
  let gateway: SpawnedGateway;
  let folder: string;
  const yaml = (prices: string): string =>
    `interval: 500ms\nzone: UTC\noutputs:\n  csv: { folder: ${JSON.stringify(folder)} }\nmeters:\n  - { id: home, link: "${meter.url}", key: "hex:${meter.key}", back_fill: off, prices: ${prices} }\n`;
  const get = async (path: string): Promise<Readonly<Record<string, never>>> =>
    (await (await fetch(`${gateway.url}/api/v1/points/home/${path}`)).json()) as Readonly<Record<string, never>>;
  const until = (what: string, holds: () => boolean | Promise<boolean>): Promise<void> =>
    eventually(async () => assert.ok(await holds(), `${what}\n${gateway.log()}`));

  before(async () => {
    meter = await serveMeter();
    folder = mkdtempSync(join(tmpdir(), "meterport-csv-"));
    gateway = await startGateway(yaml('{ currency: EUR, times: ["1 6-12", "0.5"], tax_percent: 20, feed_in: 0.08 }'), {
      prepare: async (data) => {
        mkdirSync(data, { recursive: true });
        const store = openLocalSqliteStore(data, silentLog, Date.now);
        await store.write({
          intervals: Array.from({ length: 96 }, (_, n) => ({
            ...{ point: "home", channel: "energy_import_wh", end: yesterday + (n + 1) * quarter, seconds: 900 },
            ...({ value: 250, source: "profile", quality: "good", flags: [], register: null } as const),
          })),
        });
        await store.close();
      },
    });
  });
  after(async () => {
    await gateway?.remove();
    await meter?.unplug();
    rmSync(folder, { recursive: true, force: true });
  });

  test("a day costs what its quarters cost, and an output wrote the file of that day", {
    timeout: 60_000,
  }, async () => {
    const range = `from=${yesterday / 1000}&to=${(yesterday + 96 * quarter) / 1000}`;
    const { sums, currency } = (await get(`costs?${range}`)) as unknown as {
      readonly currency: string;
      readonly sums: readonly { readonly import: object; readonly cost: number; readonly peaks: readonly object[] }[];
    };
    assert.equal(currency, "EUR");
    // 6 kWh at 1.20, 18 kWh at 0.60.
    assert.deepEqual(sums[0]?.import, { energy_wh: 24_000, priced_wh: 24_000, seconds: 86_400, cost: 18 });
    assert.equal(sums[0]?.cost, 18);
    assert.equal(sums[0]?.peaks.length, 1);
    const name = `${new Date(yesterday).toISOString().slice(0, 10)}.intervals.csv`;
    await until(
      "the file",
      () => readdirSync(folder).includes("home") && readdirSync(join(folder, "home")).includes(name),
    );
  });

  test("another tariff counts after a reload, without a word of the old one", { timeout: 60_000 }, async () => {
    const from = gateway.log().length;
    writeFileSync(gateway.config, yaml("{ currency: SEK, times: [2] }"));
    gateway.child.kill("SIGHUP");
    await until("reloaded", () => gateway.log().slice(from).includes("the configuration is reloaded"));
    const { sums, currency } = (await get(
      `costs?from=${yesterday / 1000}&to=${(yesterday + 1) / 1000}`,
    )) as unknown as {
      readonly currency: string;
      readonly sums: readonly { readonly cost: number }[];
    };
    assert.deepEqual([currency, sums[0]?.cost], ["SEK", 48]);
    const { prices, known_until } = (await get("prices")) as unknown as {
      readonly prices: readonly { readonly total: number }[];
      readonly known_until: string;
    };
    assert.equal(prices.length, 192);
    assert.ok(prices.every(({ total }) => total === 2) && known_until !== null);
  });
});
