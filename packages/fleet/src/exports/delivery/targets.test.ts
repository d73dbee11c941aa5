import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { freePort } from "../../../../../test/support/free-port.ts";
import { folderFor, staged } from "./delivery.test-kit.ts";
import { folderTarget } from "./folder-target.ts";
import { httpsTarget } from "./https-target.ts";
import { sftpTarget } from "./sftp-target.ts";
import { Spool } from "./spool.ts";
import { skipSftp, startSshd } from "./sshd.test-kit.ts";
import { DeliveryError, FileRefused, type Parcel } from "./target.ts";

const never = new AbortController().signal;

const parcelIn = (folder: string, name = "a.csv", parts = ["one\n", "two\n"]): Parcel => {
  const spool = new Spool(join(folder, `spool-${name}`));
  spool.add(staged(name, parts));
  const parcel = spool.first();
  assert.ok(parcel);
  return parcel;
};

describe("a folder", () => {
  test("has each file at once and whole, and may get it again", async (t) => {
    const folder = folderFor(t);
    const target = folderTarget(join(folder, "out"));
    mkdirSync(join(folder, "out"));
    const parcel = parcelIn(folder);
    for (const attempt of [1, 2]) await target.deliver(parcel, attempt, never);
    assert.deepEqual(readdirSync(join(folder, "out")), ["a.csv", "a.csv.manifest"]);
    assert.equal(readFileSync(join(folder, "out", "a.csv"), "utf8"), "one\ntwo\n");
  });

  test("that is not there takes nothing, and is not made", async (t) => {
    const folder = folderFor(t);
    const target = folderTarget(join(folder, "mount"));
    await assert.rejects(
      target.deliver(parcelIn(folder), 1, never),
      /mount does not take files \(ENOENT\): look whether it is there/,
    );
    assert.ok(!existsSync(join(folder, "mount")));
  });
});

/** To mount a folder of a certain size takes root. */
const hasDisks = process.getuid?.() === 0 && process.platform === "linux";

const isNoRefusal = (error: unknown): boolean => error instanceof DeliveryError && !(error instanceof FileRefused);

describe("SFTP", () => {
  test("puts whole files on a real OpenSSH server, and puts them again after a repeated attempt", {
    skip: skipSftp,
  }, async (t) => {
    const { folder, settings } = await startSshd(t);
    const target = sftpTarget(settings);
    const parcel = parcelIn(folder);
    for (const attempt of [1, 1, 2]) await target.deliver(parcel, attempt, never);
    assert.deepEqual(readdirSync(settings.folder), ["a.csv", "a.csv.manifest"]);
    for (const { name } of parcel.files)
      assert.deepEqual(readFileSync(join(settings.folder, name)), readFileSync(join(parcel.folder, name)));
  });

  test("says why a server took nothing: wrong key, unknown server, absent folder, nobody there", {
    skip: skipSftp,
  }, async (t) => {
    const { folder, settings, stop } = await startSshd(t);
    const parcel = parcelIn(folder);
    const attempt = async (changes: Partial<typeof settings>): Promise<void> => {
      const delivering = sftpTarget({ ...settings, ...changes }).deliver(parcel, 1, never);
      await assert.rejects(delivering, isNoRefusal);
      return delivering;
    };
    await assert.rejects(attempt({ keyFile: join(folder, "stranger") }), /Permission denied \(publickey\)/);
    writeFileSync(join(folder, "nobody-known"), "");
    await assert.rejects(attempt({ knownHostsFile: join(folder, "nobody-known") }), /Host key verification failed/);
    await assert.rejects(attempt({ folder: join(folder, "absent") }), /No such file/);
    await stop();
    await assert.rejects(attempt({}), /Connection refused/);
    assert.deepEqual(readdirSync(settings.folder), []);
  });

  test("tells a file that it refuses from a server that takes nothing: another file shows it, and nothing stays", {
    skip: skipSftp,
  }, async (t) => {
    const { folder, settings } = await startSshd(t);
    const target = sftpTarget(settings);
    const parcel = parcelIn(folder);
    // Something else is there under its name.
    mkdirSync(join(settings.folder, "a.csv", "x"), { recursive: true });
    const refusal = (attempt: number, error: unknown): boolean => {
      assert.ok(error instanceof FileRefused, String(error));
      assert.match(
        error.message,
        /in takes other files, and not these: remote rename .*a\.csv".*: Failure$/,
        `${attempt}`,
      );
      return true;
    };
    for (const attempt of [1, 2])
      await assert.rejects(target.deliver(parcel, attempt, never), (error) => refusal(attempt, error));
    assert.deepEqual(readdirSync(settings.folder), ["a.csv", "a.csv.manifest"]);
    assert.ok(statSync(join(settings.folder, "a.csv")).isDirectory());
    // Nothing has room or may be written here: that is no fault of the file.
    const nowhere = sftpTarget({ ...settings, folder: "/proc" });
    await assert.rejects(nowhere.deliver(parcel, 1, never), isNoRefusal);
    rmSync(join(settings.folder, "a.csv"), { recursive: true });
    await target.deliver(parcel, 3, never);
    assert.equal(readFileSync(join(settings.folder, "a.csv"), "utf8"), "one\ntwo\n");
  });

  test("a file that is too large for the room of the server is refused, and leaves the room to others", {
    skip: skipSftp || !hasDisks,
  }, async (t) => {
    const { folder, settings } = await startSshd(t);
    assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", settings.folder]).status, 0);
    try {
      const target = sftpTarget(settings);
      await assert.rejects(target.deliver(parcelIn(folder, "big.csv", ["x".repeat(100_000)]), 1, never), FileRefused);
      assert.deepEqual(readdirSync(settings.folder), ["big.csv.manifest"]);
      await target.deliver(parcelIn(folder), 1, never);
      // Full to the last byte: nothing is taken.
      spawnSync("dd", ["if=/dev/zero", `of=${join(settings.folder, "others")}`, "bs=1k"]);
      await assert.rejects(target.deliver(parcelIn(folder, "b.csv"), 1, never), isNoRefusal);
    } finally {
      spawnSync("umount", [settings.folder]);
    }
  });

  test("a program that hangs is ended", async (t) => {
    const folder = folderFor(t);
    const program = join(folder, "hangs");
    writeFileSync(program, "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
    const settings = {
      host: "h",
      user: "u",
      folder: "in",
      keyFile: "/k",
      knownHostsFile: "/h",
      program,
      timeoutSeconds: 0.05,
    };
    await assert.rejects(sftpTarget(settings).deliver(parcelIn(folder), 1, never), /took longer than 0.05 s/);
  });

  test("refuses settings that would leave the batch or be taken for options", () => {
    const good = { host: "mdm.example", user: "u", folder: "in", keyFile: "/k", knownHostsFile: "/h" };
    const wrong = [
      { host: "-oProxyCommand=x" },
      { user: "-l" },
      { user: "a b" },
      { folder: 'in"\nrm x' },
      { keyFile: 'a"b' },
      { knownHostsFile: "%h" },
    ];
    for (const changes of wrong) assert.throws(() => sftpTarget({ ...good, ...changes }), /SFTP target/);
    assert.equal(sftpTarget(good).name, "sftp://u@mdm.example:22/in");
  });
});

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
};

/** A server that answers with the given listener. */
const startHttp = async (t: TestContext, listener: RequestListener): Promise<string> => {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return `http://127.0.0.1:${address.port}/in`;
};

describe("HTTPS", () => {
  test("posts each file with token, digest and a key that stays the same", async (t) => {
    const folder = folderFor(t);
    const got: { readonly headers: IncomingMessage["headers"]; readonly body: string }[] = [];
    const url = await startHttp(t, async (request, response) => {
      got.push({ headers: request.headers, body: await bodyOf(request) });
      response.writeHead(201).end("taken");
    });
    writeFileSync(join(folder, "token"), "s3cret\n");
    const target = httpsTarget({ url, tokenFile: join(folder, "token") });
    const parcel = parcelIn(folder);
    for (const attempt of [1, 2]) await target.deliver(parcel, attempt, never);
    assert.deepEqual(
      got.map(({ headers }) => headers["content-disposition"]),
      [
        'attachment; filename="a.csv.manifest"',
        'attachment; filename="a.csv"',
        'attachment; filename="a.csv.manifest"',
        'attachment; filename="a.csv"',
      ],
    );
    const [, data, , again] = got;
    assert.equal(data?.body, "one\ntwo\n");
    assert.equal(data?.headers.authorization, "Bearer s3cret");
    assert.equal(data?.headers["content-type"], "text/csv");
    // printf 'one\ntwo\n' | openssl dgst -sha256 -binary | base64
    assert.equal(data?.headers["content-digest"], "sha-256=:w/nIwoOisfLxiW8noBy+PN3Aydk/dS5GOQNaD1s29ug=:");
    assert.equal(data?.headers["idempotency-key"], again?.headers["idempotency-key"]);
    assert.notEqual(got[0]?.headers["idempotency-key"], data?.headers["idempotency-key"]);
    assert.equal(target.name, url);
  });

  test("an answer about the file is a refusal with what the target says, in one bounded line and without the token", async (t) => {
    const folder = folderFor(t);
    writeFileSync(join(folder, "token"), "s3cret");
    const refusal = async (status: number, body: string): Promise<Error> => {
      const url = await startHttp(t, (request, response) => {
        request.resume();
        response.writeHead(status).end(body);
      });
      const target = httpsTarget({ url, tokenFile: join(folder, "token") });
      return target.deliver(parcelIn(folder), 1, never).then(
        () => new Error("was taken"),
        (error: Error) => error,
      );
    };
    const refused = await refusal(422, "no such point:\n\u001b[31m5713\u001b[0m");
    assert.ok(refused instanceof FileRefused);
    assert.match(refused.message, /answered 422 to a\.csv\.manifest: no such point: \S*5713\S*$/);
    assert.doesNotMatch(refused.message, /\p{Cc}/u);
    assert.ok((await refusal(400, "x".repeat(1e6))).message.length < 450);
    assert.match((await refusal(409, "your token s3cret is old")).message, /answered 409 to a\.csv\.manifest$/);
    for (const status of [401, 404, 429, 503]) assert.ok(!((await refusal(status, "later")) instanceof FileRefused));
  });

  test("any other answer, a redirect, silence and nobody are failures, and none tells the token", async (t) => {
    const folder = folderFor(t);
    writeFileSync(join(folder, "token"), "s3cret");
    const parcel = parcelIn(folder);
    const reason = async (url: string, timeoutSeconds = 10): Promise<string> => {
      const target = httpsTarget({ url, tokenFile: join(folder, "token"), timeoutSeconds });
      const error = await target.deliver(parcel, 1, never).then(
        () => new Error("was taken"),
        (error: Error) => error,
      );
      assert.doesNotMatch(`${error.message} ${error.stack}`, /s3cret/);
      return error.message;
    };
    const answering = (status: number, headers: Record<string, string> = {}) =>
      startHttp(t, (request, response) => {
        request.resume();
        response.writeHead(status, headers).end();
      });
    assert.match(await reason(await answering(422)), /answered 422 to a\.csv\.manifest/);
    let followed = 0;
    const elsewhere = await startHttp(t, (_request, response) => {
      followed++;
      response.end();
    });
    assert.match(await reason(await answering(307, { location: elsewhere })), /answered 307/);
    assert.equal(followed, 0, "a redirect would carry the token elsewhere");
    assert.match(await reason(await startHttp(t, () => {}), 0.05), /does not answer \(within 0.05 s\)/);
    assert.match(await reason(`http://127.0.0.1:${await freePort()}/`), /does not answer \(ECONNREFUSED\)/);
    writeFileSync(join(folder, "token"), "two\nlines");
    assert.match(await reason(elsewhere), /does not hold one line with a token/);
  });

  test("an address that would show the token to others is refused", () => {
    for (const url of ["http://mdm.example/in", "https://u:p@mdm.example/", "ftp://x", "mdm"])
      assert.throws(() => httpsTarget({ url }), /begins with https:\/\//);
    assert.equal(httpsTarget({ url: "https://mdm.example/in?key=1" }).name, "https://mdm.example/in");
  });
});
