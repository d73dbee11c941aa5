import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Daemon, startDaemon } from "@meterport/gateway/daemon";
import { meterKey } from "../../../../test/support/counted-meter.ts";
import { peer } from "../../../../test/support/peers.ts";
import { FleetServer } from "../books/fleet-database.test-kit.ts";
import { companion } from "../companion.ts";
import { bookedOf, countedMeter, untilSo } from "./fleet-meters.test-kit.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

test("a daemon of its own brings its meter to a fleet that cannot reach it, and reads what the fleet asks for", {
  skip,
  timeout: 180_000,
}, async () => {
  const database = await servers.fleet();
  const server = await servers.server();
  const meter = await countedMeter(3);
  const folder = mkdtempSync(join(tmpdir(), "meterport-remote-"));
  const lines: string[] = [];
  const writeLog = (line: string): void => void lines.push(line);
  const daemons: Daemon[] = [];
  try {
    const api = await startDaemon({
      data: join(folder, "api"),
      env: {
        ...{ METERPORT_HTTP_PORT: "0", METERPORT_FLEET_DATABASE: `${server.url}?schema=${database.place.schema}` },
        ...{ METERPORT_FLEET_ID: "test", METERPORT_FLEET_ROLES: "api" },
      },
      ...{ writeLog, companion },
    });
    daemons.push(api);
    const ask = async (path: string, body?: object): Promise<{ readonly status: number; readonly data: unknown }> => {
      const headers = { "content-type": "application/json" };
      const init = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
      const answer = await fetch(`${api.url}/api/v1/fleet${path}`, init);
      return { status: answer.status, data: await answer.json() };
    };
    const { token } = (await ask("/intake/tokens", { name: "cabin", points: ["cabin"] })).data as { token: string };
    const config = join(folder, "gateway.yaml");
    writeFileSync(
      config,
      `meters:\n  - id: cabin\n    link: ${meter.url}\n    key: hex:${meterKey}\n    interval: 1s\nhttp:\n  port: 0\noutputs:\n  upstream:\n    url: ${api.url}\n    token: ${token}\n`,
    );
    daemons.push(await startDaemon({ data: join(folder, "gateway"), config, env: {}, writeLog }));

    let campaign = 0;
    await untilSo("the fleet knows its meter", 90_000, async () => {
      const { status, data } = await ask("/points/cabin/read", { reads: ["registers", "events", "identity"] });
      campaign = (data as { readonly campaign?: number }).campaign ?? 0;
      return status === 202;
    });
    const targets = async () =>
      ((await ask(`/campaigns/${campaign}`)).data as { readonly targets: Readonly<Record<string, number>> }).targets;
    await untilSo("it is read", 90_000, async () => (await targets()).done === 1);
    // A busy gateway tells how its link is later than it answers.
    await untilSo("the fleet knows who reads it", 60_000, async () => {
      const { meters } = (await ask("/meters")).data as { readonly meters: readonly Record<string, unknown>[] };
      assert.equal(meters.length, 1);
      return meters[0]?.state === "up" && meters[0].holder === "intake cabin";
    });
    const { rows } = await database.run(
      "SELECT count(*)::int AS n FROM register_reading JOIN channel USING (channel_id) WHERE kind = 'g' AND name = 'energy_import_wh'",
    );
    assert.ok(Number(rows[0]?.n) >= 1, "its registers are booked as those of a read on request");
    assert.ok(((await bookedOf(database)).get("cabin") ?? 0) > 0);
    assert.doesNotMatch(lines.join(""), new RegExp(token));
  } catch (error) {
    throw new Error(lines.join(""), { cause: error });
  } finally {
    for (const daemon of daemons.reverse()) await daemon.stop("the test is over");
    await meter.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
