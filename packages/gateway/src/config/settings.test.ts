/** What is said of the keys, their limits, and the keys that came with the engine. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import { computing } from "../../../../test/support/stopwatch.ts";
import { type Config, loadConfig } from "./config.ts";
import { configSchema, mostMeters, overlaySchema, settings } from "./config-schema.ts";
import { type Environment, environmentNames, variableOf } from "./environment.ts";

const key = "0123456789abcdef";
const load = (text: string, env: Environment = {}, files: Readonly<Record<string, string>> = {}): Config =>
  loadConfig({
    env,
    defaultData: "/data",
    zone: "Europe/Berlin",
    checkLink: parseMeterLink,
    portLinkOf,
    readFile: (path) => (path === "/data/meterport.yaml" ? text : files[path]),
  });

const refusal = (text: string, env: Environment = {}, files: Readonly<Record<string, string>> = {}): string => {
  try {
    load(text, env, files);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return error.message;
  }
  assert.fail("the configuration was accepted");
};

const meter = (...lines: readonly string[]): string =>
  [
    "meters:",
    "  - id: home",
    "    link: /dev/ttyUSB0",
    `    key: "${key}"`,
    ...lines.map((line) => `    ${line}`),
  ].join("\n");

const files = {
  "/data/cert.pem": "",
  "/etc/key.pem": "",
  "/etc/meterport/cert.pem": "",
  "/etc/meterport/cert.key": "",
  "/data/meter.key": key,
  "/data/fleet.key": "0123456789abcdef".repeat(4),
  "/data/store.url": "postgres://u@h/db\n",
  "/data/mqtt.password": "hush\n",
  "/data/home-assistant.token": "hush\n",
  "/data/entsoe.token": "hush\n",
  "/data/influxdb.password": "hush\n",
  "/data/influxdb.token": "hush\n",
  "/data/webhook.secret": "hush\n",
  "/data/shelly.password": "hush\n",
  "/data/webhook.token": "hush\n",
  "/data/upstream.token": "hush\n",
  "/data/nats.password": "hush\n",
  "/data/nats.token": "hush\n",
  "/data/values.url": "postgres://u@h/db\n",
  "/creds/home-key": key,
};

/** Keys that stand in for one another. */
const alternatives = ["key", "key_file", "key_credential"];

/** A device with everything that is required, and the example of this key. */
const deviceWith = (rest: string, example: string): string => {
  const all = settings.filter(({ path }) => path.startsWith("meters[].device."));
  const needed = (prefix: string): [string, string][] =>
    all.flatMap(({ path, required, example: given }) => {
      const name = path.slice(prefix.length);
      return path.startsWith(prefix) && required && /^[a-z_]+$/.test(name) ? [[name, given]] : [];
    });
  const shown = (parts: Iterable<readonly [string, string]>): string =>
    `{ ${[...parts].map(([name, value]) => `${name}: ${value}`).join(", ")} }`;
  const [list = "", field] = rest.split("[].");
  const device = new Map(needed("meters[].device."));
  device.set("broker", '"mqtt://127.0.0.1"');
  const entry = new Map(needed(`meters[].device.${list}[].`));
  // M-Bus knows no volume without a unit.
  if (list === "sources") entry.set("unit", '"m³"');
  if (field !== undefined) entry.set(field, example);
  device.set(list, field === undefined ? example : `[${shown(entry)}]`);
  return shown(device);
};

/** Prices with what this key needs beside it. */
const pricesWith = (name: string, example: string): string => {
  const market = { source: "energi_data_service", area: "DK1" };
  const others = { times: {}, source: { area: "DK1" }, token: { source: "entsoe", area: "AT" } };
  const given = { ...(others[name as keyof typeof others] ?? market), [name]: example };
  return `{ ${Object.entries(given)
    .map(([one, value]) => `${one}: ${value}`)
    .join(", ")} }`;
};

/** A fleet with what this key needs beside it. */
const fleetWith = (path: string, example: string): string => {
  const [name = "", inside] = path.split(".");
  const value = inside === undefined ? example : `{ ${inside}: ${example} }`;
  const all = { database: '"postgres://h/d"', id: "north", key: '"@fleet.key"', [name]: value };
  return `{ ${Object.entries(all)
    .map(([one, given]) => `${one}: ${given}`)
    .join(", ")} }`;
};

test("every key is described, and its example alone is accepted", () => {
  const env = { CREDENTIALS_DIRECTORY: "/creds" };
  for (const { path, text, example } of settings) {
    assert.match(text, /^[A-Z`].*[.)]$/s, path);
    const [, inDevice] = /^meters\[\]\.device\.(.*)$/.exec(path) ?? [];
    const [, inPrices] = /^meters\[\]\.prices\.(.*)$/.exec(path) ?? [];
    const [, field] = /^meters\[\]\.(?!rates)(.*)$/.exec(path) ?? [];
    const [, rate] = /^meters\[\]\.rates\.(.*)$/.exec(path) ?? [];
    const [, parent, section, name] = /^(http|outputs)\.(\w+)\.(.*)$/.exec(path) ?? [];
    let yaml = path.includes(".") ? path.replace(/\.(.*)/, `: { $1: ${example} }`) : `${path}: ${example}`;
    const [, inFleet] = /^fleet\.(.*)$/.exec(path) ?? [];
    if (inFleet !== undefined) yaml = `fleet: ${fleetWith(inFleet, example)}`;
    else if (rate !== undefined) yaml = meter(`rates: { ${rate}: ${example} }`);
    else if (inDevice !== undefined) yaml = meter(`device: ${deviceWith(inDevice, example)}`);
    else if (inPrices !== undefined) yaml = meter(`prices: ${pricesWith(inPrices, example)}`);
    else if (field !== undefined) {
      const given: Record<string, string> = { id: "home", link: "/dev/ttyUSB0", key };
      if (alternatives.includes(field)) delete given.key;
      given[field] = example;
      yaml = `meters: [{ ${Object.entries(given)
        .map(([one, value]) => `${one}: ${value}`)
        .join(", ")} }]`;
    } else if (section !== undefined && name !== undefined) {
      const required = settings.filter((one) => one.path.startsWith(`${parent}.${section}.`) && one.required);
      const all = new Map(required.map((one) => [one.path.split(".")[2], one.example]));
      all.set(name, example);
      yaml = `${parent}: { ${section}: { ${[...all].map(([one, value]) => `${one}: ${value}`).join(", ")} } }`;
    }
    assert.doesNotThrow(() => load(yaml, env, files), `${path}: ${yaml}`);
  }
});

test("every leaf of the schema has a description", () => {
  const seen = new Set(settings.map(({ path }) => path));
  const walk = (schema: unknown, path: string): void => {
    const inner = (schema as { unwrap?: () => unknown }).unwrap;
    const shape = (schema as { shape?: Record<string, unknown> }).shape;
    const element = (schema as { element?: { shape?: unknown } }).element;
    if (shape !== undefined)
      for (const [name, part] of Object.entries(shape)) walk(part, path === "" ? name : `${path}.${name}`);
    else if (element?.shape !== undefined) walk(element, `${path}[]`);
    else if (inner !== undefined && element === undefined) walk(inner.call(schema), path);
    else assert.ok(seen.has(path), path);
  };
  walk(configSchema, "");
  assert.ok(seen.size > 40);
});

test("every variable belongs to a key", () => {
  const own = [
    "METERPORT_CONFIG",
    "METERPORT_MQTT_USER",
    "METERPORT_MQTT_PASSWORD",
    "METERPORT_TOKEN",
    "METERPORT_RESTARTED_BY",
  ];
  const told = settings.flatMap(({ path }) => variableOf(path) ?? []);
  assert.deepEqual([...told, ...own].sort(), [...environmentNames].sort());
  assert.equal(variableOf("http.port"), "METERPORT_HTTP_PORT");
  assert.equal(variableOf("meters[].link"), "METERPORT_LINK");
  assert.ok(overlaySchema.safeParse({}).success);
});

test("the defaults of what is kept, and when it is stored", () => {
  const day = 86_400_000;
  assert.deepEqual(load("").history, {
    commit: 5_000,
    raw: 14 * day,
    minutes: 1_825 * day,
    events: 3_650 * day,
    journal: 30 * day,
    journalAtMost: 90 * day,
  });
  assert.equal(load("history: { commit: 0s }").history.commit, 0);
  assert.match(refusal("history: { commit: 61s }"), /history\.commit "61s" must be from 0s to 60s/);
  assert.equal(load("history: { journal: 200d }").history.journalAtMost, 200 * day);
  assert.match(
    refusal("history:\n  journal: 60d\n  journal_at_most: 20d\n"),
    /^\/data\/meterport\.yaml:3:20: history\.journal_at_most is shorter than history\.journal: raise it$/,
  );
});

test("zone, back-fill and writing: a meter's own word wins, writing is off", () => {
  const [plain] = load(meter()).meters;
  assert.deepEqual([plain?.zone, plain?.backFill, plain?.rates], ["Europe/Berlin", true, {}]);
  const common = `zone: Europe/Copenhagen\nback_fill: off\n${meter()}`;
  assert.deepEqual([load(common).meters[0]?.zone, load(common).meters[0]?.backFill], ["Europe/Copenhagen", false]);
  const own = load(`${common}\n    zone: Asia/Tokyo\n    back_fill: no\n`).meters[0];
  assert.deepEqual([own?.zone, own?.backFill], ["Asia/Tokyo", false]);
  assert.equal(load(meter(), { METERPORT_ZONE: "Asia/Tokyo" }).zone, "Asia/Tokyo");
  assert.match(refusal("zone: Europe/Kopenhagen\n"), /1:7: zone "Europe\/Kopenhagen" is not a time zone: write/);
  assert.match(refusal("zone: +01:00\n"), /is not a time zone/);
  assert.match(refusal(meter("back_fill: maybe")), /meters\[0\]\.back_fill "maybe" is neither on nor off/);
});

test("rates are lengths of time or off, and live is another name for interval", () => {
  const [home] = load(meter("rates: { power: 250ms, live: 10s, events: off, clock: 2h }")).meters;
  assert.equal(home?.interval, 10_000);
  assert.deepEqual(home?.rates, { power: 250, events: "off", clock: 7_200_000 });
  assert.match(
    refusal(meter("interval: 2s", "rates: { live: 5s }")),
    /2:5: meters\[0\] has interval and rates\.live, which are the same: keep one of them/,
  );
  assert.match(refusal(meter("rates: { live: off }")), /rates\.live "off" is not a length of time/);
  assert.match(refusal(meter("rates: { poewr: 1s }")), /rates\.poewr: unknown name; did you mean power\?/);
  assert.match(
    refusal(meter("rates: { clock: soon }")),
    /"soon" is not a length of time: write for example "1h", or off/,
  );
});

test("TLS files are beside the configuration, and the trusted listener has what it needs", () => {
  const { tls } = load("http: { tls: { cert: cert.pem, key: /etc/key.pem } }", {}, files).http;
  assert.deepEqual(tls, { cert: "/data/cert.pem", key: "/etc/key.pem" });
  assert.match(
    refusal("http: { tls: { cert: cert.pem, key: none.pem } }", {}, files),
    /1:37: http\.tls\.key: file \/data\/none\.pem does not exist$/,
  );
  assert.match(refusal("http: { tls: { cert: cert.pem } }"), /http\.tls\.key is missing: add it/);
  assert.deepEqual(load("http: { ingress: { host: 172.30.33.5, allowed: 172.30.32.2 } }").http.ingress, {
    host: "172.30.33.5",
    port: 8099,
    allowed: "172.30.32.2",
    userHeader: "X-Remote-User-Name",
    scope: "read",
  });
  assert.match(
    refusal("http: { ingress: { host: a, allowed: everybody } }"),
    /http\.ingress\.allowed is not an IP address/,
  );
});

test("a limit is named as a limit, with its number and its reason", () => {
  const tooMany = configSchema.safeParse({ meters: Array(mostMeters + 1).fill({ id: "a", link: "x", key }) });
  assert.match(
    tooMany.error?.issues[0]?.message ?? "",
    /^has 50001 entries; the limit is 50000, because one gateway was measured with/,
  );
  const hosts = JSON.stringify({ http: { allowed_hosts: Array(101).fill("h") } });
  assert.match(refusal(hosts), /http\.allowed_hosts has 101 entries; the limit is 100, because/);
  assert.match(
    refusal(meter(`name: ${"a b".repeat(30)}`)),
    /meters\[0\]\.name has 90 characters; the limit is 80, because/,
  );
  assert.match(
    refusal(`meters: [{ id: ${"a-".repeat(50)}, link: /dev/x, key: "${key}" }]`),
    /meters\[0\]\.id has 100 characters; the limit is 63, because/,
  );
  assert.match(refusal(`interval: ${"9".repeat(5_000)}`), /^.{40,200}$/);
  assert.match(
    refusal(" ".repeat(32_000_001)),
    /has 32000001 characters; the limit is 32000000, enough for 50,000 meters/,
  );
  for (const deep of ["[".repeat(5_000), "- ".repeat(5_000), "{ a: ".repeat(5_000), "? ".repeat(5_000)])
    assert.match(refusal(deep), /nested more than 50 deep|not valid YAML/);
  assert.match(refusal("data: a\n---\ndata: b\n"), /^\/data\/meterport\.yaml:\d:1: there is more than one document/);
});

test("every problem of every meter is told, up to fifty", () => {
  const lines = Array.from({ length: 60 }, (_, n) => `  - { id: m${n}, link: "tcp://h:${n}" }`);
  const told = refusal(`meters:\n${lines.slice(0, 3).join("\n")}\n  - { id: m1, link: "tcp://h:9", key: "${key}" }`);
  assert.deepEqual(
    told.split("\n").map((sentence) => /meters\[\d\][^\s:]*/.exec(sentence)?.[0]),
    ["meters[0].link", "meters[1]", "meters[2]", "meters[3].id"],
  );
  assert.match(refusal(`meters:\n${lines.join("\n")}`), /and 10 more problems$/);
});

const manyMeters = (count: number): string =>
  Array.from(
    { length: count },
    (_, n) => `  - id: m${n}\n    link: tcp://10.${n >> 16}.${(n >> 8) & 255}.${n & 255}:4059\n    key: "${key}"\n`,
  ).join("");

test("fifty thousand meters are read within seconds", { timeout: 60_000 }, (t) => {
  const text = `meters:\n${manyMeters(mostMeters)}`;
  const computed = computing();
  assert.equal(load(text).meters.length, mostMeters);
  const took = computed();
  t.diagnostic(`${text.length} characters in ${took.toFixed(0)} ms`);
  assert.ok(took < 30_000);
});

test("thousands of misplaced keys are refused in a few seconds, and not repeated", { timeout: 60_000 }, () => {
  const secret = "00112233445566778899aabbccddeeff0011223344";
  const text = `meters:\n${manyMeters(10_000)}`.replaceAll(`key: "${key}"`, `name: ${secret.slice(2)}`);
  const computed = computing();
  const told = refusal(text);
  assert.match(told, /and 9950 more problems$/);
  assert.ok(!told.includes("8899aabb"));
  assert.ok(computed() < 20_000);
});
