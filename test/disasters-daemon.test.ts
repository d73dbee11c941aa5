/** Disasters of a real daemon and its database: another program locks it, a disk damages it, a second daemon is started on its folder. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import { type ServedMeter, serveMeter } from "./support/served-meter.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";
import { stopwatch } from "./support/stopwatch.ts";

const main = fileURLToPath(new URL("../packages/gateway/src/main.ts", import.meta.url));

interface Ready {
  readonly problem: string | null;
  readonly store: { readonly state: string; readonly problem: string | null };
}

describe("a daemon", { skip: process.platform === "win32" }, () => {
  let meter: ServedMeter;
  let gateway: SpawnedGateway;
  let data: string;
  before(async () => {
    meter = await serveMeter();
    gateway = await startGateway(
      `interval: 250ms\nhistory: { commit: 1s }\nmeters:\n  - { id: home, link: "${meter.url}", key: "hex:${meter.key}" }\n`,
    );
    data = join(dirname(gateway.config), "data");
    await until(async () => (await live()).quality === "good");
  });
  after(async () => {
    await gateway?.remove();
    await meter?.unplug();
  });

  const get = async <T>(path: string): Promise<T> => (await (await fetch(gateway.url + path)).json()) as T;
  const live = () => get<LiveAnswer>("/api/v1/points/home/live");
  const ready = () => get<Ready>("/ready");
  const until = async (done: () => Promise<boolean>): Promise<void> => {
    while (!(await done())) await pause(50);
  };
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    return Number(new RegExp(`^${name.replace(/[{}]/g, "\\$&")} (\\S+)$`, "m").exec(text)?.[1]);
  };
  /** How many readings are stored, by a connection of its own. */
  const stored = (): number => {
    const db = new DatabaseSync(join(data, "meterport.db"), { readOnly: true });
    try {
      return Number(db.prepare("SELECT count(*) AS n FROM reading").get()?.n);
    } finally {
      db.close();
    }
  };

  test("whose database is locked goes on with live values, says so, and stores everything afterwards", {
    timeout: 60_000,
  }, async () => {
    // The daemon may be writing at this moment.
    const other = new DatabaseSync(join(data, "meterport.db"), { timeout: 5_000 });
    other.exec("BEGIN IMMEDIATE");
    const began = Date.now();
    await until(async () => (await ready()).store.state === "busy");
    assert.match((await ready()).problem ?? "", /another program has locked the database/);
    assert.equal(await metric('meterport_store_state{state="busy"}'), 1);
    const first = await live();
    await until(async () => (await live()).time !== first.time);
    const untilAnswered = stopwatch();
    assert.equal((await fetch(`${gateway.url}/api/v1/points/home`)).status, 200);
    assert.ok(untilAnswered() < 2_000);
    const waiting = stored();
    await pause(1_500);
    assert.equal(stored(), waiting, "nothing can be written");
    other.exec("COMMIT");
    other.close();
    await until(async () => (await ready()).store.state === "ok");
    const held = (Date.now() - began) / 250;
    await until(async () => stored() > waiting + 0.6 * held);
    assert.equal(await metric("meterport_store_dropped_readings_total"), 0);
  });

  test("on whose folder another is started is not disturbed: the other one ends with code 2 and a sentence", {
    timeout: 60_000,
  }, async () => {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("METERPORT_"));
    const second = spawn(process.execPath, [main, "--config", gateway.config], {
      env: { ...Object.fromEntries(inherited), METERPORT_HTTP_PORT: "0", METERPORT_DATA: data },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    second.stderr.on("data", (text) => {
      said += String(text);
    });
    const [code] = (await once(second, "close")) as [number | null];
    assert.equal(code, 2, said);
    assert.match(said, /another Meterport daemon \(process \d+, http:\S+\) uses the data folder/);
    assert.equal(said.includes(meter.key), false);
    const { link } = await get<{ readonly link: { readonly state: string; readonly outages: number } }>(
      "/api/v1/points/home",
    );
    assert.deepEqual([link.state, link.outages], ["up", 0]);
  });

  test("whose database is damaged while it runs replaces it by what can be read, and goes on", {
    timeout: 60_000,
  }, async () => {
    const path = join(data, "meterport.db");
    const journal = await metric("meterport_journal_newest");
    // The log is copied into the file, so that the damage hits what is stored.
    const other = new DatabaseSync(path);
    other.exec("PRAGMA wal_checkpoint(PASSIVE)");
    other.close();
    const bytes = readFileSync(path);
    bytes.fill(0xa5, Math.floor(bytes.length * 0.3), Math.floor(bytes.length * 0.9));
    writeFileSync(path, bytes);
    await until(async () => {
      await fetch(`${gateway.url}/api/v1/points/home/history`);
      return (await ready()).store.state === "replaced";
    });
    assert.match((await ready()).store.problem ?? "", /is damaged; it was renamed to .*meterport\.db\.damaged-/);
    assert.equal(await metric('meterport_store_state{state="replaced"}'), 1);
    assert.ok(readdirSync(data).some((name) => name.startsWith("meterport.db.damaged-")));
    assert.ok((await metric("meterport_journal_newest")) >= journal);
    const begun = stored();
    await until(async () => stored() > begun + 3);
    assert.equal((await live()).quality, "good");
    assert.equal(await gateway.stop(), 0, gateway.log());
  });
});
