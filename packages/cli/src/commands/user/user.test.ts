import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { runCli, type World } from "../../testing/run-cli.ts";

const setup = (t: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-user-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return {
    file: join(folder, "access.json"),
    run: (words: readonly string[], world: World = {}) => runCli([...words, "--data", folder], world),
  };
};

const canary = "canary battery staple";

test("user: the first one is an admin, others read, and the list shows both", async (t) => {
  const { run, file } = setup(t);
  const first = await run(["user", "add", "anna"], { secrets: [canary, canary] });
  assert.deepEqual([first.code, first.out], [0, ""]);
  assert.match(
    first.err,
    /^Password of anna \(at least 10 characters\): \nThe same again: \nmeterport: anna may sign in, and has the right admin\n$/,
  );
  const second = await run(["user", "add", "bo", "--password-file", "-", "--json"], { stdin: `${canary}\nmore` });
  assert.equal(JSON.parse(second.out).scope, "read");
  const third = await run(["user", "add", "cy", "--password-file", "pw", "--scope", "operate"], {
    files: { pw: canary },
  });
  assert.equal(third.code, 0, third.err);
  const listed = await run(["user", "list"]);
  assert.match(listed.out, /^name +scope +made\nanna +admin +\d{4}-\d\d-\d\d\nbo +read .*\ncy +operate .*\n$/);
  assert.equal(JSON.parse((await run(["user", "list", "--json"])).out).length, 3);
  assert.equal(readFileSync(file, "utf8").includes("canary"), false);
});

test("user: another scope, and --scope nowhere where it would do nothing", async (t) => {
  const { run } = setup(t);
  await run(["user", "add", "anna"], { secrets: [canary, canary] });
  const changed = await run(["user", "scope", "Anna", "--scope", "read"]);
  assert.deepEqual([changed.code, changed.out], [0, ""]);
  assert.match(changed.err, /^meterport: anna has the right read now/);
  assert.equal(JSON.parse((await run(["user", "list", "--json"])).out)[0].scope, "read");
  const asJson = await run(["user", "scope", "anna", "--scope", "operate", "--json"]);
  assert.equal(JSON.parse(asJson.out).scope, "operate");
  for (const [words, message] of [
    [["scope", "anna"], /give the new right/],
    [["scope", "bo", "--scope", "read"], /there is no user of that name/],
    [["passwd", "anna", "--scope", "admin"], /takes no --scope: meterport user scope NAME --scope admin/],
    [["remove", "anna", "--scope", "admin"], /takes no --scope/],
  ] as const) {
    const { code, err } = await run(["user", ...words], { secrets: [canary, canary] });
    assert.equal(code, 2);
    assert.match(err, message);
  }
  assert.match((await run(["user", "remove", "anna"])).err, /nobody is left who may sign in: meterport user add NAME/);
});

test("user: passwd and remove", async (t) => {
  const { run, file } = setup(t);
  await run(["user", "add", "anna"], { secrets: [canary, canary] });
  const before = readFileSync(file, "utf8");
  const changed = await run(["user", "passwd", "Anna"], { secrets: ["another password", "another password"] });
  assert.match(changed.err, /the password of Anna is changed/);
  assert.notEqual(readFileSync(file, "utf8"), before);
  assert.match((await run(["user", "remove", "anna"])).err, /anna is removed/);
  assert.match(
    (await run(["user", "list"])).err,
    /there is no user in .*access\.json; meterport user add NAME makes one/,
  );
});

test("user: every mistake is one sentence and exit code 2, and nothing is made", async (t) => {
  const { run, file } = setup(t);
  const cases: readonly (readonly [words: readonly string[], world: World, message: RegExp])[] = [
    [["user", "add", "anna"], {}, /no terminal to type it: give --password-file FILE/],
    [["user", "add", "anna"], { secrets: [canary, "other"] }, /the two passwords differ, so nothing was changed/],
    [["user", "add", "anna"], { secrets: ["canary", "canary"] }, /the password has 6 characters/],
    [["user", "add", "anna", "--password-file", "none"], {}, /none: no such file/],
    [["user", "add"], {}, /meterport user add needs a name: meterport user add NAME/],
    [["user", "make", "anna"], {}, /unknown action; the actions are meterport user add NAME, meterport user list, /],
    [["user", "list", "anna"], {}, /meterport user list takes no name/],
    [["user", "passwd", "anna"], { secrets: [canary, canary] }, /there is no user of that name; meterport user list/],
    [["user", "remove", "anna"], {}, /there is no user of that name/],
    [["user", "add", "a b"], { secrets: [canary, canary] }, /must be 1 to 63 letters, digits/],
    [["user", "add", "anna", canary], {}, /too many arguments/],
    [["user", "add", "anna", "--password", canary], {}, /unknown option --password/],
  ];
  for (const [words, world, message] of cases) {
    const { code, out, err } = await run(words, world);
    assert.deepEqual([code, out], [2, ""], err);
    assert.match(err.split("\n").at(-2) ?? "", message);
    assert.equal(err.includes("canary"), false);
  }
  assert.equal(existsSync(file), false);
});
