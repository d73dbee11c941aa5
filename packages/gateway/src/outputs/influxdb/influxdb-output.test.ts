import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { staleAnswer } from "@meterport/engine/guard/measured";
import type { Interval } from "@meterport/engine/model/interval";
import { reading } from "@meterport/engine/testing/fake-meter";
import { Secret } from "@meterport/protocol/mep/security/key";
import { startInfluxdb } from "../../../../../test/support/influxdb.ts";
import { peer } from "../../../../../test/support/peers.ts";
import type { AskHttp, HttpQuestion } from "../../requests/http-request.ts";
import { matchesGolden } from "../golden.test-kit.ts";
import { firstHour, hour, OutputWorld, until } from "../output-world.test-kit.ts";
import { sampleChanges, sampleTime } from "../sample-changes.test-kit.ts";
import { openInfluxdb } from "./influxdb-output.ts";
import type { InfluxdbSettings } from "./influxdb-settings.ts";
import { changeLine, lineText, liveLine, nanosOf, statusLine } from "./lines.ts";
import { deletion, writeTarget } from "./targets.ts";

const influxd = peer("influxd");
const secret = (text: string): Secret => new Secret(new TextEncoder().encode(text));
const settingsOf = (more: object): InfluxdbSettings => ({ url: "http://127.0.0.1:8086", ...more }) as InfluxdbSettings;

describe("lines of InfluxDB", () => {
  test("match their golden file", () => {
    const live = { id: "home", ...reading(sampleTime, { power_w: 1_234, voltage_l1_v: 231.4, current_l1_a: 2.11 }) };
    const lines = [
      liveLine("meterport", { id: "home", total: (name) => (name === "energy_import_wh" ? 13_779_338 : null) }, live),
      statusLine("meterport", "home", false, sampleTime),
      ...sampleChanges.map((entry) => changeLine("meterport", entry)),
    ].map((line) => line && lineText(line));
    matchesGolden(new URL("golden/lines.txt", import.meta.url), `${lines.join("\n")}\n`);
  });

  test("a stale reading is no line, and a line without a known field is none", () => {
    assert.equal(
      liveLine("m", { id: "home", total: () => 5 }, staleAnswer("home", "2026-08-01T00:00:00.000Z")),
      undefined,
    );
    const fields = { a: null, b: Number.NaN, c: Number.POSITIVE_INFINITY, d: undefined };
    assert.equal(lineText({ measurement: "m", tags: {}, fields, time: 0 }), undefined);
  });

  test("numbers are floats, however they look", () => {
    const fields = { whole: 250, large: 1e21, small: 1e-7, negative: -0.5 };
    assert.equal(
      lineText({ measurement: "m", tags: {}, fields, time: 5 }),
      "m whole=250,large=1e+21,small=1e-7,negative=-0.5 5000000",
    );
  });

  test("two events of one millisecond have lines of their own, the same whenever they are written", () => {
    assert.notEqual(nanosOf("log:1"), nanosOf("log:2"));
    assert.equal(nanosOf("log:4711"), nanosOf("log:4711"));
  });

  test("both versions of the API have their addresses and logins", () => {
    const one = settingsOf({ database: "a b", user: "u", password: secret("p"), retention_policy: "x" });
    assert.deepEqual(writeTarget(one), {
      url: "http://127.0.0.1:8086/write?db=a+b&rp=x&precision=n",
      headers: { authorization: `Basic ${btoa("u:p")}` },
    });
    const two = settingsOf({ url: "https://h/base/", bucket: "b", org: "o", token: secret("t") });
    assert.deepEqual(writeTarget(two), {
      url: "https://h/base/api/v2/write?org=o&bucket=b&precision=ns",
      headers: { authorization: "Token t" },
    });
    const deleted = { measurement: "m", tags: { point: "o'h" }, time: 1_000 };
    assert.match(
      decodeURIComponent(deletion(one, deleted).url),
      /DELETE\+FROM\+"m"\+WHERE\+"point"\+=\+'o\\'h'\+AND\+time\+=\+1000ms/,
    );
    assert.deepEqual(JSON.parse(String(deletion(two, deleted).body)), {
      start: "1970-01-01T00:00:01.000Z",
      stop: "1970-01-01T00:00:01.000000001Z",
      predicate: `_measurement="m" AND point="o'h"`,
    });
  });
});

/** A consumer that answers as it is told, and keeps what it was asked. */
const fake = () => {
  const asked: HttpQuestion[] = [];
  let answer = (_: HttpQuestion): { status: number; text: string } => ({ status: 204, text: "" });
  const ask: AskHttp = async (question) => {
    asked.push(question);
    return { retryAfter: null, ...answer(question) };
  };
  const bodyOf = ({ body = "" }: HttpQuestion): string =>
    typeof body === "string" ? body : gunzipSync(body).toString();
  const answers = (next: typeof answer): void => {
    answer = next;
  };
  return { ask, asked, bodyOf, answers };
};

const within = async (work: (world: OutputWorld) => Promise<void>): Promise<void> => {
  const world = new OutputWorld();
  try {
    await work(world);
    assert.doesNotMatch(world.lines.join(), /canary/);
  } finally {
    await world.done();
  }
};

const interval = (more: Partial<Interval>): Interval => ({
  ...{ point: "home", channel: "energy_import_wh", end: firstHour + hour, seconds: 3_600, value: 1_000 },
  ...{ source: "difference", quality: "good", flags: [], register: null, ...more },
});

describe("the output influxdb", () => {
  test("says what to do when the login or the place is wrong", () =>
    within(async (world) => {
      const { ask, answers } = fake();
      answers(() => ({ status: 401, text: '{"error":"authorization failed"}' }));
      world.start({ name: "influxdb", open: openInfluxdb(settingsOf({ bucket: "b", token: secret("canary") }), ask) });
      await world.is("failing");
      assert.match((await world.status()).problem ?? "", /refuses the login \(401\): check token, org and bucket/);
      answers(() => ({ status: 404, text: '{"error":"database not found: \\"x\\""}' }));
      await until("the other", async () =>
        /create it, or check .*not found/.test((await world.status()).problem ?? ""),
      );
    }));

  test("lines that are refused are told once and left out; those after them arrive", () =>
    within(async (world) => {
      const { ask, asked, bodyOf, answers } = fake();
      answers((question) =>
        bodyOf(question).includes("_interval")
          ? { status: 400, text: "partial write: type conflict" }
          : { status: 204, text: "" },
      );
      world.start({ name: "influxdb", open: openInfluxdb(settingsOf({}), ask) });
      await world.is("up");
      await world.change(3);
      await world.delivered();
      await world.change(3);
      await world.delivered();
      assert.equal(world.lines.filter((line) => line.includes("refused some lines")).length, 1);
      answers(() => ({ status: 204, text: "" }));
      await world.change(1);
      await world.delivered();
      assert.match(
        bodyOf(asked.at(-1) as HttpQuestion),
        /^meterport_interval,point=home,channel=energy_import_wh value=1000/,
      );
    }));

  test("a body that is too large is halved until it is taken", () =>
    within(async (world) => {
      const { ask, asked, bodyOf, answers } = fake();
      answers((question) => ({ status: bodyOf(question).split("\n").length > 100 ? 413 : 204, text: "" }));
      world.start({ name: "influxdb", open: openInfluxdb(settingsOf({}), ask) });
      await world.is("up");
      await world.change(500);
      await world.delivered();
      const taken = asked.map(bodyOf).filter((body) => body.includes("_interval") && body.split("\n").length <= 100);
      assert.equal(taken.join("").trim().split("\n").length, 500);
      assert.equal(new Set(taken.join("").trim().split("\n")).size, 500);
    }));

  test("a value that a longer interval replaced is deleted, and never written as 0", {
    skip: influxd.skip,
  }, async () => {
    const influx = await startInfluxdb(influxd.path, { database: "meterport" });
    await within(async (world) => {
      world.start({ name: "influxdb", open: openInfluxdb(settingsOf({ url: `http://127.0.0.1:${influx.port}` })) });
      await world.is("up");
      await world.store.write({ intervals: [interval({}), interval({ end: firstHour + 2 * hour })] });
      await world.delivered();
      const both = { source: "profile", quality: "suspect", value: null, flags: ["replaced"] } as const;
      await world.store.write({ intervals: [interval(both)] });
      await world.delivered();
      const rows = await influx.query("SELECT value, quality, flags FROM meterport_interval");
      assert.deepEqual(rows, [
        { time: firstHour + hour, value: null, quality: "suspect", flags: "replaced" },
        { time: firstHour + 2 * hour, value: 1_000, quality: "good", flags: "" },
      ]);
      // The same in one batch.
      const third = firstHour + 3 * hour;
      await world.outputs.stop();
      await world.store.write({ intervals: [interval({ end: third })] });
      await world.store.write({ intervals: [interval({ ...both, end: third })] });
      world.start({ name: "influxdb", open: openInfluxdb(settingsOf({ url: `http://127.0.0.1:${influx.port}` })) });
      await world.delivered();
      const [row] = await influx.query(`SELECT value, quality FROM meterport_interval WHERE time = ${third}ms`);
      assert.equal(row?.value, null);
    }).finally(influx.stop);
  });

  test("real InfluxDB takes readings, says of a stale meter that it is down, and keeps any text", {
    skip: influxd.skip,
  }, async () => {
    const influx = await startInfluxdb(influxd.path, { database: "meterport" });
    await within(async (world) => {
      const settings = settingsOf({ url: `http://127.0.0.1:${influx.port}`, batch: 50 });
      world.start({ name: "influxdb", begins: "oldest", open: openInfluxdb(settings) });
      await world.is("up");
      world.home.read(sampleTime, { power_w: 512, voltage_l1_v: 230 });
      world.home.goStale();
      await until("the readings", async () => (await influx.query("SELECT * FROM meterport_live")).length === 1);
      const [live] = await influx.query("SELECT power_w, voltage_l1_v, quality FROM meterport_live");
      assert.deepEqual(live, { time: sampleTime, power_w: 512, voltage_l1_v: 230, quality: "good" });
      await until("the status", async () => {
        const rows = await influx.query("SELECT up FROM meterport_status WHERE point = 'home'");
        return rows.at(-1)?.up === false;
      });
      const detail = 'a "b" \\ c, d=e \n\\';
      const event = { point: "home", id: "log:1", time: sampleTime, until: null, kind: "x, y=z \\" } as const;
      await world.store.write({ events: [{ ...event, number: null, origin: "meter", detail }] });
      await world.delivered();
      const rows = await influx.query('SELECT detail, "kind", id FROM meterport_event');
      assert.deepEqual(
        rows.map((row) => [row.detail, row.kind, row.id]),
        [[detail, "x, y=z ", "log:1"]],
      );
      const seen = await world.outputs.test("influxdb");
      assert.match(seen?.text ?? "", /took a line of the measurement meterport_gateway$/);
    }).finally(influx.stop);
  });
});
