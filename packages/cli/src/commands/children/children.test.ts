import assert from "node:assert/strict";
import { test } from "node:test";
import { runCli, type World } from "../../testing/run-cli.ts";

const url = "http://127.0.0.1:8765";
const child = (serial: string, medium: string | null, age: number | null, alarms: readonly string[] = []) => ({
  ...{ id: `home.${serial}`, parent: "home", serial, medium, manufacturer: "KAM", slot: 0, handle: 1, state: "up" },
  ...{ alarms, time_read: null, age_s: age },
  values: [
    { register: "volume_m3", tier: 0, value: 123.456 },
    { register: "volume_m3", tier: 1, value: 3 },
  ],
});

test("children lists the meters behind the meters with the age of their values, page by page", async () => {
  const pages: World["answers"] = {
    [`${url}/api/v1/children?limit=500`]: {
      status: 200,
      body: { children: [child("12345678", "water", 25_200)], next: "x" },
    },
    [`${url}/api/v1/children?limit=500&cursor=x`]: {
      status: 200,
      body: { children: [child("22222222", null, null, ["permanentError"])], next: null },
    },
  };
  const { code, out } = await runCli(["children", "--url", url], { answers: pages });
  assert.equal(code, 0);
  assert.match(out, /^home\.12345678 +water +KAM +up +7 h +volume_m3 123\.456$/m);
  assert.match(out, /^home\.22222222 +– +KAM +up +never +permanentError +volume_m3 123\.456$/m);
  const json = JSON.parse((await runCli(["children", "--url", url, "--json"], { answers: pages })).out);
  assert.deepEqual(
    json.children.map(({ serial }: { serial: string }) => serial),
    ["12345678", "22222222"],
  );
});

test("children asks for a parent, a medium or a serial number, and says if there is none", async () => {
  const answers: World["answers"] = {
    [`${url}/api/v1/children?limit=500&parent=home&medium=hot+water&serial=1`]: {
      status: 200,
      body: { children: [], next: null },
    },
    [`${url}/api/v1/children?limit=500&parent=nobody`]: { status: 404, body: { message: "unknown point nobody" } },
  };
  const ask = (...words: string[]) => runCli(["children", "--url", url, ...words], { answers });
  const none = await ask("--parent", "home", "--medium", "hot water", "--serial", "1");
  assert.deepEqual([none.code, none.out, /knows no such meter/.test(none.err)], [0, "", true]);
  const wrong = await ask("--parent", "nobody");
  assert.deepEqual([wrong.code, /unknown point nobody/.test(wrong.err)], [2, true]);
});
