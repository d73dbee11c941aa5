import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { OpenAPIHono } from "@hono/zod-openapi";
import { Secret } from "@meterport/protocol/mep/security/key";
import { type TestConfigurationOptions, testConfiguration } from "../../testing/test-configuration.ts";
import { addConfiguration } from "./configuration.ts";
import { changeAnswer, configurationAnswer } from "./routes.ts";

const canary = "canary-canary-ca";

const setup = (options: Omit<TestConfigurationOptions, "folder"> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-change-"));
  const configuration = testConfiguration({ folder, ...options });
  const app = new OpenAPIHono();
  addConfiguration(app, { configuration: configuration.access });
  const answers: string[] = [];
  const ask = async (method: string, query: string, body?: unknown) => {
    const init =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const answer = await app.request(`/api/v1/configuration${query}`, { method, ...init });
    const text = await answer.text();
    answers.push(text);
    return { status: answer.status, body: JSON.parse(text) as Record<string, unknown> };
  };
  return {
    ...configuration,
    folder,
    answers,
    get: async () => configurationAnswer.parse((await ask("GET", "")).body),
    change: (changes: Readonly<Record<string, unknown>>, query = "") =>
      ask("PATCH", query, { changes: Object.entries(changes).map(([path, value]) => ({ path, value })) }),
    end: () => rmSync(folder, { recursive: true }),
  };
};

const file = `# ours
log:
  level: info   # enough
outputs:
  mqtt: { url: "mqtt://cellar", user: me, password: ${canary} }
meters:
  - { id: home, link: "tcp://127.0.0.1:4059", key: "0123456789abcdef" }
`;

test("a change is written into the file, whose comments stay, and is carried out", async () => {
  const { change, text, path, copies, folder, current, end } = setup({ text: file });
  const { status, body } = await change({ "log.level": "debug", "http.port": 9000, "history.raw": "2d" });
  assert.equal(status, 200, JSON.stringify(body));
  const answer = changeAnswer.parse(body);
  assert.deepEqual([answer.ok, answer.apply, answer.restart], [true, ["log.level"], ["http.port", "history.raw"]]);
  assert.deepEqual([answer.written, answer.before], [path, join(folder, copies()[0] ?? "?")]);
  assert.equal(text(), `${file.replace("info", "debug")}http:\n  port: 9000\nhistory:\n  raw: 2d\n`);
  assert.equal(current().logLevel, "debug");
  end();
});

test("secrets are shown to nobody, and new ones are stored sealed", async () => {
  const { change, get, text, answers, folder, current, end } = setup({ text: file });
  const writtenAt = async (path: string): Promise<unknown> =>
    (await get()).settings.find((each) => each.path === path)?.written;
  assert.equal(await writtenAt("outputs.mqtt.password"), "[secret]");
  assert.equal(await writtenAt("outputs.mqtt.user"), "me");
  assert.equal((await change({ "outputs.mqtt.password": `${canary}2`, "outputs.mqtt.user": "you" })).status, 200);
  assert.match(text(), /user: you, password: "sealed:1:[\w-]+" \}/);
  const password = current().outputs[0]?.settings.password;
  assert.ok(password instanceof Secret);
  assert.equal(Buffer.from(password.reveal()).toString(), `${canary}2`);
  if (process.platform !== "win32") assert.equal(statSync(join(folder, "secrets.key")).mode & 0o777, 0o600);
  assert.equal(await writtenAt("outputs.mqtt.password"), "[secret]");
  assert.doesNotMatch(answers.join("\n"), /canary|sealed:1/);
  // What is shown in place of a secret is not taken for one.
  assert.equal((await change({ "outputs.mqtt.password": "[secret]" })).status, 400);
  end();
});

test("a mistake is told with its key, and nothing is written", async () => {
  const { change, text, copies, end } = setup({ text: file });
  const { status, body } = await change({ "log.level": "loud", "http.prot": 1, "outputs.nats": {} });
  assert.deepEqual([status, body.error], [400, "wrong-setting"]);
  const problems = body.problems as readonly { readonly path: string; readonly message: string }[];
  assert.deepEqual(problems.map(({ path }) => path).sort(), ["http.prot", "log.level", "outputs.nats.url"]);
  assert.match(problems.map(({ message }) => message).join("\n"), /^log\.level must be one of error, warn/m);
  assert.match(problems.map(({ message }) => message).join("\n"), /^http\.prot: unknown name; did you mean port\?/m);
  for (const bad of [
    { "log.level": "x\u0000" },
    { "__proto__.x": "1" },
    { "meters.home": {} },
    { "log.level": { constructor: 1 } },
  ])
    assert.equal((await change(bad)).status, 400, JSON.stringify(bad));
  assert.deepEqual([text(), copies()], [file, []]);
  end();
});

test("what was broken by hand is told with its place in the file", async () => {
  const { change, path, end } = setup({ text: file });
  writeFileSync(path, `${file}zone: Mars\n`);
  const { status, body } = await change({ "log.level": "debug" });
  assert.equal(status, 400);
  assert.match(String(body.message), /meterport\.yaml:8:7: zone "Mars" is not a time zone/);
  end();
});

test("a dry run tells what would change, and writes nothing", async () => {
  const { change, text, copies, current, end } = setup({ text: file });
  const { status, body } = await change({ "log.level": "debug", "outputs.mqtt.password": "another" }, "?dry_run=true");
  assert.equal(status, 200);
  assert.deepEqual([body.apply, body.written, body.before], [["log.level", "outputs.mqtt.password"], null, null]);
  assert.deepEqual([text(), copies(), current().logLevel], [file, [], "info"]);
  end();
});

test("of two editors the later one is told to read again", async () => {
  const { change, get, end } = setup({ text: file });
  const { revision } = await get();
  const first = await change({ "log.level": "debug" }, `?revision=${revision}`);
  assert.equal(first.status, 200);
  const second = await change({ "log.level": "warn" }, `?revision=${revision}`);
  assert.deepEqual([second.status, second.body.error], [409, "changed-meanwhile"]);
  assert.equal((await change({ "log.level": "warn" }, `?revision=${first.body.revision}`)).status, 200);
  end();
});

test("what is a right over the meter or the machine is refused with the reason", async () => {
  const { change, text, get, end } = setup({ text: file });
  const refused = {
    "outputs.hook": { command: ["/bin/sh"] },
    "http.ingress": { host: "127.0.0.1", allowed: "127.0.0.1", scope: "admin" },
    data: "/tmp",
    store_file: "/etc/passwd",
    "outputs.mqtt.password": "@/etc/passwd",
  };
  for (const [path, value] of Object.entries(refused)) {
    const { status, body } = await change({ [path]: value });
    assert.deepEqual([status, body.error], [409, "not-possible"], path);
    assert.match(String(body.message), /only (in )?the file on the machine itself/, path);
  }
  assert.equal(text(), file);
  const of = (path: string, settings: Awaited<ReturnType<typeof get>>["settings"]) =>
    settings.find((each) => each.path === path);
  const { settings } = await get();
  assert.equal(of("meters[].device.rights", settings)?.only_on_machine, "it lets Meterport write to the meter");
  assert.equal(of("log.level", settings)?.only_on_machine, null);
  end();
});

test("keys of the environment say so, and an address that nobody could use is refused", async () => {
  const { change, get, end } = setup({
    text: file,
    env: { METERPORT_LOG_LEVEL: "warn" },
    objection: ({ http }) =>
      http.host === "127.0.0.1" ? undefined : { path: "http.host", message: "nobody has a right" },
  });
  const level = await change({ "log.level": "debug" });
  assert.equal(level.status, 409);
  assert.match(String(level.body.message), /log\.level is set by METERPORT_LOG_LEVEL in the environment/);
  assert.equal((await get()).settings.find(({ path }) => path === "log.level")?.variable, "METERPORT_LOG_LEVEL");
  assert.deepEqual((await change({ "http.host": "0.0.0.0" })).body.problems, [
    { path: "http.host", message: "nobody has a right" },
  ]);
  end();
});

test("without a file the first change makes it, readable by its owner only", async () => {
  const { change, get, path, text, copies, end } = setup();
  const before = await get();
  assert.deepEqual([before.file, before.path, before.unchangeable], [null, path, null]);
  assert.equal((await change({ zone: "Europe/Berlin" })).status, 200);
  assert.equal(text(), "zone: Europe/Berlin\n");
  assert.equal((await get()).file, path);
  assert.deepEqual(copies(), []);
  if (process.platform !== "win32") assert.equal(statSync(path).mode & 0o777, 0o600);
  end();
});

test("of the old files the newest twenty are kept", async () => {
  let wall = Date.UTC(2026, 0, 1);
  const { change, copies, end } = setup({ text: file, wall: () => (wall += 1_000) });
  for (let n = 0; n < 25; n++) assert.equal((await change({ interval: `${n + 1}s` })).status, 200);
  assert.equal(copies().length, 20);
  assert.ok(copies().sort()[0]?.includes("00-00-06.000Z"));
  end();
});

test("a demonstration cannot be changed, and says so", async () => {
  const { change, get, end } = setup({ frozen: "this is a demonstration" });
  assert.equal((await get()).unchangeable, "this is a demonstration");
  const { status, body } = await change({ zone: "UTC" });
  assert.deepEqual([status, body.message], [409, "this is a demonstration"]);
  end();
});

test("a file that the gateway may not write is told before anybody fills in a form", async () => {
  const { change, get, end } = setup({ text: file, canWrite: () => false });
  const { unchangeable } = await get();
  assert.match(String(unchangeable), /^the gateway may not write .*meterport\.yaml: change the file on the machine/);
  const { status, body } = await change({ zone: "UTC" });
  assert.deepEqual([status, body.message], [409, unchangeable]);
  end();
});
