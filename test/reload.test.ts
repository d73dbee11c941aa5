/** A daemon whose configuration changes while it runs: over TCP to virtual meters, by SIGHUP. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { type ServedMeter, serveMeter } from "./support/served-meter.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

interface Meter {
  readonly id: string;
  readonly name: string;
  readonly link: { readonly state: string; readonly since: string; readonly polls: number; readonly outages: number };
}

describe("reload", { skip: process.platform === "win32" }, () => {
  let meters: readonly ServedMeter[] = [];
  let gateway: SpawnedGateway;
  const yaml = (ids: Readonly<Record<string, number>>, more = ""): string =>
    `interval: 500ms\n${more}meters:\n${Object.entries(ids)
      .map(([id, n]) => `  - { id: ${id}, link: "${meters[n]?.url}", key: "hex:${meters[n]?.key}" }\n`)
      .join("")}`;
  before(async () => {
    meters = [await serveMeter(), await serveMeter()];
    gateway = await startGateway(yaml({ home: 0 }));
  });
  after(async () => {
    await gateway?.remove();
    for (const meter of meters) await meter.unplug();
  });

  const listed = async (): Promise<readonly Meter[]> =>
    (await (await fetch(`${gateway.url}/api/v1/meters`)).json()) as readonly Meter[];
  /** Waits until the log says so, from a place in it on. */
  const logs = async (told: RegExp, from = 0): Promise<void> => {
    while (!told.test(gateway.log().slice(from))) {
      await once(gateway.child.stderr ?? gateway.child, "data");
      assert.equal(gateway.child.exitCode, null, gateway.log());
    }
  };
  const reload = async (text: string, told: RegExp): Promise<void> => {
    const before = gateway.log().length;
    writeFileSync(gateway.config, text);
    gateway.child.kill("SIGHUP");
    await logs(told, before);
  };

  test("meters come and go, and the one that stays does not lose its link", { timeout: 90_000 }, async () => {
    await logs(/ home: link up, /);
    const [home] = await listed();
    await reload(yaml({ home: 0, garage: 1 }), /the configuration is reloaded: added garage$/m);
    await logs(/ garage: link up, /);
    await reload(yaml({ home: 0, attic: 1 }), /the configuration is reloaded: added attic; removed garage$/m);
    await logs(/ attic: link up, /);
    const now = await listed();
    assert.deepEqual(
      now.map(({ id }) => id),
      ["home", "attic"],
    );
    assert.deepEqual([now[0]?.link.since, now[0]?.link.outages], [home?.link.since, 0]);
    assert.ok((now[0]?.link.polls ?? 0) > (home?.link.polls ?? 0));
  });

  test("a bad file changes nothing, and what needs a restart is named", { timeout: 60_000 }, async () => {
    const [home] = await listed();
    await reload(
      `${yaml({ home: 0 })}  - { id: x }\n`,
      /error the configuration is not reloaded: .*meterport\.yaml:4:5: meters\[1\]\.link is missing: add it$/m,
    );
    assert.equal((await listed()).length, 2);
    await reload(
      yaml({ home: 0, attic: 1 }, "history: { raw: 1d }\nlog: { level: debug }\n"),
      /warn {2}history\.raw has changed and needs a restart: it is kept as it was\n.*reloaded: new values of log\.level$/m,
    );
    const [still] = await listed();
    assert.deepEqual([still?.link.since, still?.link.outages], [home?.link.since, 0]);
    assert.ok(!gateway.log().includes(meters[0]?.key ?? "?"));
    assert.equal(await gateway.stop(), 0, gateway.log());
  });
});
