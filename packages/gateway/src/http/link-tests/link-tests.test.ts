import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import { httpSetup } from "../../testing/http-setup.ts";
import { needOf } from "../access/route-scopes.ts";
import type { ApiProblem } from "../api.ts";
import { doctorTest, keyTest, linkTest, linkTests } from "./routes.ts";

const doctor = "/api/v1/points/home/link/doctor";
const keyPath = "/api/v1/points/home/link/key-test";
const stray = "/api/v1/link/test";
const canary = "CaNaRyKeY0123456";

const setup = async () => {
  const all = await httpSetup();
  const post = (path: string, body?: unknown) =>
    all.get(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
  /** Lets the tests wait until the returned function is called. */
  const hold = (): (() => void) => {
    let open = (): void => {};
    all.link.gate = new Promise((resolve) => {
      open = resolve;
    });
    return open;
  };
  return { ...all, post, hold, settled: () => all.clock.advance(1) };
};

test("the doctor begins at once, and its diagnosis is there when it is done, in any language", async () => {
  const { post, json, get, hold, settled, done } = await setup();
  assert.equal((await get(doctor)).status, 404);
  const release = hold();
  const answer = await post(doctor);
  assert.deepEqual([answer.status, answer.headers.get("location")], [202, doctor]);
  assert.equal(doctorTest.strict().parse(await answer.json()).state, "running");
  release();
  await settled();
  const { state, diagnosis, took_ms } = doctorTest.strict().parse(await json(doctor));
  assert.deepEqual([state, diagnosis?.usable, diagnosis?.sickness, took_ms !== null], ["done", true, null, true]);
  const german = doctorTest.parse(await json(`${doctor}?language=de`)).diagnosis;
  assert.equal(german?.language, "de");
  assert.notEqual(german?.checks[0]?.title, diagnosis?.checks[0]?.title);
  await done();
});

test("one test of a point at a time, of either kind", async () => {
  const { post, json, hold, settled, done } = await setup();
  const release = hold();
  assert.equal((await post(keyPath, { key: canary })).status, 202);
  for (const [path, body] of [
    [doctor, undefined],
    [keyPath, { key: canary }],
  ] as const) {
    const refused = await post(path, body);
    assert.deepEqual([refused.status, ((await refused.json()) as ApiProblem).error], [409, "busy"]);
  }
  release();
  await settled();
  assert.equal(keyTest.strict().parse(await json(keyPath)).verdict?.outcome, "works");
  assert.equal((await post(doctor)).status, 202);
  await done();
});

test("a key is tried and never given back, whether it is right, wrong or none at all", async () => {
  const { post, get, link, lines, settled, done } = await setup();
  const answers = [await post(keyPath, { key: canary })];
  await settled();
  answers.push(await get(keyPath));
  assert.deepEqual(link.keys, [canary]);
  const wrongs = [
    { key: `${canary}x` },
    { key: `hex:${canary}` },
    { key: `${canary}\u0000` },
    {},
    { key: 7 },
    { key: "" },
  ];
  for (const body of [...wrongs, [canary], { [canary]: canary }]) {
    const refused = await post(keyPath, body);
    assert.equal(refused.status, 400);
    answers.push(refused);
  }
  const broken = await get(keyPath, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: `{"key":"${canary}"`,
  });
  assert.equal(broken.status, 400);
  link.fails = new LinkError("no-answer", "read BT01", "nothing came");
  await settled();
  answers.push(broken, await post(stray, { link: "tcp://bridge:1", key: canary }));
  await settled();
  answers.push(await get(stray));
  const said = (await Promise.all(answers.map((each) => each.text()))).join("") + lines.join("");
  assert.ok(said.includes("nothing came"));
  assert.ok(!said.includes(canary));
  await done();
});

test("a test that fails says why, and an unexpected failure only that it failed", async () => {
  const { post, json, link, settled, done } = await setup();
  link.fails = new LinkError("closed", "the doctor examines the link", "a quiet window of the configuration");
  await post(doctor);
  await settled();
  const failed = doctorTest.strict().parse(await json(doctor));
  assert.deepEqual([failed.state, failed.diagnosis], ["failed", null]);
  assert.match(failed.problem ?? "", /quiet window/);
  link.fails = new TypeError("x is not a function");
  await post(doctor);
  await settled();
  assert.match(doctorTest.parse(await json(doctor)).problem ?? "", /^the gateway failed to test it; see its log/);
  await done();
});

test("says which tests there are, before and after", async () => {
  const { post, json, get, hold, settled, done } = await setup();
  const tests = async () => linkTests.strict().parse(await json("/api/v1/points/home/link/tests"));
  assert.deepEqual(await tests(), { id: "home", doctor: null, key_test: null });
  const release = hold();
  await post(keyPath, { key: canary });
  const { doctor: none, key_test: running } = await tests();
  assert.deepEqual([none, running?.state], [null, "running"]);
  release();
  await settled();
  await post(doctor);
  await settled();
  const { doctor: examined, key_test: tried } = await tests();
  assert.deepEqual([examined?.state, tried?.state, tried?.started], ["done", "done", running?.started]);
  assert.equal((await get("/api/v1/points/barn/link/tests")).status, 404);
  await done();
});

test("a link that no point has is tried with and without a key", async () => {
  const { post, json, get, settled, done } = await setup();
  assert.equal((await get(stray)).status, 404);
  assert.equal((await post(stray, { link: "/etc/passwd" })).status, 400);
  assert.equal((await post(stray, { link: "tcp://bridge:1" })).status, 202);
  await settled();
  assert.equal(linkTest.strict().parse(await json(stray)).verdict?.level, null);
  assert.equal((await post(stray, { link: "tcp://bridge:1", key: canary })).status, 202);
  await settled();
  assert.equal(linkTest.strict().parse(await json(stray)).verdict?.level, "basic");
  await done();
});

test("a point needs operate, any link admin", () => {
  for (const method of ["GET", "POST"]) {
    assert.equal(needOf("GET", "/api/v1/points/home/link/tests"), "operate");
    assert.deepEqual(
      [needOf(method, doctor), needOf(method, keyPath), needOf(method, stray)],
      ["operate", "operate", "admin"],
    );
  }
});
