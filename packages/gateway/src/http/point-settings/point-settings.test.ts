import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { httpSetup } from "../../testing/http-setup.ts";

const canary = "canary-canary-ca";

const setup = async (text?: string, keyFile?: string) => {
  const { get, configuration, done } = await httpSetup();
  if (keyFile !== undefined) writeFileSync(join(dirname(configuration.path), keyFile), "0123456789abcdef");
  if (text !== undefined) writeFileSync(configuration.path, text);
  const answers: string[] = [];
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers = { "content-type": "application/json", "x-meterport": "1" };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const answer = await get(`/api/v1${path}`, init);
    const said = await answer.text();
    answers.push(said);
    return { status: answer.status, headers: answer.headers, body: JSON.parse(said) as Record<string, unknown> };
  };
  return { ask, answers, text: configuration.text, current: configuration.current, done };
};

const garage = `# ours
meters:
  - id: garage   # behind the house
    link: tcp://10.0.0.2:4059
    key: "0123456789abcdef"
`;

test("a point is added with a sealed key, shown without it, changed and removed", async () => {
  const { ask, answers, text, current, done } = await setup(garage);
  const added = await ask("POST", "/points", {
    name: "Our house",
    link: "tcp://10.0.0.1:4059",
    key: `ascii:${canary}`,
  });
  assert.deepEqual(
    [added.status, added.body.id, added.headers.get("location")],
    [201, "our-house", "/api/v1/points/our-house"],
  );
  assert.deepEqual(added.body.added, ["garage", "our-house"]);
  assert.match(
    text(),
    /^ {2}- id: our-house\n {4}name: Our house\n {4}link: tcp:\/\/10\.0\.0\.1:4059\n {4}key: "sealed:1:/m,
  );
  assert.ok(text().startsWith(garage));
  assert.equal(Buffer.from(current().meters[1]?.key.reveal() ?? []).toString(), canary);

  const shown = await ask("GET", "/points/our-house/settings");
  const settings = { id: "our-house", name: "Our house", link: "tcp://10.0.0.1:4059", key: "[secret]" };
  assert.deepEqual([shown.body.settings, shown.body.unchangeable], [settings, null]);

  const changed = await ask("PATCH", "/points/our-house", { name: null, interval: "5s", rates: { events: "15m" } });
  assert.deepEqual([changed.status, changed.body.changed], [200, ["our-house"]]);
  assert.equal((await ask("PATCH", "/points/our-house", { rates: { clock: "off" } })).status, 200);
  assert.deepEqual(current().meters[1]?.rates, { events: 900_000, clock: "off" });
  assert.equal(Buffer.from(current().meters[1]?.key.reveal() ?? []).toString(), canary);

  const removed = await ask("DELETE", "/points/our-house");
  assert.deepEqual([removed.status, removed.body.removed], [200, ["our-house"]]);
  assert.equal(text(), garage);
  assert.doesNotMatch(answers.join("\n"), /canary|sealed:1/);
  await done();
});

test("a mistake is told with the key of the point, and nothing is written", async () => {
  const { ask, text, done } = await setup(garage);
  const wrong = await ask("POST", "/points", { link: "carrier-pigeon://x", key: "short", interval: "1ms" });
  assert.deepEqual([wrong.status, wrong.body.error], [400, "wrong-setting"]);
  const problems = wrong.body.problems as readonly { readonly path: string | null; readonly message: string }[];
  assert.deepEqual(problems.map(({ path }) => path).sort(), ["interval", "key"]);
  const link = await ask("POST", "/points", { link: "tcp://10.0.0.2:4059", key: "0123456789abcdef" });
  assert.deepEqual(link.body.problems, [
    { path: "link", message: "link is the same as that of the point garage: one line carries one conversation" },
  ]);
  const keyless = await ask("POST", "/points", { link: "tcp://10.0.0.3:4059" });
  assert.match(String(keyless.body.message), /^the point has no key: add key/);
  const renamed = await ask("PATCH", "/points/garage", { id: "cellar" });
  assert.match(String(renamed.body.message), /^id stays garage, because the history belongs to it/);
  for (const bad of [{ "a b": 1 }, { name: "x\n" }, { nmae: "x" }, { rates: { live: null, x: "1s" } }])
    assert.equal((await ask("PATCH", "/points/garage", bad)).status, 400, JSON.stringify(bad));
  assert.equal(text(), garage);
  await done();
});

test("a new key takes the place of the file that held the old one", async () => {
  const { ask, text, done } = await setup(garage.replace('key: "0123456789abcdef"', "key_credential: garage"));
  assert.equal((await ask("PATCH", "/points/garage", { key: "fedcba9876543210" })).status, 200);
  assert.match(text(), /key: "?sealed:1:/);
  assert.doesNotMatch(text(), /key_credential/);
  await done();
});

test("no file of the machine becomes a key, which would be sent to any meter that is named", async () => {
  const { ask, text, done } = await setup(garage);
  for (const [method, path, body] of [
    ["PATCH", "/points/garage", { key_file: "/etc/machine-id" }],
    ["PATCH", "/points/garage", { key_file: "/etc/machine-id", key: null, link: "tcp://10.0.0.9:4059" }],
    ["POST", "/points", { link: "tcp://10.0.0.3:4059", key_file: "/etc/machine-id" }],
  ] as const) {
    const { status, body: said } = await ask(method, path, body);
    assert.equal(status, 409);
    assert.match(
      String(said.message),
      /^key_file is set only in the file on the machine itself, because it would make/,
    );
  }
  assert.equal(text(), garage);
  const onFile = garage.replace('key: "0123456789abcdef"', "key_file: garage.key");
  const there = await setup(onFile, "garage.key");
  assert.equal((await there.ask("PATCH", "/points/garage", { name: "Garage" })).status, 200);
  assert.equal((await there.ask("PATCH", "/points/garage", { key: "fedcba9876543210" })).status, 200);
  assert.doesNotMatch(there.text(), /key_file/);
  await there.done();
  await done();
});

test("what writes to a meter is granted on the machine only", async () => {
  const { ask, done } = await setup(garage);
  const device = { rights: ["register"], manufacturer: "010203", unique: "01" };
  for (const [method, path, body] of [
    ["PATCH", "/points/garage", { device }],
    ["POST", "/points", { link: "tcp://10.0.0.3:4059", key: "0123456789abcdef", device }],
  ] as const) {
    const { status, body: said } = await ask(method, path, body);
    assert.equal(status, 409);
    assert.match(
      String(said.message),
      /^device is set only in the file on the machine itself, because it lets Meterport write/,
    );
  }
  const yaml = `${garage}    device: { rights: [register], manufacturer: "010203", unique: "01" }\n`;
  const there = await setup(yaml);
  const moved = await there.ask("PATCH", "/points/garage", { link: "tcp://10.0.0.9:4059" });
  assert.match(String(moved.body.message), /^link is set only in the file on the machine/);
  assert.equal((await there.ask("PATCH", "/points/garage", { name: "Garage" })).status, 200);
  await there.done();
  await done();
});

test("the simulated household cannot be changed, and keeps its id for itself", async () => {
  const { ask, done } = await setup();
  const settings = await ask("GET", "/points/home/settings");
  assert.deepEqual(settings.body.settings, null);
  assert.match(String(settings.body.unchangeable), /^the simulated household has no configuration/);
  assert.equal((await ask("PATCH", "/points/home", { name: "x" })).status, 400);
  const taken = await ask("POST", "/points", { id: "home", link: "tcp://10.0.0.1:4059", key: "0123456789abcdef" });
  assert.deepEqual([taken.status, taken.body.error], [409, "not-possible"]);
  const added = await ask("POST", "/points?dry_run=true", { link: "tcp://10.0.0.1:4059", key: "0123456789abcdef" });
  assert.deepEqual([added.status, added.body.id, added.body.added], [200, "meter", ["meter"]]);
  assert.equal((await ask("DELETE", "/points/nowhere")).status, 404);
  await done();
});
