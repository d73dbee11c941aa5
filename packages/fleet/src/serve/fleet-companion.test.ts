import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Daemon, startDaemon } from "@meterport/gateway/daemon";
import type { Readiness } from "@meterport/gateway/http/companion-api";
import { parseMeterLink } from "@meterport/transports/link-url";
import { peer } from "../../../../test/support/peers.ts";
import { FleetServer, sleep } from "../books/fleet-database.test-kit.ts";
import { companion } from "../companion.ts";
import { pause } from "../http/lists/fleet-lists.ts";
import { importSites } from "../shards/import-sites.ts";
import { bookedOf, bookMeters, countedMeter, fleetKey, judge, untilSo } from "./fleet-meters.test-kit.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

/** A process of the fleet, within this one. */
class Worker {
  readonly lines: string[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), "meterport-fleet-"));
  #daemon: Daemon | undefined;

  async start(url: string, more: Readonly<Record<string, string>> = {}): Promise<this> {
    this.#daemon = await startDaemon({
      data: this.folder,
      env: {
        ...{ METERPORT_HTTP_PORT: "0", METERPORT_FLEET_DATABASE: url, METERPORT_FLEET_ID: "test" },
        ...{ METERPORT_FLEET_KEY: fleetKey, METERPORT_FLEET_ROLES: "read", ...more },
      },
      writeLog: (line) => this.lines.push(line),
      companion,
    });
    return this;
  }

  async json<T>(path: string): Promise<T> {
    return (await (await fetch(`${this.#daemon?.url}${path}`)).json()) as T;
  }

  async post(path: string, body: object): Promise<void> {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${this.#daemon?.url}${path}`, { method: "POST", body: JSON.stringify(body), headers });
    assert.ok(answer.ok, `${answer.status} ${await answer.text()}`);
  }

  async figures(part: string): Promise<Readiness["figures"]> {
    const { parts } = await this.json<{ readonly parts: readonly Readiness[] }>("/ready");
    return parts.find(({ name }) => name === part)?.figures ?? {};
  }

  /** How many intervals of imported energy it has stored itself. */
  async intervals(point: string): Promise<number> {
    const from = new Date(Date.now() - 3 * 86_400_000).toISOString();
    const path = `/api/v1/points/${point}/intervals?channel=energy_import_wh&from=${from}&limit=1000`;
    const answer = await this.json<{ readonly intervals?: readonly unknown[] }>(path);
    return answer.intervals?.length ?? 0;
  }

  /** How many entries of the meter's event log it has stored itself. */
  async logEntries(point: string): Promise<number> {
    const answer = await this.json<{ readonly events?: readonly { readonly kind: string }[] }>(
      `/api/v1/points/${point}/events?from=2000-01-01T00:00:00Z&limit=1000`,
    );
    return answer.events?.filter(({ kind }) => kind === "log").length ?? 0;
  }

  async stop(): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    await daemon?.stop("the test is over");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

test("a process reads the meters of its shards and books them; the next one reads only what the books lack", {
  skip,
  timeout: 240_000,
}, async () => {
  const database = await servers.fleet();
  const server = await servers.server();
  const url = `${server.url}?schema=${database.place.schema}`;
  const meters = await Promise.all([0, 1, 2].map((n) => countedMeter(n)));
  const [first, second, third] = meters as [(typeof meters)[0], (typeof meters)[0], (typeof meters)[0]];
  const strangers = [
    { id: "no-key", serial: "x1", url: "tcp://127.0.0.1:1" },
    { id: "odd-link", serial: "x2", url: "nowhere://x" },
  ];
  await bookMeters(database, [...meters, ...strangers]);
  await database.run("DELETE FROM meter_key USING meter m WHERE m.meter_id = meter_key.meter_id AND m.serial = 'x1'");
  await database.run("UPDATE site SET paused_until = now() + interval '1 hour' WHERE id = $1", [third.id]);
  const whole = 185;
  const one = new Worker();
  const two = new Worker();
  try {
    await one.start(url);
    await untilSo("the memory of two meters is booked", 60_000, async () => {
      const of = await bookedOf(database);
      return (of.get(first.id) ?? 0) >= whole && (of.get(second.id) ?? 0) >= whole;
    });
    const { lost, wrong, doubled } = await judge(database, meters);
    assert.deepEqual({ lost, wrong, doubled }, { lost: 0, wrong: 0, doubled: 0 });
    assert.equal(third.requests(), 0, "a paused site is left alone");
    assert.equal((await one.figures("meters")).unreadable, 2);
    const events =
      "SELECT p.id, e.detail FROM event e JOIN metering_point p USING (point_id) WHERE e.kind = 'not-readable' ORDER BY 1";
    await untilSo("its events are booked", 20_000, async () => (await database.run(events)).rows.length === 2);
    assert.deepEqual(
      (await database.run(events)).rows.map(({ id, detail }) => [
        id,
        /no key: set it with|not a kind of link/.test(String(detail)),
      ]),
      [
        ["no-key", true],
        ["odd-link", true],
      ],
    );
    const count = async (text: string) =>
      Number((await database.run(`SELECT count(*)::int AS n FROM ${text}`)).rows[0]?.n);
    const remembering = `meter WHERE memory_days = 60`;
    const { rows } = await database.run("SELECT address, pass, key_id FROM holder");
    assert.equal(rows[0]?.key_id, 1, "the key that it was given");
    assert.match(String(rows[0]?.pass), /^[0-9a-f]{48}$/);
    assert.match(String(rows[0]?.address), /^http:\/\/127\.0\.0\.1:\d+$/);
    await untilSo(
      "it tells which shards it holds, and how links are",
      20_000,
      async () => (await count("held_shard")) === 16 && (await count("point_state WHERE state = 'up'")) === 2,
    );
    await untilSo("how far they remember is known", 60_000, async () => (await count(remembering)) === 2);
    await untilSo("its outbox is empty", 20_000, async () => (await one.figures("outbox")).behind === 0);
    await untilSo("up to where logs were read is told", 60_000, async () => (await count("read_mark")) === 2);
    const entries = await one.logEntries(second.id);
    assert.ok(entries > 0, "the meter has a log");
    assert.doesNotMatch(one.lines.join(""), new RegExp(fleetKey));
    await database.run("INSERT INTO site (id, name, shard, zone) VALUES ('empty', 'Empty', 3, 'UTC')");
    // Rounds are 30 s apart, so at least one of two changes would wait that long.
    for (const paused of [true, false]) {
      await pause(database.run, "empty", paused ? Date.now() + 3_600_000 : null);
      const sites = paused ? 2 : 1;
      await untilSo(
        "a pause is seen at once",
        20_000,
        async () => (await one.figures("meters")).paused_sites === sites,
      );
    }

    await one.stop();
    assert.equal(await count("holder"), 0);
    // The books forget the day before the newest of one meter.
    await database.run(
      `DELETE FROM profile_day d USING channel c, metering_point p WHERE c.channel_id = d.channel_id AND p.point_id = c.point_id
        AND p.id = $1 AND d.day = (SELECT max(day) - 1 FROM profile_day)`,
      [first.id],
    );
    const of = await bookedOf(database);
    await two.start(url);
    await untilSo(
      "the next one has read what the books lack",
      60_000,
      async () => ((await bookedOf(database)).get(first.id) ?? 0) >= whole,
    );
    const [read, other] = [await two.intervals(first.id), await two.intervals(second.id)];
    assert.ok(
      read >= 96 && read < whole - 20 && other < 20,
      `${of.get(first.id)} were booked, ${read} and ${other} are read`,
    );
    await untilSo("its outbox is empty", 20_000, async () => (await two.figures("outbox")).behind === 0);
    assert.ok((await two.logEntries(second.id)) < entries, "the log of the meter is not read whole again");
    const again = await judge(database, meters);
    assert.deepEqual([again.lost, again.wrong, again.doubled], [0, 0, 0]);

    // A meter is carried to another site, which is another shard's.
    const [before, met] = [second.connectedAt(), second.overlaps()];
    const text = `site,serial,link,point\n${first.id},${second.serial},${second.url},${second.id}\n`;
    await importSites(database, { name: "moved.csv", text }, { checkLink: parseMeterLink, move: true });
    await untilSo("it is read on, as a meter of that site", 20_000, () => second.connectedAt() > before);
    await untilSo("its link is up", 20_000, async () => (await count("point_state WHERE state = 'up'")) === 2);
    assert.equal(second.overlaps(), met, "by one client at a time");
  } catch (error) {
    throw new Error([...one.lines, ...two.lines].join(""), { cause: error });
  } finally {
    await one.stop();
    await two.stop();
    await Promise.all(meters.map((meter) => meter.close()));
  }
});

test("reads on request begin at once, not with the next round, and without a process that does jobs", {
  skip,
  timeout: 120_000,
}, async (t) => {
  const database = await servers.fleet();
  const server = await servers.server();
  const meter = await countedMeter(7);
  await bookMeters(database, [meter]);
  const one = new Worker();
  try {
    await one.start(`${server.url}?schema=${database.place.schema}`, { METERPORT_FLEET_ROLES: "read,api" });
    await untilSo("news are heard", 20_000, async () => (await one.figures("database")).news === "at once");
    await untilSo("the meter is read", 60_000, async () => meter.requests() > 20);
    const begun = async (): Promise<number> => {
      const { visits, unbooked_visits: unbooked } = await one.figures("meters");
      return Number(visits) + Number(unbooked);
    };
    const times: number[] = [];
    for (let read = 0; read < 4; read++) {
      await untilSo("the read before is told", 30_000, async () => (await begun()) === 0);
      const asked = performance.now();
      await one.post(`/api/v1/fleet/points/${meter.id}/read`, { reads: ["registers"] });
      while ((await begun()) === 0) await sleep(20);
      times.push(performance.now() - asked);
    }
    t.diagnostic(`reads began after ${times.map(Math.round).join(", ")} ms`);
    // The round that told of the read before has just been, and the next one is 5 s later: rounds alone would take nearly 20 s.
    assert.ok(times.reduce((sum, time) => sum + time, 0) < 10_000, `reads began after ${times.join(", ")} ms`);
  } catch (error) {
    throw new Error(one.lines.join(""), { cause: error });
  } finally {
    await one.stop();
    await meter.close();
  }
});

test("a process that only serves the API says on /ready whether its database is there", {
  skip,
  timeout: 60_000,
}, async () => {
  const database = await servers.fleet();
  const server = await servers.server();
  const one = new Worker();
  await one.start(`${server.url}?schema=${database.place.schema}`, {
    ...{ METERPORT_FLEET_ROLES: "api", METERPORT_FLEET_KEY: "" },
  });
  const part = async () => {
    const { parts } = await one.json<{ readonly parts: readonly Readiness[] }>("/ready");
    return parts.find(({ name }) => name === "database");
  };
  try {
    assert.deepEqual([(await part())?.ready, (await part())?.problem], [true, null]);
    await server.kill();
    try {
      await untilSo("it is told that the database is away", 20_000, async () =>
        /^the database .* cannot be reached/.test((await part())?.problem ?? ""),
      );
    } finally {
      await server.start();
    }
    await untilSo("it is told that it is back", 20_000, async () => (await part())?.problem === null);
  } finally {
    await one.stop();
  }
});
