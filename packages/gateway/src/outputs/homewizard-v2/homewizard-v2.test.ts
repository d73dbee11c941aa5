import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { connect } from "node:tls";
import { freePort } from "../../../../../test/support/free-port.ts";
import { VirtualClock } from "../../../../../test/support/virtual-clock.ts";
import { matchesGolden } from "../golden.test-kit.ts";
import { evening, FaceWorld, faceContract, shownMoment, withFace } from "../listening/face-contract.test-kit.ts";
import { byTls, rawRequest } from "../listening/raw-http.test-kit.ts";
import { until } from "../output-world.test-kit.ts";
import type { HomewizardV2Settings } from "./homewizard-v2-settings.ts";
import { askV2, freshFolder, knownToken, openV2, pairedFolder, V2Socket } from "./v2-client.test-kit.ts";
import { V2Clients } from "./v2-clients.ts";

const token = knownToken;
const folder = pairedFolder();
after(() => rmSync(folder, { recursive: true }));

const authorized = (method: string, path: string, body = ""): string =>
  rawRequest(method, path, body).replace("\r\nhost:", `\r\nauthorization: Bearer ${token}\r\nhost:`);

faceContract("homewizard_v2", {
  open: (port) => openV2({ port }, folder),
  power: async (port) => (await askV2(port, "/api/measurement", { token }))?.json?.power_w as number | undefined,
  control: false,
  dial: byTls,
  samples: [
    authorized("GET", "/api"),
    authorized("GET", "/api/measurement"),
    authorized("PUT", "/api/system", '{"cloud_enabled":true}'),
    rawRequest("POST", "/api/user", '{"name":"local/fuzz"}'),
    rawRequest("GET", "/api"),
  ],
});

/** The keys of `Measurement` that clients know of these devices, from the documentation of the API. */
const clientKeys = {
  "HWE-KWH3": `energy_import_kwh energy_export_kwh power_w power_l1_w power_l2_w power_l3_w voltage_l1_v voltage_l2_v
    voltage_l3_v current_a current_l1_a current_l2_a current_l3_a apparent_current_a apparent_current_l1_a
    apparent_current_l2_a apparent_current_l3_a reactive_current_a reactive_current_l1_a reactive_current_l2_a
    reactive_current_l3_a apparent_power_va apparent_power_l1_va apparent_power_l2_va apparent_power_l3_va
    reactive_power_var reactive_power_l1_var reactive_power_l2_var reactive_power_l3_var power_factor_l1 power_factor_l2
    power_factor_l3 frequency_hz`,
  "HWE-P1": `unique_id protocol_version meter_model timestamp tariff energy_import_kwh energy_import_t1_kwh
    energy_export_kwh energy_export_t1_kwh power_w power_l1_w power_l2_w power_l3_w voltage_v voltage_l1_v voltage_l2_v
    voltage_l3_v current_a current_l1_a current_l2_a current_l3_a frequency_hz average_power_15m_w monthly_power_peak_w
    monthly_power_peak_timestamp external`,
} as const;

describe("homewizard_v2", () => {
  const within = (
    settings: HomewizardV2Settings,
    work: (port: number, world: FaceWorld) => Promise<void>,
    { data = folder, time }: { data?: string; time?: number } = {},
  ): Promise<void> => withFace((port) => openV2({ ...settings, port }, data), work, time);
  const press = (world: FaceWorld) => world.outputs.pair("homewizard_v2");

  for (const product of ["HWE-KWH3", "HWE-P1"] as const)
    test(`says what a ${product} says, and only keys that its clients know`, () =>
      within(
        { product },
        async (port) => {
          const said = async (path: string) => (await askV2(port, path, { token }))?.json;
          const measurement = await said("/api/measurement");
          const known = new Set(clientKeys[product].split(/\s+/));
          assert.deepEqual(
            Object.keys(measurement ?? {}).filter((key) => !known.has(key)),
            [],
          );
          const { uptime_s, ...system } = (await said("/api/system")) ?? {};
          assert.ok(Number.isInteger(uptime_s));
          matchesGolden(new URL(`golden/${product}.json`, import.meta.url), {
            "/api": await said("/api"),
            "/api/measurement": measurement,
            "/api/system": system,
            "/api/batteries": await said("/api/batteries"),
            "/api/user": await said("/api/user"),
          });
        },
        { time: shownMoment },
      ));

  test("lets nobody in before the button is pressed, then one, and keeps only a hash of the token", async () => {
    const data = freshFolder();
    let own = "";
    await within(
      {},
      async (port, world) => {
        const pair = (name: unknown) => askV2(port, "/api/user", { method: "POST", body: { name } });
        assert.deepEqual(await pair("local/evcc"), {
          ...{ status: 403, text: '{"error":"user:creation-not-enabled"}' },
          json: { error: "user:creation-not-enabled" },
        });
        assert.deepEqual(press(world), {
          ...{ ok: true, text: "the next program that asks within 30 s may read from then on" },
        });
        world.clock.ahead += 29_000;
        const paired = await pair("local/evcc");
        own = String(paired?.json?.token);
        assert.match(own, /^[A-F0-9]{32}$/);
        assert.deepEqual(paired?.json, { token: own, name: "local/evcc" });
        assert.equal((await pair("local/other"))?.status, 403, "one press lets one in");
        press(world);
        world.clock.ahead += 30_000;
        assert.equal((await pair("local/late"))?.status, 403, "after half a minute nobody");
        const kept = join(data, "homewizard-v2.json");
        assert.ok(!readFileSync(kept, "utf8").includes(own));
        assert.equal(statSync(kept).mode & 0o777, 0o600);
        assert.ok(!world.lines.join("\n").includes(own));
        assert.equal((await askV2(port, "/api", { token: own }))?.status, 200);
      },
      { data },
    );
    // After a restart it is the same device with the same users, and a name that comes again gets another token.
    await within(
      {},
      async (port, world) => {
        const users = await askV2(port, "/api/user", { token: own });
        assert.deepEqual(users?.json, [{ name: "local/evcc", current: true }]);
        press(world);
        const again = await askV2(port, "/api/user", { method: "POST", body: { name: "local/evcc" } });
        assert.equal((await askV2(port, "/api", { token: own }))?.status, 401);
        assert.equal((await askV2(port, "/api", { token: String(again?.json?.token) }))?.status, 200);
      },
      { data },
    );
    rmSync(data, { recursive: true });
  });

  test("says what is wrong with a name as the device does, and has room for 32", async () => {
    const data = pairedFolder(31);
    await within(
      {},
      async (port, world) => {
        const error = async (body: unknown) => (await askV2(port, "/api/user", { method: "POST", body }))?.json?.error;
        press(world);
        assert.equal(await error("{"), "request:invalid-json");
        assert.equal(await error({}), "json:parameter-missing:name");
        assert.equal(await error({ name: 7 }), "json:parameter-invalid-type:name");
        assert.equal(await error({ name: "" }), "user:name-empty");
        assert.equal(await error({ name: "cloud/me" }), "user:invalid-prefix");
        assert.equal(await error({ name: `local/${"a".repeat(41)}` }), "user:name-too-long");
        assert.equal(await error({ name: "local/<b>" }), "user:name-invalid");
        assert.equal(await error({ name: "local/one-more" }), "user:no-storage");
        assert.equal(await error({ name: "local/test" }), undefined, "one that is known may come again");
      },
      { data },
    );
    rmSync(data, { recursive: true });
  });

  test("a user is removed by name or by its own token, which is worth nothing from then on", async () => {
    const data = pairedFolder();
    await within(
      {},
      async (port, world) => {
        const remove = (body?: unknown) => askV2(port, "/api/user", { method: "DELETE", token, body });
        press(world);
        const other = String(
          (await askV2(port, "/api/user", { method: "POST", body: { name: "local/b" } }))?.json?.token,
        );
        assert.equal((await remove({ name: "local/nobody" }))?.json?.error, "user:not-found");
        assert.equal((await remove({ name: "local/b" }))?.status, 204);
        assert.equal((await askV2(port, "/api", { token: other }))?.status, 401);
        assert.deepEqual(await remove(), { status: 204, text: "", json: undefined });
        assert.equal((await askV2(port, "/api", { token }))?.status, 401);
      },
      { data },
    );
    rmSync(data, { recursive: true });
  });

  test("tells nothing without a token, and refuses to be changed", () =>
    within({}, async (port) => {
      const said = async (path: string, asked = {}) => {
        const answer = await askV2(port, path, asked);
        return [answer?.status, answer?.json?.error];
      };
      for (const path of ["/api", "/api/measurement", "/api/system", "/api/batteries", "/api/user", "/elsewhere"])
        assert.deepEqual(await said(path), [401, "user:unauthorized"], path);
      assert.deepEqual(await said("/api", { token: token.toLowerCase() }), [401, "user:unauthorized"]);
      for (const path of ["/api/system", "/api/batteries", "/api/system/reboot"])
        assert.deepEqual(await said(path, { token, method: "PUT", body: {} }), [403, "request:read-only"], path);
      assert.deepEqual(await said("/api/system/identify", { token, method: "PUT" }), [204, undefined]);
      assert.deepEqual(await said("/api/measurement", { token, method: "DELETE" }), [
        405,
        "request:method-not-allowed",
      ]);
      assert.deepEqual(await said("/api/telegram", { token }), [404, "request:not-found"]);
      const version = { "x-api-version": "1" };
      assert.deepEqual(await said("/api", { token, headers: version }), [400, "request:api-version-not-supported"]);
    }));

  test("as P1 meter it has a telegram, which is silent with the values", () =>
    within({ product: "HWE-P1" }, async (port, world) => {
      const telegram = await askV2(port, "/api/telegram", { token });
      assert.match(telegram?.text ?? "", /^\/NES\d[^\r]*\r\n\r\n[^!]*![0-9A-F]{4}\r\n$/);
      world.home.goStale();
      assert.equal(await askV2(port, "/api/telegram", { token }), undefined);
    }));

  test("shows a certificate of its own with the name of the device, which stays until the device is another", async () => {
    const data = freshFolder();
    const shown = (port: number): Promise<X509Certificate> =>
      new Promise((resolve, reject) => {
        const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
          resolve(new X509Certificate(socket.getPeerCertificate().raw));
          socket.destroy();
        });
        socket.once("error", reject);
      });
    const seen: X509Certificate[] = [];
    for (const device_id of ["3c39e7aabbcc", "3c39e7aabbcc", "3c39e7aabbcd"])
      await within({ device_id }, async (port) => void seen.push(await shown(port)), { data });
    assert.equal(seen[0]?.subject, "CN=appliance/energymeter/3c39e7aabbcc");
    assert.equal(seen[1]?.fingerprint256, seen[0]?.fingerprint256);
    assert.equal(seen[2]?.subject, "CN=appliance/energymeter/3c39e7aabbcd");
    rmSync(data, { recursive: true });
  });

  test("does not start on a damaged file, and does not overwrite it", async () => {
    const data = freshFolder();
    writeFileSync(join(data, "homewizard-v2.json"), "{");
    const world = new FaceWorld();
    world.start(openV2({ port: await freePort() }, data));
    await world.is("failing");
    assert.match(
      (await world.status()).problem ?? "",
      /^[^\n]*homewizard-v2\.json is damaged: restore it from a backup, or remove it and pair the clients again$/,
    );
    assert.equal(world.outputs.pair("homewizard_v2")?.ok, false);
    await world.done();
    assert.equal(readFileSync(join(data, "homewizard-v2.json"), "utf8"), "{");
    rmSync(data, { recursive: true });
  });

  describe("by WebSocket", () => {
    const connected = async (port: number, scheme?: "ws"): Promise<V2Socket> => {
      const client = new V2Socket(port, scheme);
      await until("it asks for a token", () => client.seen.length === 1);
      assert.deepEqual(client.seen.pop(), { type: "authorization_requested", data: { api_version: "2.2.0" } });
      return client;
    };
    const trusted = async (port: number): Promise<V2Socket> => {
      const client = await connected(port);
      client.say("authorization", token);
      await until("it is authorized", () => client.seen.length === 1);
      assert.deepEqual(client.seen.pop(), { type: "authorized" });
      return client;
    };

    test("gives a subscriber the latest values and then each new one", () =>
      within({}, async (port, world) => {
        const client = await trusted(port);
        client.say("subscribe", "measurement");
        await until("the latest values", () => client.of("measurement").length === 1);
        world.read({ ...evening, power_w: -77 });
        await until("the new value", () => client.of("measurement").length === 2);
        const powers = client.of("measurement").map(({ data }) => (data as { power_w: number }).power_w);
        assert.deepEqual(powers, [1_234, -77]);
        client.say("unsubscribe", "measurement");
        client.say("batteries");
        await until("what it asked for once", () => client.of("batteries").length === 1);
        world.read({ ...evening, power_w: 5 });
        client.say("device");
        await until("the device", () => client.of("device").length === 1);
        assert.equal(client.of("measurement").length, 2);
        client.socket.terminate();
      }));

    test("* is every topic, and a change of the users is told", () =>
      within({}, async (port, world) => {
        const client = await trusted(port);
        client.say("subscribe", "*");
        await until("all topics", () => client.seen.length === 5);
        assert.deepEqual(client.seen.map(({ type }) => type).sort(), [
          ...["batteries", "device", "measurement", "system", "user"],
        ]);
        press(world);
        await askV2(port, "/api/user", { method: "POST", body: { name: "local/new" } });
        await until("the users", () => client.of("user").length === 2);
        await askV2(port, "/api/user", { method: "DELETE", token, body: { name: "local/new" } });
        client.socket.terminate();
      }));

    test("refuses in the words of the API, and a wrong token ends the connection", () =>
      within({}, async (port) => {
        const client = await trusted(port);
        client.socket.send("{");
        client.say("subscribe", "weather");
        client.say("dance");
        client.say("system", { cloud_enabled: true });
        client.say("identify");
        await until("four refusals", () => client.seen.length === 4);
        assert.deepEqual(
          client.seen.map(({ type, data }) => [type, (data as { message: string }).message]),
          ["invalid-json", "unknown-subscription", "unknown-type", "read-only"].map((word) => [
            "error",
            `request:${word}`,
          ]),
        );
        client.socket.terminate();
        const stranger = await connected(port);
        stranger.say("subscribe", "measurement");
        await until("the stranger is left", () => stranger.closed);
        assert.deepEqual(stranger.seen, [{ type: "error", data: { message: "user:unauthorized" } }]);
      }));

    test("a client that shows no token within 40 s is left, one that did stays", async () => {
      const clock = new VirtualClock();
      const users = { nameOf: (text: string) => (text === token ? "local/test" : undefined), names: ["local/test"] };
      const clients = new V2Clients({ users, say: () => ({}) } as never, clock, () => {});
      const server = createServer().on("upgrade", clients.take);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as { port: number };
      const [silent, known] = [await connected(port, "ws"), await connected(port, "ws")];
      known.say("authorization", token);
      await until("it is authorized", () => known.of("authorized").length === 1);
      await clock.advance(39_999);
      known.say("device");
      await until("both are there", () => known.of("device").length === 1);
      assert.equal(silent.closed, false);
      await clock.advance(1);
      await until("it is left", () => silent.closed);
      assert.equal(known.closed, false);
      clients.close();
      await until("all are left", () => known.closed);
      server.close();
    });

    test("a connection that waits for values ends once they are stale, and that of a user who is removed", () =>
      within({}, async (port, world) => {
        const waiting = await trusted(port);
        const other = await trusted(port);
        waiting.say("subscribe", "measurement");
        await until("the latest values", () => waiting.of("measurement").length === 1);
        world.home.goStale();
        await until("it ends", () => waiting.closed);
        assert.equal(other.closed, false);
        other.say("measurement");
        await until("there is nothing new to say", () => other.closed);
        assert.deepEqual(other.seen, []);
      }));
  });
});
