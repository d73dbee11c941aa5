import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { runCli } from "../../testing/run-cli.ts";

const setup = (t: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-token-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, run: (...words: readonly string[]) => runCli(["token", ...words, "--data", folder]) };
};

test("token: add prints it alone, and never again", async (t) => {
  const { folder, run } = setup(t);
  const { code, out, err } = await run("add", "home-assistant");
  assert.equal(code, 0, err);
  assert.match(out, /^mp_[\w-]{43}\n$/);
  assert.equal(err, "meterport: token home-assistant has the right read; this is the only time that it is shown\n");
  assert.equal(readFileSync(join(folder, "access.json"), "utf8").includes(out.trim().slice(3)), false);
  const made = JSON.parse((await run("add", "script", "--scope", "admin", "--expires", "90d", "--json")).out);
  assert.deepEqual([made.scope, Date.parse(made.expires) - Date.parse(made.created)], ["admin", 90 * 86_400_000]);
  const listed = await run("list");
  assert.match(
    listed.out,
    /^name +scope +made +last used +expires\nhome-assistant +read +\S+ +never +never\nscript +admin /,
  );
  const tokens = JSON.parse((await run("list", "--json")).out);
  assert.deepEqual(Object.keys(tokens[0]), ["name", "scope", "created", "used", "expires"]);
  assert.match((await run("remove", "script")).err, /token script is removed/);
  assert.equal(JSON.parse((await run("list", "--json")).out).length, 1);
});

test("token: every mistake is one sentence and exit code 2", async (t) => {
  const { run } = setup(t);
  await run("add", "script");
  const cases: readonly (readonly [words: readonly string[], message: RegExp])[] = [
    [["add", "Script"], /there is a token Script already: choose another name, or remove it first/],
    [["add", "x", "--expires", "soon"], /--expires "soon" is not a length of time; write 90d or 12h/],
    [["add", "x", "--expires", "1s"], /must be from 1min to 3650d/],
    [["add", "x", "--scope", "root"], /'root' is invalid.*read, operate, admin/],
    [["remove", "mp_canary"], /there is no token of that name; meterport token list shows all/],
    [["add", "mp_canary"], /the name of a token must be 1 to 63 letters/],
    [["add"], /meterport token add needs a name/],
    [
      ["show"],
      /unknown action; the actions are meterport token add NAME, meterport token list, meterport token remove NAME/,
    ],
  ];
  for (const [words, message] of cases) {
    const { code, out, err } = await run(...words);
    assert.deepEqual([code, out], [2, ""], err);
    assert.match(err, message);
    assert.equal(err.includes("canary"), false);
  }
});
