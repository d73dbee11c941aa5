import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonAnswer } from "../../io/io.ts";
import { runCli, type World } from "../../testing/run-cli.ts";

const url = "http://127.0.0.1:8765";
const where = ["--url", url];
const line = (number: number, text: string) => ({
  ...{ number, time: `2026-01-01T11:5${number % 10}:00.000Z`, type: "answered", text },
});
const water = {
  ...{ name: "water", quantity: "volume", unit: "m³", topic: "cellar/water", max_age_s: 7_200 },
  ...{ value: 123.456, telegram: null, alarms: null, time: "2026-01-01T11:59:00.000Z", age_s: 60, fresh: true },
};
const heat = {
  ...water,
  name: "heat",
  quantity: "energy",
  unit: null,
  topic: null,
  value: null,
  age_s: null,
  fresh: false,
};
const old = { ...water, name: "gas", topic: null, value: null, telegram: "0c13", age_s: 9_000, fresh: false };
const status = {
  ...{ id: "home", rights: ["register", "answer"], phase: "registered", handle: 1_000, identification: "81020305" },
  sources: [water, heat, old],
  display: [{ place: 1, key: "power_w", icons: ["kW"], value: 412 }],
  lines: [line(1, "registered with handle 1000"), line(2, "answered scheduled read")],
};
const listed = (...ids: string[]) => ({
  points: ids.map((id) => ({
    ...{ id, rights: ["register"], phase: "blocked", handle: null, sources: 3, sources_fresh: 1 },
    last: line(2, "another device is registered"),
  })),
  next: null,
});
const at = `${url}/api/v1/points/home/device`;
const ok = (body: unknown): JsonAnswer => ({ status: 200, body });
const answers: World["answers"] = { [at]: ok(status), [`${url}/api/v1/device-points`]: ok(listed("home")) };
const device = (words: readonly string[], world: World = {}) =>
  runCli(["device", ...words, ...where], { answers, ...world });

describe("meterport device, asked of the daemon", () => {
  test("status tells registration, sources with their age, display and the newest lines", async () => {
    const { code, out } = await device(["status", "home"]);
    assert.equal(code, 0);
    assert.match(out, /^home: registered, handle 1000; may register, answer$/m);
    assert.match(out, /^water +volume in m³ +123\.456 +1 min +yes +cellar\/water$/m);
    assert.match(out, /^heat +energy +– +never +no +HTTP$/m);
    assert.match(out, /^gas +volume in m³ +2 bytes +2 h 30 min +no, too old +HTTP$/m);
    assert.match(out, /^ +1 +power_w +412 +kW$/m);
    assert.match(out, /^2026-01-01 11:52:00 answered scheduled read$/m);
    assert.deepEqual(JSON.parse((await device(["status", "home", "--json"])).out), status);
  });

  test("status without a point lists all of them, page by page", async () => {
    const pages: World["answers"] = {
      [`${url}/api/v1/device-points`]: ok({ ...listed("home"), next: "a b" }),
      [`${url}/api/v1/device-points?cursor=a%20b`]: ok(listed("shed")),
    };
    const { out } = await device(["status"], { answers: pages });
    assert.match(out, /^home +another device is registered +1\/3 +register +2026-01-01 11:52:00 another device is/m);
    assert.match(out, /^shed +/m);
    const none = await device(["status"], { answers: { [`${url}/api/v1/device-points`]: ok(listed()) } });
    assert.match(none.err, /no point of this daemon is a device/);
  });

  test("the only device need not be named, and one of several must", async () => {
    assert.match((await device(["requests"])).out, /registered with handle 1000/);
    const two = { [`${url}/api/v1/device-points`]: ok(listed("home", "shed")) };
    const { code, err } = await device(["requests"], { answers: two });
    assert.deepEqual([code, /several points are devices: name one of home, shed/.test(err)], [2, true]);
    const nobody = { [`${url}/api/v1/device-points`]: ok(listed()) };
    assert.match((await device(["display"], { answers: nobody })).err, /grant rights under device/);
  });

  test("requests are lines, and go on with --follow, over a restart of the daemon", async () => {
    assert.equal(
      (await device(["requests", "home"])).out,
      "2026-01-01 11:51:00 registered with handle 1000\n2026-01-01 11:52:00 answered scheduled read\n",
    );
    const interruption = new AbortController();
    const steps = [
      ok(status),
      ok({ ...status, lines: [...status.lines, line(3, "asked")] }),
      { status: 500, body: null },
      ok({ ...status, lines: [line(1, "registered again")] }),
    ];
    const { out, err } = await device(["requests", "home", "--follow", "--json"], {
      interrupted: interruption.signal,
      answers: { [at]: () => steps.shift() ?? ok({ ...status, lines: [line(1, "registered again")] }) },
      onWrite: (text) => {
        if (text.includes("again")) interruption.abort();
      },
    });
    assert.deepEqual(
      out
        .trimEnd()
        .split("\n")
        .map((each) => JSON.parse(each).text),
      ["registered with handle 1000", "answered scheduled read", "asked", "registered again"],
    );
    assert.match(err, /the answer has status 500\n(.*\n)*.*the daemon answers again/);
  });

  test("answer tells the daemon a value or a telegram", async () => {
    const puts = new Map<string, object>();
    const to = `${at}/sources/water`;
    const world = { puts, answers: { ...answers, [to]: ok(status) } };
    const { code, out } = await device(["answer", "home", "water=123.456"], world);
    assert.deepEqual([code, puts.get(to)], [0, { value: 123.456 }]);
    assert.equal(out, "water: 123.456 m³, sent when the head-end asks within the next 7200 s\n");
    await device(["answer", "water", "--telegram", "0c1378563412"], world);
    assert.deepEqual(puts.get(to), { telegram: "0c1378563412" });
    await device(["answer", "water=1", "--alarms", "5"], world);
    assert.deepEqual(puts.get(to), { value: 1, alarms: 5 });
    for (const alarms of ["256", "-1", "x", "1.5", ""]) {
      const wrong = await device(["answer", "water=1", `--alarms=${alarms}`], world);
      assert.deepEqual([wrong.code, /--alarms is not a whole number from 0 to 255/.test(wrong.err)], [2, true], alarms);
    }
    for (const words of [[], ["water"], ["water=x"], ["water="], ["water=1", "--telegram", "00"], ["a=1=2"]]) {
      const wrong = await device(["answer", ...words], world);
      assert.equal(wrong.code, 2, words.join(" "));
      assert.match(wrong.err, /write meterport device answer POINT SOURCE=VALUE/);
    }
  });

  test("what the daemon refuses is its own sentence", async () => {
    const refusal = (code: number, message: string) => ({ [at]: { status: code, body: { message } } });
    const { code, err } = await device(["status", "home"], { answers: refusal(409, "home only reads its meter") });
    assert.deepEqual([code, /home only reads its meter/.test(err)], [2, true]);
    const token = await device(["status", "home"], { answers: refusal(403, "") });
    assert.match(token.err, /wants a token with more rights: make one with meterport token add/);
  });

  test("files are listed, and one is fetched into a file", async () => {
    const file = {
      name: "17-verified.bin",
      bytes: 3,
      time: "2026-01-01T11:59:00.000Z",
      verified: true,
      sha256: "ab".repeat(32),
    };
    const world: World = {
      written: new Map(),
      answers: {
        ...answers,
        [`${at}/files`]: ok({ id: "home", files: [file] }),
        [`${at}/files/17-verified.bin`]: { status: 200, body: Uint8Array.of(1, 2, 3) },
        [`${at}/files/none`]: { status: 404, body: { message: 'there is no file "none"' } },
      },
    };
    assert.match(
      (await device(["files", "home"], world)).out,
      /^17-verified\.bin +3 +2026-01-01 11:59:00 +yes +abababababababab…$/m,
    );
    const { code } = await device(["files", "home", "17-verified.bin", "--output", "image.bin"], world);
    assert.deepEqual([code, world.written?.get("image.bin")], [0, "\u0001\u0002\u0003"]);
    assert.match((await device(["files", "home", "none", "--output", "x"], world)).err, /there is no file "none"/);
    assert.match((await device(["files", "home", "none"], world)).err, /add --output FILE/);
  });

  test("display shows what stands where, and says if there is no right to it", async () => {
    const shown = { ...status, rights: ["display"] };
    assert.match((await device(["display", "home"], { answers: { [at]: ok(shown) } })).out, /power_w +412 +kW/);
    const none = { [at]: ok({ ...status, display: [] }) };
    assert.match((await device(["display", "home"], { answers: none })).err, /home has no right to the display/);
    assert.deepEqual(JSON.parse((await device(["display", "home", "--json"])).out).display, status.display);
  });

  test("words that an action does not take are refused", async () => {
    const { code, err } = await device(["status", "home", "more"]);
    assert.deepEqual([code, /takes 1 words at most/.test(err)], [2, true]);
    assert.equal((await device(["dance"])).code, 2);
  });
});
