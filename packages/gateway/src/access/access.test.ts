import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { createAccess, type SignIn } from "./access.ts";
import { accessBook } from "./access-book.ts";

const password = "correct horse battery";
const minute = 60_000;

const setup = (t: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-access-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const clock = new VirtualClock({ wall: Date.UTC(2026, 0, 1, 12) });
  const lines: string[] = [];
  const note = (line: string) => void lines.push(line);
  const options = {
    folder,
    clock,
    entropy: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
    log: { info: note, warn: note, error: note },
    cost: { N: 2, r: 1, p: 1 },
  };
  const open = () => createAccess(options);
  return { folder, clock, lines, options, open, book: accessBook(options) };
};

const sessionOf = (outcome: SignIn | { readonly result: "refused" }): string => {
  assert.equal(outcome.result, "done");
  return outcome.result === "done" ? outcome.id : "";
};

const from = (address: string, name = "anna", given = password) => ({ name, password: given, address });

test("a user signs in, is known by the session, also after a restart, and signs out", async (t) => {
  const { book, open, lines } = setup(t);
  await book.addUser("Anna", password, "operate");
  const access = open();
  const id = sessionOf(await access.signIn(from("10.0.0.1")));
  assert.deepEqual(access.bySession(id), { kind: "user", name: "Anna", scope: "operate" });
  assert.deepEqual(open().bySession(id), { kind: "user", name: "Anna", scope: "operate" });
  access.signOut(id);
  assert.equal(access.bySession(id), undefined);
  assert.equal(open().bySession(id), undefined);
  assert.equal(lines.join("\n").includes(password), false);
});

test("neither file holds a password, a token or a session, and nobody else may read them", async (t) => {
  const { folder, book, open } = setup(t);
  await book.addUser("anna", password, "admin");
  const { token } = book.addToken("script", "read");
  const id = sessionOf(await open().signIn(from("10.0.0.1")));
  assert.match(token, /^mp_[A-Za-z0-9_-]{43}$/);
  assert.deepEqual(readdirSync(folder).sort(), ["access.json", "sessions.json"]);
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name), "utf8");
    for (const secret of [password, token, token.slice(3), id]) assert.equal(text.includes(secret), false);
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
  }
});

test("an unknown name and a wrong password get the same answer", async (t) => {
  const { book, open, lines } = setup(t);
  await book.addUser("anna", password, "read");
  const access = open();
  assert.deepEqual(await access.signIn(from("10.0.0.1", "anna", "wrong")), { result: "wrong" });
  assert.deepEqual(await access.signIn(from("10.0.0.2", "my secret", "wrong")), { result: "wrong" });
  // A password that was typed as the name.
  assert.equal(lines.join("\n").includes("my secret"), false);
});

test("pauses grow for an address that guesses, whatever the names, and others sign in meanwhile", async (t) => {
  const { book, open, clock } = setup(t);
  await book.addUser("anna", password, "read");
  const access = open();
  const guess = (n: number) => access.signIn(from("10.0.0.1", `name${n}`, "wrong"));
  for (let n = 0; n < 5; n++) assert.equal((await guess(n)).result, "wrong");
  const waits: number[] = [];
  for (let n = 0; n < 12; n++) {
    const outcome = await guess(n);
    assert.equal(outcome.result, "wait");
    const wait = outcome.result === "wait" ? outcome.wait : 0;
    waits.push(wait / 1_000);
    await clock.advance(wait);
    assert.equal((await guess(n)).result, "wrong");
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
  // Not even the right password, until the pause is over.
  assert.equal((await access.signIn(from("10.0.0.1"))).result, "wait");
  assert.equal((await access.signIn(from("10.0.0.2"))).result, "done");
});

test("behind a proxy on this machine, where all addresses are one, pauses stay short", async (t) => {
  const { book, open, clock } = setup(t);
  await book.addUser("anna", password, "read");
  for (const address of ["127.0.0.1", "::1"]) {
    const access = open();
    for (let n = 0; n < 100; n++) {
      await access.signIn(from(address, `name${n}`, "wrong"));
      await clock.advance(10_000);
    }
    await clock.advance(30_000);
    assert.equal((await access.signIn(from(address))).result, "done", address);
  }
});

test("guesses for one name from many addresses have pauses too, short ones", async (t) => {
  const { book, open, clock } = setup(t);
  await book.addUser("anna", password, "read");
  const access = open();
  let wrong = 0;
  for (let n = 0; n < 600; n++) {
    if ((await access.signIn(from(`10.0.${n >> 8}.${n & 255}`, "ANNA", "wrong"))).result === "wrong") wrong++;
    await clock.advance(1_000);
  }
  assert.ok(wrong > 20 && wrong < 40, `${wrong} guesses in ten minutes`);
  await clock.advance(30_000);
  assert.equal((await access.signIn(from("10.9.9.9"))).result, "done");
});

test("guesses at the same time are counted, and at most two are computed at once", async (t) => {
  const { book, options } = setup(t);
  await book.addUser("anna", password, "read");
  const access = createAccess({ ...options, cost: { N: 2 ** 10, r: 8, p: 1 } });
  const same = await Promise.all(Array.from({ length: 50 }, () => access.signIn(from("10.0.0.1", "nobody", "x"))));
  assert.equal(same.filter(({ result }) => result === "wrong").length, 5);
  assert.equal(same.filter(({ result }) => result === "wait").length, 45);
  const others = await Promise.all(
    Array.from({ length: 50 }, (_, n) => access.signIn(from(`10.0.1.${n}`, `nobody${n}`, "x"))),
  );
  assert.equal(others.filter(({ result }) => result === "wrong").length, 10);
  assert.equal(others.filter(({ result }) => result === "busy").length, 40);
});

test("a token counts until it is removed or expires, and the running gateway notices both", async (t) => {
  const { book, open, clock } = setup(t);
  const access = open();
  assert.equal(access.isConfigured(), false);
  const { token } = book.addToken("script", "read", 2 * minute);
  await clock.advance(1_000);
  assert.deepEqual(access.byToken(token), { kind: "token", name: "script", scope: "read" });
  assert.equal(access.byToken(`${token}x`), undefined);
  assert.equal(access.byToken(token.slice(3)), undefined);
  assert.equal(book.tokens()[0]?.used, "2026-01-01T12:00:01.000Z");
  await clock.advance(2 * minute);
  assert.equal(access.byToken(token), undefined);
  const { token: second } = book.addToken("other", "admin");
  await clock.advance(1_000);
  assert.equal(access.byToken(second)?.scope, "admin");
  book.removeToken("Other");
  await clock.advance(1_000);
  assert.equal(access.byToken(second), undefined);
});

test("removing a user or changing the password ends the sessions", async (t) => {
  const { book, open, clock } = setup(t);
  await book.addUser("anna", password, "read");
  await book.addUser("bo", password, "read");
  const access = open();
  const [anna, bo] = [
    sessionOf(await access.signIn(from("10.0.0.1"))),
    sessionOf(await access.signIn(from("10.0.0.1", "bo"))),
  ];
  await book.setPassword("anna", "another password");
  book.removeUser("bo");
  await clock.advance(1_000);
  assert.equal(access.bySession(anna), undefined);
  assert.equal(access.bySession(bo), undefined);
  // Somebody else of that name is not the one who signed in.
  await book.addUser("bo", password, "admin");
  await clock.advance(1_000);
  assert.equal(access.bySession(bo), undefined);
  assert.equal((await access.signIn(from("10.0.0.1", "anna", "another password"))).result, "done");
});

test("sessions end after two weeks without use, and after ninety days in any case", async (t) => {
  const { book, open, clock } = setup(t);
  await book.addUser("anna", password, "read");
  const access = open();
  const day = 86_400_000;
  const unused = sessionOf(await access.signIn(from("10.0.0.1")));
  const used = sessionOf(await access.signIn(from("10.0.0.1")));
  for (let n = 0; n < 89; n++) {
    await clock.advance(day);
    assert.ok(access.bySession(used) !== undefined, `day ${n + 1}`);
  }
  assert.equal(access.bySession(unused), undefined);
  await clock.advance(day);
  assert.equal(access.bySession(used), undefined);
});

test("a user has at most twenty sessions: the one used longest ago ends", async (t) => {
  const { book, open } = setup(t);
  await book.addUser("anna", password, "read");
  const access = open();
  const ids: string[] = [];
  for (let n = 0; n < 21; n++) ids.push(sessionOf(await access.signIn(from("10.0.0.1"))));
  assert.deepEqual(
    ids.map((id) => access.bySession(id) !== undefined),
    [false, ...Array.from({ length: 20 }, () => true)],
  );
});

test("the pairing code makes the first user, once", async (t) => {
  const { open, book, clock } = setup(t);
  const access = open();
  const code = access.openPairing() ?? "";
  assert.match(code, /^\d{4} \d{4}$/);
  assert.equal((await access.pair(code, from("10.0.0.1", "anna", "short"))).result, "refused");
  const paired = await access.pair(code, from("10.0.0.1"));
  assert.equal(paired.result, "done");
  assert.deepEqual(book.users(), [{ name: "anna", scope: "admin", created: "2026-01-01T12:00:00.000Z" }]);
  assert.equal((await access.pair(code, from("10.0.0.1", "eve"))).result, "refused");
  assert.equal(access.openPairing(), undefined);
  await clock.advance(1_000);
  assert.equal(access.isPairing(), false);
});

test("pairing ends after five tries from anywhere, and after ten minutes", async (t) => {
  const { open, clock, book } = setup(t);
  const access = open();
  const code = access.openPairing() ?? "";
  const wrong = code.startsWith("0") ? "1111 1111" : "0000 0000";
  for (let n = 0; n < 5; n++) assert.equal((await access.pair(wrong, from(`10.0.0.${n}`))).result, "wrong");
  assert.equal((await access.pair(code, from("10.0.1.1"))).result, "refused");
  const again = access.openPairing() ?? "";
  await clock.advance(10 * minute);
  assert.equal(access.isPairing(), false);
  assert.equal((await access.pair(again, from("10.0.1.2"))).result, "refused");
  assert.deepEqual(book.users(), []);
});

test("a damaged file ends the start; while the gateway runs, the rights before it stay", async (t) => {
  const { folder, book, open, clock, lines } = setup(t);
  await book.addUser("anna", password, "read");
  const access = open();
  const path = join(folder, "access.json");
  writeFileSync(path, '{ "users": [] }');
  await clock.advance(1_000);
  assert.equal(access.hasUsers(), true);
  assert.match(lines.at(-1) ?? "", /access\.json is damaged at format: restore it .*; until then the previous users/);
  assert.throws(open, (error: unknown) => error instanceof UsageError && /damaged/.test(error.message));
  writeFileSync(path, `{"canary ${password}`);
  assert.throws(open, (error: unknown) => error instanceof UsageError && !error.message.includes("canary"));
  await assert.rejects(book.addUser("bo", password, "read"), /damaged/);
});

test("a file that cannot be read for a moment is read again, and the log says so once", async (t) => {
  const { folder, book, open, clock, lines } = setup(t);
  const { token } = book.addToken("script", "admin");
  const access = open();
  assert.equal(access.byToken(token)?.scope, "admin");
  const path = join(folder, "access.json");
  book.removeToken("script");
  const revoked = readFileSync(path, "utf8");
  const { mtime } = statSync(path);
  // As a file system that fails: the same version of the file, but not its content.
  writeFileSync(path, " ".repeat(revoked.length));
  utimesSync(path, mtime, mtime);
  for (let n = 0; n < 5; n++) {
    await clock.advance(1_000);
    access.isConfigured();
  }
  assert.equal(lines.filter((line) => /damaged/.test(line)).length, 1, lines.join("\n"));
  writeFileSync(path, revoked);
  utimesSync(path, mtime, mtime);
  await clock.advance(1_000);
  assert.equal(access.byToken(token), undefined, "the removal of a token is not lost");
});

test("once there was a user, loopback stays closed: without users, without the file, and after a restart", async (t) => {
  const { folder, book, open, clock } = setup(t);
  const access = open();
  assert.equal(access.asksWho(), false);
  await book.addUser("anna", password, "admin");
  await clock.advance(1_000);
  assert.equal(access.asksWho(), true);
  book.removeUser("anna");
  await clock.advance(1_000);
  assert.deepEqual([access.asksWho(), access.hasUsers(), access.isConfigured()], [true, false, false]);
  assert.equal(open().asksWho(), true, "also after a restart");
  rmSync(join(folder, "access.json"));
  await clock.advance(1_000);
  assert.equal(access.asksWho(), true, "a file that disappears opens nothing");
  assert.equal(open().asksWho(), false, "a folder without the file is new");
});

test("a use that is noted late does not bring a removed file back", async (t) => {
  const { folder, book, open } = setup(t);
  const { token } = book.addToken("script", "read");
  const access = open();
  rmSync(join(folder, "access.json"));
  access.byToken(token);
  assert.deepEqual(readdirSync(folder), []);
});

test("a password with zeros behind it is another password", async (t) => {
  const { book, open } = setup(t);
  await book.addUser("anna", password, "admin");
  assert.equal((await open().signIn(from("10.0.0.1", "anna", `${password}\0`))).result, "wrong");
});

test("another scope takes effect for sessions that are open", async (t) => {
  const { book, open, clock } = setup(t);
  await book.addUser("anna", password, "admin");
  const access = open();
  const id = sessionOf(await access.signIn(from("10.0.0.1")));
  assert.deepEqual(book.setScope("ANNA", "read").scope, "read");
  await clock.advance(1_000);
  assert.deepEqual(access.bySession(id), { kind: "user", name: "anna", scope: "read" });
  assert.throws(() => book.setScope("bo", "read"), /there is no user of that name/);
});

test("two programs do not change the file at once, and a lock of one that died is broken", async (t) => {
  const { folder, options } = setup(t);
  const book = accessBook({ ...options, clock: { wall: () => Date.now() } });
  const lock = join(folder, "access.json.lock");
  writeFileSync(lock, "");
  assert.throws(() => book.addToken("one", "read"), /another program is changing .*: try again in a moment/);
  const old = new Date(Date.now() - 20_000);
  utimesSync(lock, old, old);
  book.addToken("one", "read");
  assert.deepEqual(readdirSync(folder), ["access.json"]);
});

test("names and passwords that cannot be used are refused with one sentence that repeats neither", async (t) => {
  const { book } = setup(t);
  await book.addUser("Anna", password, "read");
  const refusals: readonly (readonly [name: string, password: string, message: RegExp])[] = [
    ["anna", password, /there is a user anna already/],
    ["", password, /must be 1 to 63 letters/],
    ["mp_canary", password, /must be 1 to 63 letters/],
    ["bo", "canary", /has 6 characters: choose one of at least 10/],
    ["bo", "canary".repeat(100), /longer than 512/],
    ["canary-canary", "Canary-canary", /the same as the name/],
    ["bo", "aaaaaaaaaaaab", /repeats the same few characters/],
    ["bo", "canary battery\0\0", /holds a control character/],
  ];
  for (const [name, given, message] of refusals) {
    await assert.rejects(book.addUser(name, given, "read"), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /canary/i);
      return true;
    });
  }
  await assert.rejects(book.setPassword("nobody", password), /there is no user of that name; meterport user list/);
  assert.throws(() => book.removeToken("mp_canary"), /^UsageError: there is no token of that name/);
});
