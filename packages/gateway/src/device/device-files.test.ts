import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { DeviceFolder, deviceFolderOf } from "./device-files.ts";

describe("the folder of a device", () => {
  let data = "";
  before(() => {
    data = mkdtempSync(join(tmpdir(), "meterport-files-"));
  });
  after(() => rmSync(data, { recursive: true }));
  let count = 0;
  const fresh = () => {
    const folder = deviceFolderOf(data, `point-${count++}`);
    let wall = 1_000;
    const clock = { wall: () => wall++ };
    return { folder, open: () => new DeviceFolder(folder, clock) };
  };
  const memory = (n: number) => ({ meter: "1", handle: n }) as never;

  test("keeps what was saved last, for its owner only", async () => {
    const { folder, open } = fresh();
    const one = open();
    assert.equal(await one.role.load(), undefined);
    // Not one after the other: a session that is over may still be saving.
    await Promise.all([1, 2, 3].map((n) => one.role.save(memory(n))));
    assert.deepEqual(await open().role.load(), memory(3));
    assert.equal(statSync(join(folder, "role.json")).mode & 0o077, 0);
    assert.equal(statSync(folder).mode & 0o077, 0);
  });

  test("a crash between writing and renaming leaves what was there before", async () => {
    const { folder, open } = fresh();
    await open().role.save(memory(1));
    writeFileSync(join(folder, "role.json.new"), '{"meter":"1","han');
    assert.deepEqual(await open().role.load(), memory(1));
    await open().role.save(memory(2));
    assert.deepEqual(await open().role.load(), memory(2));
  });

  test("damaged and endless memory counts as forgotten; what cannot be reached does not", async () => {
    const { folder, open } = fresh();
    const one = open();
    writeFileSync(join(folder, "role.json"), "{");
    assert.equal(await one.role.load(), undefined);
    writeFileSync(join(folder, "role.json"), `"${"x".repeat(1_000_001)}"`);
    assert.equal(await one.role.load(), undefined);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "a file in its place");
    await assert.rejects(one.role.load(), /ENOTDIR/);
    await assert.rejects(one.role.save(memory(1)));
  });

  test("a failed save is told, and the next one is tried", async () => {
    const { folder, open } = fresh();
    const one = open();
    rmSync(folder, { recursive: true });
    await assert.rejects(one.role.save(memory(1)));
    open();
    await one.role.save(memory(2));
    assert.deepEqual(await one.role.load(), memory(2));
  });

  test("a file comes in pieces, over a restart, and has its name when it is whole", async () => {
    const { folder, open } = fresh();
    const one = open();
    await one.sink.begin();
    await one.sink.write(54, Uint8Array.of(4, 5, 6));
    const next = open();
    await next.sink.write(0, new Uint8Array(54).fill(1));
    assert.deepEqual(await next.files(), []);
    assert.deepEqual(await next.sink.read(53, 3), Uint8Array.of(1, 4, 5));
    assert.deepEqual(await next.sink.read(56, 9), Uint8Array.of(6));
    await next.sink.complete(56, true);
    const [file] = await next.files();
    assert.deepEqual([file?.bytes, file?.verified], [56, true]);
    assert.equal((await next.file(file?.name ?? ""))?.length, 56);
    assert.equal(statSync(join(folder, file?.name ?? "")).mode & 0o177, 0, "readable by its owner, run by nobody");
    // A crash before it was remembered as complete.
    await next.sink.complete(56, true);
    assert.equal((await next.files()).length, 1);
  });

  test("a new file drops what came of the one before, and drop leaves nothing", async () => {
    const { folder, open } = fresh();
    const one = open();
    await one.sink.begin();
    await one.sink.write(0, new Uint8Array(200));
    await one.sink.begin();
    assert.equal((await one.sink.read(0, 200)).length, 0);
    await one.sink.drop();
    await one.sink.drop();
    assert.equal(existsSync(join(folder, "incoming.part")), false);
  });

  test("only the newest eight stay, and only their names open anything", async () => {
    const { folder, open } = fresh();
    const one = open();
    for (let n = 0; n < 10; n++) {
      await one.sink.begin();
      await one.sink.write(0, Uint8Array.of(n));
      await one.sink.complete(1, false);
    }
    const files = await one.files();
    assert.equal(files.length, 8);
    assert.deepEqual(await one.file(files[0]?.name ?? ""), Buffer.from([2]));
    assert.deepEqual(await one.files(), files, "the hashes are kept");
    for (const name of ["role.json", "../point-0/role.json", "", "x.bin"])
      assert.equal(await one.file(name), undefined);
    assert.equal(readdirSync(folder).filter((name) => name.endsWith(".bin")).length, 8);
  });

  test("a piece that cannot be written is an error, not a gap", { skip: process.getuid?.() === 0 }, async () => {
    const { folder, open } = fresh();
    const one = open();
    await one.sink.begin();
    chmodSync(join(folder, "incoming.part"), 0o400);
    await assert.rejects(one.sink.write(0, Uint8Array.of(1)));
  });

  test("a piece without a beginning is an error", async () => {
    await assert.rejects(fresh().open().sink.write(0, Uint8Array.of(1)), /ENOENT/);
  });
});
