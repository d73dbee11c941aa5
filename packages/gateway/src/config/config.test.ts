import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import { UsageError } from "@meterport/protocol/errors";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import fc from "fast-check";
import { computing } from "../../../../test/support/stopwatch.ts";
import { type Config, loadConfig } from "./config.ts";
import { configSchema, meterSchema } from "./config-schema.ts";
import { type Environment, environmentNames } from "./environment.ts";

const key = "0123456789abcdef";
const load = (text: string | undefined, env: Environment = {}, files: Readonly<Record<string, string>> = {}): Config =>
  loadConfig({
    env,
    defaultData: "/data",
    checkLink: parseMeterLink,
    portLinkOf,
    readFile: (path) => (path === "/data/meterport.yaml" ? text : files[path]),
  });

/** The sentences that refuse a configuration. */
const refusal = (
  text: string | undefined,
  env: Environment = {},
  files: Readonly<Record<string, string>> = {},
): string => {
  try {
    load(text, env, files);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return error.message;
  }
  assert.fail("the configuration was accepted");
};

const full = `
# My meters
http:
  port: 9000
  allowed_hosts: [meterport.home.arpa]
history:
  raw: 24h
meters:
  - id: home
    name: Home
    link: tcp://192.168.1.20:4059
    key: "${key}"
    interval: 500ms
    fuse_amps: 35
  - id: garage
    link: /dev/ttyUSB0
    key: 01010101010101010101010101010101
    profile: meter:3.70
`;

test("without a configuration it is the demo, on loopback", () => {
  const config = load(undefined);
  assert.deepEqual(config.meters, []);
  assert.deepEqual(config.http, {
    host: "127.0.0.1",
    port: 8765,
    portAsked: false,
    allowedHosts: [],
    tls: undefined,
    ingress: undefined,
  });
  assert.equal(config.data, "/data");
  assert.equal(config.interval, 2_000);
  assert.equal(config.logLevel, "info");
  assert.deepEqual(load("# only a comment\n").meters, []);
  assert.deepEqual(load("meters:\nhttp:\n").meters, []);
});

test("reads a file, and keeps the digits of a key as written", () => {
  const config = load(full);
  const [home, garage] = config.meters;
  assert.equal(config.http.port, 9_000);
  assert.equal(config.http.portAsked, true);
  assert.equal(config.history.raw, 86_400_000);
  assert.equal(home?.interval, 500);
  assert.equal(home?.fuseAmps, 35);
  assert.equal(new TextDecoder().decode(home?.key.reveal()), key);
  assert.deepEqual(garage?.key.reveal(), new Uint8Array(16).fill(1));
  assert.equal(garage?.name, "garage");
  assert.equal(garage?.interval, 2_000);
  assert.equal(garage?.profile, "meter:3.70");
});

test("--data overrides METERPORT_DATA, which overrides the file, and the file is looked for in that folder", () => {
  const asked: string[] = [];
  const dataOf = (data: string | undefined, env: Environment): string =>
    loadConfig({
      data,
      env,
      defaultData: "/default",
      checkLink: parseMeterLink,
      portLinkOf,
      readFile: (path) => {
        asked.push(path);
        return "data: /file";
      },
    }).data;
  const env = { METERPORT_DATA: "/environment" };
  assert.deepEqual(
    [dataOf("/flag", env), dataOf(undefined, env), dataOf(undefined, {})],
    ["/flag", "/environment", "/file"],
  );
  assert.deepEqual(asked, ["/flag/meterport.yaml", "/environment/meterport.yaml", "/default/meterport.yaml"]);
});

test("the result is deeply frozen, and shows no key", () => {
  const config = load(full);
  for (const part of [config, config.http, config.meters, config.meters[0], config.http.allowedHosts])
    assert.ok(Object.isFrozen(part));
  for (const text of [inspect(config, { depth: 9 }), JSON.stringify(config)]) {
    assert.ok(!text.includes(key) && !text.includes("0101"), text);
  }
});

test("the environment overrides the file, and can define the only meter", () => {
  const config = load("http: { port: 9000 }\ninterval: 5s", {
    METERPORT_HTTP_PORT: "0",
    METERPORT_DATA: "/data",
    METERPORT_INTERVAL: "1s",
  });
  assert.equal(load("log: { level: debug }").logLevel, "debug");
  assert.equal(load("log: { level: debug }", { METERPORT_LOG_LEVEL: "trace" }).logLevel, "trace");
  assert.equal(config.http.port, 0);
  assert.equal(config.interval, 1_000);
  const alone = load(undefined, { METERPORT_LINK: "tcp://127.0.0.1:4059", METERPORT_KEY: key });
  assert.equal(alone.meters[0]?.id, "home");
  assert.equal(alone.meters[0]?.link, "tcp://127.0.0.1:4059");
  const one = load(`meters: [{ id: attic, link: /dev/ttyUSB0, key_file: meter.key }]`, { METERPORT_KEY: key });
  assert.equal(one.meters[0]?.id, "attic");
  assert.equal(one.meters[0]?.link, "/dev/ttyUSB0");
  assert.equal(new TextDecoder().decode(one.meters[0]?.key.reveal()), key);
});

test("a key file named by a variable is relative to the current folder", () => {
  const files = { [resolve("meter.key")]: `${key}\n` };
  const variables: readonly Record<string, string>[] = [
    { METERPORT_KEY: "@meter.key" },
    { METERPORT_KEY_FILE: "meter.key" },
  ];
  for (const variable of variables) {
    const { meters } = load(undefined, { METERPORT_LINK: "/dev/ttyUSB0", ...variable }, files);
    assert.equal(new TextDecoder().decode(meters[0]?.key.reveal()), key);
  }
});

test("file or environment may set quiet windows of a meter", () => {
  const text = `meters:\n  - id: home\n    link: /dev/ttyUSB0\n    key: "${key}"\n    quiet: "02:10-02:18, 23:50-00:10"\n`;
  assert.deepEqual(load(text).meters[0]?.quiet, [
    { from: 130, to: 138 },
    { from: 1430, to: 10 },
  ]);
  assert.deepEqual(load(text, { METERPORT_QUIET: "12:00-12:05" }).meters[0]?.quiet, [{ from: 720, to: 725 }]);
});

test("a key may be in a file of its own, beside the configuration", () => {
  const files = { "/data/meter.key": `${key}\n` };
  for (const form of ["key_file: meter.key", 'key: "@meter.key"', "key_file: /data/meter.key"]) {
    const config = load(`meters:\n  - id: home\n    link: /dev/ttyUSB0\n    ${form}\n`, {}, files);
    assert.equal(new TextDecoder().decode(config.meters[0]?.key.reveal()), key);
  }
});

test("reports each problem with its place and what to do", () => {
  const meter = (line: string): string =>
    `meters:\n  - id: home\n    link: /dev/ttyUSB0\n    key: "${key}"\n    ${line}\n`;
  const cases: readonly (readonly [text: string, sentence: RegExp])[] = [
    [
      meter("intervall: 2s"),
      /^\/data\/meterport\.yaml:5:5: meters\[0\]\.intervall: unknown name; did you mean interval\?$/,
    ],
    [
      meter("interval: fast"),
      /meterport\.yaml:5:15: meters\[0\]\.interval "fast" is not a length of time: write for example "2s"/,
    ],
    [meter("interval: 10ms"), /meters\[0\]\.interval "10ms" must be from 100ms to 1h/],
    [meter("fuse_amps: many"), /meters\[0\]\.fuse_amps "many" is not a whole number from 1 to 10000/],
    [
      meter("quiet: 2:10-2:18"),
      /meterport\.yaml:5:12: meters\[0\]\.quiet must be windows of the day like 02:10-02:18, separated by commas/,
    ],
    [meter("profile: meter:3.123"), /meters\[0\]\.profile must be a profile like meter:3\.70/],
    [meter("profile: meter:9.9"), /meters\[0\]\.profile is wrong: profile "meter:9\.9": there is no such firmware/],
    [meter("profile: meter:1.0"), /5:14: meters\[0\]\.profile is wrong: .*meter firmware begins with 2, 3 or 4/],
    [meter("profile: 3.70"), /meters\[0\]\.profile must be a profile like meter:3\.70/],
    ["http:\n  prot: 80\n", /meterport\.yaml:2:3: http\.prot: unknown name; did you mean port\?/],
    ["http:\n  port: 99999\n", /http\.port "99999" is not a whole number from 0 to 65535/],
    ["log: { level: loud }\n", /meterport\.yaml:1:15: log\.level must be one of error, warn, info, debug, trace/],
    ["log: { lvel: info }\n", /log\.lvel: unknown name; did you mean level\?/],
    [
      "zzzzzz: 1\n",
      /zzzzzz: unknown name; known: version, data, zone, interval, back_fill, store, store_file, http, history, log, outputs, fleet, meters/,
    ],
    ["meters: 5\n", /meterport\.yaml:1:9: meters must be a list/],
    ["meters:\n  - home\n", /meterport\.yaml:2:5: meters\[0\] must hold names with values/],
    [`meters:\n  - id: home\n    key: "${key}"\n`, /meterport\.yaml:2:5: meters\[0\]\.link is missing: add it/],
    [
      "meters:\n  - id: home\n    link: /dev/ttyUSB0\n",
      /meterport\.yaml:2:5: meters\[0\] has no key: add key, or key_file/,
    ],
    [`meters: [{ id: My Home, link: /dev/ttyUSB0, key: "${key}" }]`, /meters\[0\]\.id must be lower-case letters/],
    [
      `meters: [{ id: home, link: "tcp://host", key: "${key}" }]`,
      /meters\[0\]\.link: link "tcp:\/\/host" is not of the form tcp:\/\/host:port/,
    ],
    [`meters: [{ id: home, link: "ftp://host", key: "${key}" }]`, /meters\[0\]\.link: ftp:\/\/ is not a kind of link/],
    [
      `meters: [{ id: home, link: "mqtt://h:1", key: "${key}" }]`,
      /meterport\.yaml:1:\d+: meters\[0\]\.link: link "mqtt:\/\/h:1" names no topic/,
    ],
    [
      `meters: [{ id: home, link: "tcp://u:hush@h:1", key: "${key}" }]`,
      /meters\[0\]\.link: a link has no user name or password; links look like/,
    ],
    [`meters: [{ id: home, link: "serial:///dev/x?baud=fast", key: "${key}" }]`, /"fast" is not a baud rate/],
    [`meters: [{ id: home, link: "tcp://h:0", key: "${key}" }]`, /port 0, which can only be listened on/],
    [meter("key_file: x"), /meters\[0\] has key and key_file: keep one/],
    [
      full.replace("id: garage", "id: home"),
      /meterport\.yaml:15:9: meters\[1\]\.id is the same as that of meters\[0\]/,
    ],
    [
      full.replace("/dev/ttyUSB0", "tcp://192.168.1.20:4059"),
      /meters\[1\]\.link is the same as that of meters\[0\]: one line/,
    ],
    ["http: {port: 1\n", /meterport\.yaml:\d+:\d+: /],
    ["http:\n\tport: 1\n", /meterport\.yaml:2:1: there is a tab in the indentation/],
    ["data: a\ndata: b\n", /meterport\.yaml:2:1: the same name appears twice/],
    ["data: *x\n", /meterport\.yaml:1:7: a value begins with \*/],
    ["[1]: 2\n", /a name must be a plain word/],
    ["just text", /meterport\.yaml:1:1: the configuration must hold names with values/],
  ];
  for (const [text, sentence] of cases) assert.match(refusal(text), sentence);
});

test("reports a wrong value in the environment by its variable", () => {
  assert.match(
    refusal(undefined, { METERPORT_HTTP_PORT: "web" }),
    /^METERPORT_HTTP_PORT: http\.port "web" is not a whole number/,
  );
  assert.match(
    refusal(undefined, { METERPORT_LOG_LEVEL: "loud" }),
    /^METERPORT_LOG_LEVEL: log\.level must be one of error, warn, info, debug, trace/,
  );
  assert.match(
    refusal(full, { METERPORT_LINK: "/dev/ttyUSB1" }),
    /METERPORT_LINK can configure only one meter, but the configuration lists 2/,
  );
  assert.match(
    refusal(undefined, { METERPORT_LINK: "ttyUSB0", METERPORT_KEY: key }),
    /^METERPORT_LINK: "ttyUSB0" is not a link; links look like/,
  );
  assert.match(refusal(undefined, { METERPORT_CONFIG: "/none.yaml" }), /\/none\.yaml: no such file/);
  assert.match(
    refusal(undefined, { METERPORT_LINK: "/dev/ttyUSB0" }),
    /environment: the meter of METERPORT_LINK has no key/,
  );
});

test("warns of an unknown variable instead of refusing it", () => {
  assert.deepEqual(load(undefined, { METERPORT_HTTP_PROT: "1", METERPORT_KEY: key, HOME: "/" }).warnings, [
    "METERPORT_KEY in the environment: ignored, because METERPORT_LINK is not set",
    "METERPORT_HTTP_PROT in the environment is unknown and ignored; did you mean METERPORT_HTTP_PORT?",
  ]);
});

test("no refusal ever quotes a key", () => {
  const canary = "CANARYCANARY";
  const at = (value: string): string => `meters:\n  - id: home\n    link: /dev/ttyUSB0\n    key: ${value}\n`;
  for (const value of [
    canary,
    `"${canary}`,
    `*${canary}`,
    `&${canary} x`,
    `!${canary} x`,
    `{ ${canary}: 1 }`,
    `[${canary}]`,
    `"\\q${canary}"`,
    `${canary}: x`,
    `|\n ${canary}`,
    `@${canary} y: z`,
    `hex:${canary}`,
  ]) {
    assert.ok(!refusal(at(value)).includes(canary), refusal(at(value)));
  }
  assert.ok(!refusal(undefined, { METERPORT_LINK: "/dev/ttyUSB0", METERPORT_KEY: canary }).includes(canary));
  assert.ok(!refusal(at("@k"), {}, { "/data/k": canary }).includes(canary));
});

test("property: any text is a configuration or a UsageError", () => {
  const words = fc.constantFrom(
    "meters",
    "http",
    "id",
    "key",
    ":",
    " ",
    "\n",
    "  ",
    "- ",
    "*",
    "&a",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    "|",
    "#",
    "!!int",
    "---",
    "\t",
    "?",
    "<<",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(words, { maxLength: 30 }).map((parts) => parts.join("")),
      ),
      (text) => {
        try {
          load(text);
        } catch (error) {
          assert.ok(error instanceof UsageError, inspect(error));
        }
      },
    ),
    { numRuns: 500 },
  );
});

const head = (more = "", key20 = "0123456789abcdefghij"): string =>
  `meters:\n  - id: home\n    link: optical:///dev/ttyUSB0\n    key: "${key20}"\n${more}`;

test("an optical link is read every minute, with all 20 bytes of its key", () => {
  const [meter] = load(head()).meters;
  assert.deepEqual([meter?.optical, meter?.link, meter?.interval], [true, "optical:///dev/ttyUSB0", 60_000]);
  assert.equal(meter?.key.reveal().length, 20);
  const [fromFile] = load(
    "meters:\n  - { id: home, link: optical+tcp://10.0.0.2:4059, key_file: k }",
    {},
    { "/data/k": "0123456789abcdefghij\n" },
  ).meters;
  assert.deepEqual([fromFile?.optical, fromFile?.key.reveal().length], [true, 20]);
  const [mep] = load('meters:\n  - { id: home, link: /dev/ttyUSB0, key: "0123456789abcdefghij" }').meters;
  assert.deepEqual([mep?.optical, mep?.key.reveal().length, mep?.interval], [false, 16, 2_000]);
});

test("an optical link has an interval of its own, 10 s or longer; a shorter common interval is raised to 10 s", () => {
  assert.equal(load(head("    interval: 15s\n")).meters[0]?.interval, 15_000);
  assert.equal(load(`interval: 1s\n${head()}`).meters[0]?.interval, 10_000);
  assert.equal(load(`interval: 30s\n${head()}`).meters[0]?.interval, 30_000);
  assert.equal(load(head(), { METERPORT_INTERVAL: "2s" }).meters[0]?.interval, 10_000);
  assert.match(refusal(head("    interval: 2s\n")), /meters\[0\] has an interval of 2 s, but the minimum .* is 10 s/);
});

test("a line that begins further left than its map is told of as that", () => {
  assert.match(
    refusal("meters:\n  - id: home\n   link: /dev/ttyUSB0\n"),
    /^\/data\/meterport\.yaml:3:1: .*or the indentation does not fit the lines above$/,
  );
});

test("what is wrong in several sections is told at once, from the top of the file to its end", () => {
  const text = `http:
  tls: { cert: none.pem, key: none.key }
store: "@none.url"
history: { journal: 60d, journal_at_most: 30d }
outputs:
  mqtt: { url: "mqtt://10.0.0.2", password: "@none", points: [shed] }
meters:
  - { id: home, link: /dev/ttyUSB0 }
  - { id: home, link: "foo://", key_file: none.key }
`;
  assert.deepEqual(
    refusal(text)
      .split("\n")
      .map((line) => /^\/data\/meterport\.yaml:(\d+:\d+): ([\w.[\]]+)/.exec(line)?.slice(1).join(" ")),
    [
      "2:16 http.tls.cert",
      "2:31 http.tls.key",
      "3:8 store",
      "4:43 history.journal_at_most",
      "6:45 outputs.mqtt.password",
      "6:63 outputs.mqtt.points[0]",
      "8:5 meters[0]",
      "9:11 meters[1].id",
      "9:23 meters[1].link",
    ],
  );
  const many = `store: "@none.url"\nmeters:\n${"  - { id: a, link: /dev/a }\n".repeat(60)}`;
  const lines = refusal(many).split("\n");
  assert.equal(lines.length, 51);
  // Each meter lacks a key, and 59 have id and link of the first.
  assert.equal(lines.at(-1), `and ${1 + 60 + 2 * 59 - 50} more problems`);
});

test("power alone through an optical port has the same shortest interval", () => {
  assert.match(
    refusal(head("    rates: { power: 250ms }\n")),
    /^\/data\/meterport\.yaml:2:5: meters\[0\] has power read each 0\.25 s, but the minimum through an optical port is 10 s/,
  );
  assert.equal(load(head("    rates: { power: 20s }\n")).meters[0]?.rates?.power, 20_000);
});

test("refuses a malformed optical link, and a security for one, with their place", () => {
  assert.match(
    refusal(head().replace("optical:///dev", "optical://dev")),
    /meterport\.yaml.*meters\[0\]\.link: link "serial:\/\/dev/,
  );
  assert.match(refusal(head("    security: tls\n")), /meters\[0\] has security tls, and its optical port/);
  assert.equal(load(head("    security: auto\n")).meters[0]?.security, "auto");
});

test("reports a missing key file at its line, or by its variable", () => {
  const text = "meters:\n  - id: home\n    link: tcp://a:1\n    key_file: none.key\n";
  assert.equal(refusal(text), "/data/meterport.yaml:4:15: meters[0].key_file: key file /data/none.key does not exist");
  assert.match(
    refusal(text.replace("key_file: none.key", 'key: "@none.key"')),
    /:4:10: meters\[0\]\.key: key file .* does not exist/,
  );
  assert.match(
    refusal(text, { METERPORT_KEY_FILE: "/none.key" }),
    /^METERPORT_KEY_FILE: key file \/none\.key does not exist$/,
  );
});

test("never repeats a misplaced key", () => {
  const wellFormed = { id: "home", link: "tcp://a:1", key: "0123456789abcdef" };
  for (const secret of [
    "abcdefghij0123456789",
    "ABCDEFGHIJ0123456789",
    "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "30313233343536373839".repeat(2),
  ]) {
    const hushed = (text: string | undefined, env: Environment = {}): void => {
      let said: string;
      try {
        // Accepted values are shown in logs and on the page.
        said = JSON.stringify(load(text, env));
      } catch (error) {
        said = String(error instanceof UsageError ? error.message : assert.fail(String(error)));
      }
      assert.ok(!said.toLowerCase().includes(secret.toLowerCase().slice(0, 16)), `${text}\n${said}`);
    };
    for (const form of [secret, `@${secret}`, `tcp://${secret}:1`]) {
      for (const field of Object.keys(meterSchema.shape)) {
        if (field === "key" && form === secret) continue;
        const { key: own, ...rest } = wellFormed;
        const meter = { ...rest, ...(field === "key_file" ? {} : { key: own }), [field]: form };
        hushed(JSON.stringify({ meters: [meter] }));
      }
      for (const field of Object.keys(configSchema.shape))
        hushed(JSON.stringify({ meters: [wellFormed], [field]: form }));
      for (const field of ["host", "port", "allowed_hosts", form])
        hushed(JSON.stringify({ http: { [field]: field === "allowed_hosts" ? [form] : form } }));
      hushed(JSON.stringify({ [form]: form, meters: [{ ...wellFormed, [form]: form }] }));
      for (const name of environmentNames)
        if (name !== "METERPORT_KEY" && name !== "METERPORT_CONFIG")
          hushed(JSON.stringify({ meters: [wellFormed] }), { [name]: form });
    }
  }
});

test("accepts names of 20 characters that are made of words", () => {
  const meter = { id: "meter-12-of-floor-03", name: "Meter of the kitchen", link: "tcp://a:1", key };
  assert.equal(load(JSON.stringify({ meters: [meter] })).meters[0]?.id, "meter-12-of-floor-03");
});

test("neither a token nor a password of an address is repeated, wherever it was written", () => {
  const token = "mp_q7RzVx3pL9mT2wKb5Ycq7RzVx3pL9mT2wKb5YcAAAAA";
  const wellFormed = { id: "home", name: "Home", link: "tcp://a:1", key };
  for (const secret of [token, "postgres://meterport:S3cret-Passw0rd@db:54x32/m", "mqtt://me:S3cret-Passw0rd@broker"]) {
    const told = (yaml: string, env: Environment = {}): string => {
      try {
        return load(yaml, env).warnings.join();
      } catch (error) {
        return inspect(error);
      }
    };
    const hushed = (yaml: string, env?: Environment): void =>
      assert.doesNotMatch(told(yaml, env), /q7RzVx3pL9mT|S3cret/i, `${yaml} ${JSON.stringify(env)}`);
    for (const field of ["data", "zone", "interval", "store_file", "back_fill", secret])
      hushed(JSON.stringify({ meters: [wellFormed], [field]: secret }));
    for (const field of ["host", "port", "tls", secret]) hushed(JSON.stringify({ http: { [field]: secret } }));
    for (const field of ["zone", "profile", "quiet", "key_file", "key_credential", "fuse_amps", secret])
      hushed(JSON.stringify({ meters: [{ ...wellFormed, [field]: secret }] }));
    for (const name of environmentNames)
      if (name !== "METERPORT_CONFIG") hushed(JSON.stringify({ meters: [wellFormed] }), { [name]: secret });
  }
  assert.doesNotMatch(load("", { METERPORT_ABCDEFGHIJ0123456789: "x" }).warnings.join(), /ABCDEFGHIJ/);
});

test("a map with a thousand names is refused before the parser compares each with all others", () => {
  const lines = Array.from({ length: 30_000 }, (_, n) => `k${n}: 1`);
  for (const text of [lines.join("\n"), `{${lines.join(", ")}}`, `http:\n  tls:\n    ${lines.join("\n    ")}`]) {
    const computed = computing();
    assert.throws(() => load(text), /meterport\.yaml: a map has more than 1000 names, and no configuration needs that/);
    assert.ok(computed() < 5_000, `${computed()} ms`);
  }
});
