/** Real targets that are gone for long, while the deliverer's time is virtual. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { freePort } from "../../../../../test/support/free-port.ts";
import { VirtualClock } from "../../../../../test/support/virtual-clock.ts";
import { Deliverer } from "./deliverer.ts";
import { created, folderFor, staged } from "./delivery.test-kit.ts";
import { folderTarget } from "./folder-target.ts";
import { httpsTarget } from "./https-target.ts";
import { sftpTarget } from "./sftp-target.ts";
import { Spool } from "./spool.ts";
import { skipSftp, startSshd } from "./sshd.test-kit.ts";
import type { Target } from "./target.ts";

const hour = 3_600_000;
const names = ["day-0.csv", "day-1.csv", "day-2.csv"];

/** Tries for so many hours, then lets the target come back; gives how many attempts failed. */
const awayFor = async (t: TestContext, hours: number, target: Target, comeBack: () => Promise<void>) => {
  const clock = new VirtualClock({ wall: created });
  const spool = new Spool(folderFor(t));
  let trying: Promise<void> | undefined;
  const watched: Target = {
    name: target.name,
    deliver: (...given) => {
      trying = target.deliver(...given);
      return trying;
    },
  };
  const settled = async (): Promise<void> => {
    for (let last: typeof trying; last !== trying; ) {
      last = trying;
      await last?.catch(() => {});
      for (let n = 0; n < 5; n++) await setImmediate();
    }
  };
  const deliverer = new Deliverer({ ...{ spool, clock, chance: () => 0, log: () => {} }, target: watched });
  const stop = new AbortController();
  for (const name of names) spool.add(staged(name));
  const ended = deliverer.run(stop.signal);
  for (let n = 0; n < hours; n++) {
    await settled();
    await clock.advance(hour);
  }
  await settled();
  const { waiting, failures } = deliverer.status();
  assert.equal(waiting, names.length, "nothing was refused or set aside");
  await comeBack();
  deliverer.retryNow();
  await settled();
  assert.equal(deliverer.status().waiting, 0);
  stop.abort();
  await ended;
  return failures;
};

const isComplete = (folder: string): void =>
  assert.deepEqual(
    readdirSync(folder).sort(),
    names.flatMap((name) => [name, `${name}.manifest`]),
  );

test("a folder that is not mounted for a week has each file afterwards", async (t) => {
  const folder = join(folderFor(t), "mount");
  const failures = await awayFor(t, 7 * 24, folderTarget(folder), async () => void mkdirSync(folder));
  assert.ok(failures > 160, `${failures}`);
  isComplete(folder);
});

test("a web address at which nobody is for a week gets each file afterwards, once and in order", async (t) => {
  const port = await freePort();
  const got: string[] = [];
  const server = createServer((request, response) => {
    got.push(/filename="(.*)"/.exec(String(request.headers["content-disposition"]))?.[1] ?? "");
    request.resume();
    response.writeHead(201).end();
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const failures = await awayFor(t, 7 * 24, httpsTarget({ url: `http://127.0.0.1:${port}/in` }), async () => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  });
  assert.ok(failures > 160, `${failures}`);
  assert.deepEqual(
    got,
    names.flatMap((name) => [`${name}.manifest`, name]),
  );
});

test("an SFTP server that is off for a day gets each file afterwards", { skip: skipSftp }, async (t) => {
  const { settings, stop, start } = await startSshd(t);
  await stop();
  const failures = await awayFor(t, 24, sftpTarget(settings), async () => t.after(await start()));
  assert.ok(failures > 20, `${failures}`);
  isComplete(settings.folder);
});
