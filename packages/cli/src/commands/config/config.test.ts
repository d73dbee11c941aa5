import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConfigTools, configTools } from "@meterport/gateway/config/config-tools";
import { UsageError } from "@meterport/protocol/errors";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import { runCli, type World } from "../../testing/run-cli.ts";

const key = "CANARYcanary0123";

/** A world whose configuration is in memory; `files` shows what is written. */
const worldOf = (files: Map<string, string>, env: Readonly<Record<string, string>> = {}): World => {
  const tools: ConfigTools = configTools({
    env,
    defaultData: "/data",
    zone: "UTC",
    readFile: (path) => files.get(path),
    checkLink: parseMeterLink,
    portLinkOf,
    entropy: (length) => new Uint8Array(length).fill(7),
    wall: () => Date.UTC(2026, 0, 31, 12),
    createFile: (path, text) => {
      if (files.has(path)) throw new UsageError("config", `cannot write ${path}: it exists already`);
      files.set(path, text);
    },
    replaceFile: (path, text) => void files.set(path, text),
  });
  return { configTools: async () => tools, files: Object.fromEntries(files), env };
};

const good = "meters:\n  - id: home\n    link: /dev/ttyUSB0\n    key_file: meter.key\n";
const filesWith = (config: string, more: Readonly<Record<string, string>> = {}): Map<string, string> =>
  new Map(Object.entries({ "/data/meterport.yaml": config, "/data/meter.key": key, ...more }));

test("config check: says that all is fine, with the number of meters", async () => {
  const ran = await runCli(["config", "check"], worldOf(filesWith(good)));
  assert.deepEqual(ran, { code: 0, out: "fine: 1 meter\n", err: "" });
  const none = await runCli(["config", "check"], worldOf(new Map()));
  assert.match(none.out, /^fine: no meter is configured, so the gateway would read a simulated household\n$/);
  const json = await runCli(["config", "check", "--json"], worldOf(filesWith(good), { METERPORT_HTTP_PROT: "1" }));
  assert.deepEqual(JSON.parse(json.out), {
    ok: true,
    meters: 1,
    file: "/data/meterport.yaml",
    warnings: ["METERPORT_HTTP_PROT in the environment is unknown and ignored; did you mean METERPORT_HTTP_PORT?"],
  });
});

test("config check: each problem with line and column, and exit code 2", async () => {
  const bad = `${good}    intervall: 2s\nhttp: { port: web }\n`;
  const ran = await runCli(["config", "check"], worldOf(filesWith(bad)));
  assert.equal(ran.code, 2);
  assert.equal(
    ran.err,
    `meterport: /data/meterport.yaml:5:5: meters[0].intervall: unknown name; did you mean interval?
meterport: /data/meterport.yaml:6:15: http.port "web" is not a whole number from 0 to 65535\n`,
  );
  const twins = `${good}  - { id: home, link: /dev/ttyUSB0, key_file: none.key }\n`;
  assert.match(
    (await runCli(["config", "check"], worldOf(filesWith(twins)))).err,
    /:5:11: .*same as.*\n.*:5:23: .*same as.*\n.*:5:47: .*none\.key does not exist/,
  );
  const named = await runCli(["config", "check", "--config", "/none.yaml"], worldOf(new Map()));
  assert.deepEqual(
    [named.code, named.err],
    [2, "meterport: /none.yaml: no such file; check --config or METERPORT_CONFIG\n"],
  );
});

test("config example and schema print documents", async () => {
  const example = await runCli(["config", "example"], worldOf(new Map()));
  assert.match(example.out, /^## Every key of Meterport's configuration/);
  const again = await runCli(["config", "check"], worldOf(filesWith(example.out)));
  assert.equal(again.code, 0);
  const schema = JSON.parse((await runCli(["config", "schema"], worldOf(new Map()))).out);
  assert.equal(schema.properties.meters.items.properties.key.description.startsWith("The key:"), true);
});

test("config seal: what it prints opens in the configuration, and the key for it is made once", async () => {
  const files = filesWith(good);
  const ran = await runCli(["config", "seal"], { ...worldOf(files), stdin: `${key}\n` });
  assert.equal(ran.code, 0);
  assert.match(ran.out, /^sealed:1:[\w-]+\n$/);
  assert.equal(
    ran.err,
    "meterport: /data/secrets.key is new and opens what is sealed: keep a copy of it in a safe place\n",
  );
  assert.match(files.get("/data/secrets.key") ?? "", /^[0-9a-f]{64}\n$/);
  const again = await runCli(["config", "seal"], { ...worldOf(files), stdin: key });
  assert.equal(again.err, "");
  files.set("/data/meterport.yaml", good.replace("key_file: meter.key", `key: ${ran.out.trim()}`));
  assert.equal((await runCli(["config", "check"], worldOf(files))).out, "fine: 1 meter\n");
});

test("config seal: refuses what is no key, without repeating it", async () => {
  for (const stdin of ["", "CANARY", `postgres://u:${key}@h`]) {
    const files = filesWith(good);
    const ran = await runCli(["config", "seal"], { ...worldOf(files), stdin });
    assert.equal(ran.code, 2, stdin);
    assert.ok(!ran.err.includes("CANARY") && ran.out === "" && !files.has("/data/secrets.key"), ran.err);
  }
});

test("config seal: the data folder is that of the configuration", async () => {
  const files = filesWith(`data: /var/meters\nmeterz: broken\n${good}`);
  await runCli(["config", "seal"], { ...worldOf(files), stdin: key });
  assert.ok(files.has("/var/meters/secrets.key"));
  await runCli(["config", "seal", "--data", "/other"], { ...worldOf(files), stdin: key });
  assert.ok(files.has("/other/secrets.key"));
});

const csv = "id,name,link,key\nflat-1,Flat 1,tcp://10.0.0.1:4059,CANARYcanary0123\nhome,Home,/dev/ttyUSB0,\n";

test("config import: a dry run prints what would change, and writes nothing", async () => {
  const files = filesWith(good, { "flats.csv": csv });
  const before = new Map(files);
  const ran = await runCli(["config", "import", "flats.csv", "--dry-run"], worldOf(files));
  assert.deepEqual(ran, {
    code: 0,
    out: "add flat-1\nchange home: name\n1 meter to add, 1 to change, 0 unchanged; nothing was written\n",
    err: "",
  });
  assert.deepEqual(files, before);
});

test("config import: writes the meters, keeps the old file, and prints no key", async () => {
  const files = filesWith(good, { "flats.csv": csv });
  const ran = await runCli(["config", "import", "flats.csv"], worldOf(files));
  const copy = "/data/meterport.yaml.before-2026-01-31T12-00-00.000Z";
  assert.equal(ran.code, 0);
  assert.equal(
    ran.out,
    `add flat-1\nchange home: name\n1 meter added, 1 changed, 0 unchanged; /data/meterport.yaml; the old file is ${copy}\n`,
  );
  assert.equal(files.get(copy), good);
  assert.equal((await runCli(["config", "check"], worldOf(files))).out, "fine: 2 meters\n");
  const again = await runCli(["config", "import", "flats.csv", "--json"], worldOf(files));
  assert.deepEqual(JSON.parse(again.out), {
    added: [],
    changed: [],
    unchanged: 2,
    file: "/data/meterport.yaml",
    written: true,
    before: null,
  });
  const piped = await runCli(["config", "import", "-", "--dry-run"], {
    ...worldOf(files),
    stdin: `${csv}x,,tcp://h,${key}\n`,
  });
  assert.match(piped.err, /^meterport: standard input:4: link: link "tcp:\/\/h" is not of the form/);
  assert.ok(!`${ran.out}${again.out}${piped.err}`.includes("CANARY"));
});

test("config import: a file that another program changes meanwhile is not overwritten", async () => {
  const files = filesWith(good);
  const tools = (await worldOf(files).configTools?.()) ?? assert.fail();
  const csv = (id: string) => ({ name: "a.csv", text: `id,link,key_file\n${id},tcp://${id}:1,meter.key\n` });
  const [first, second] = [tools.planImport({}, csv("a")), tools.planImport({}, csv("b"))];
  tools.write(first);
  assert.throws(() => tools.write(second), /meterport\.yaml was changed by another program meanwhile, .*: try again/);
  assert.match(files.get("/data/meterport.yaml") ?? "", /id: a\n/);
});

test("config: wrong usage is one sentence and exit code 2", async () => {
  for (const [words, told] of [
    [["import"], /needs a CSV file/],
    [["check", "meterport.yaml"], /takes no file; a configuration is named by --config/],
    [["chekc"], /chekc/],
    [["check", "--config", ""], /--config is empty/],
  ] as const) {
    const ran = await runCli(["config", ...words], worldOf(new Map()));
    assert.equal(ran.code, 2);
    assert.match(ran.err, told);
  }
});

test("config migrate: a dry run says what goes, and the migration keeps the old file", async () => {
  const old = `${good}    writable: off # for now\n    rates: { power: 1s, identity: 1h }\n`;
  const files = filesWith(old);
  const check = await runCli(["config", "check"], worldOf(files));
  assert.equal(check.code, 0);
  assert.match(
    check.err,
    /^meterport: warning: \/data\/meterport\.yaml:5:5: meters\[0\]\.writable is ignored, because /,
  );
  const gone =
    "remove meters[].writable: the gateway writes to no meter\nremove meters[].rates.identity: the gateway asks each time that it connects what the meter is\n";
  const dry = await runCli(["config", "migrate", "--dry-run"], worldOf(files));
  assert.deepEqual(dry, { code: 0, out: `${gone}nothing was written\n`, err: "" });
  assert.equal(files.get("/data/meterport.yaml"), old);
  const ran = await runCli(["config", "migrate"], worldOf(files));
  const copy = "/data/meterport.yaml.before-2026-01-31T12-00-00.000Z";
  assert.equal(ran.out, `${gone}/data/meterport.yaml is written; the old file is ${copy}\n`);
  assert.deepEqual([files.get(copy), files.get("/data/meterport.yaml")], [old, `${good}    rates: { power: 1s }\n`]);
  const again = await runCli(["config", "migrate"], worldOf(files));
  assert.equal(again.out, "/data/meterport.yaml needs no migration; nothing was written\n");
  const json = JSON.parse((await runCli(["config", "migrate", "--json"], worldOf(files))).out);
  assert.deepEqual(json, { removed: [], file: "/data/meterport.yaml", written: false, before: null });
});

test("config migrate: a file with other mistakes is not touched", async () => {
  const files = filesWith(`${good}    writable: off\n    intervall: 2s\n`);
  const ran = await runCli(["config", "migrate"], worldOf(files));
  assert.deepEqual(
    [ran.code, ran.err],
    [2, "meterport: /data/meterport.yaml:6:5: meters[0].intervall: unknown name; did you mean interval?\n"],
  );
  assert.equal(files.size, 2);
});
