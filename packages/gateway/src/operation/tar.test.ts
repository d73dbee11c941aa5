import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import fc from "fast-check";
import { tarLength, tarOf, unpackTar } from "./tar.ts";

const withFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-tar-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const contents = {
  "backup.json": "{}",
  "meterport.db": "x".repeat(513),
  "access.json": "",
  "demo.json": "y".repeat(512),
};

const packed = async (folder: string): Promise<Buffer> => {
  const files = Object.entries(contents).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return { name, path: join(folder, name), bytes: text.length };
  });
  const pieces: Uint8Array[] = [];
  for await (const piece of tarOf(files, Date.UTC(2026, 0, 1))) pieces.push(piece);
  const whole = Buffer.concat(pieces);
  assert.equal(whole.length, tarLength(files));
  return whole;
};

const unpacked = async (folder: string, archive: Uint8Array): Promise<Record<string, string>> => {
  const [path, target] = [join(folder, "archive.tar"), join(folder, "target")];
  writeFileSync(path, archive);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  await unpackTar(path, target, (name) => Object.hasOwn(contents, name));
  return Object.fromEntries(readdirSync(target).map((name) => [name, readFileSync(join(target, name), "utf8")]));
};

test("what was packed is unpacked again", () =>
  withFolder(async (folder) => {
    assert.deepEqual(await unpacked(folder, await packed(folder)), contents);
  }));

test("the system's tar reads it, and what it packs with folders is read", { skip: process.platform === "win32" }, () =>
  withFolder(async (folder) => {
    const source = join(folder, "source");
    mkdirSync(source);
    const path = join(folder, "ours.tar");
    writeFileSync(path, await packed(source));
    const listed = execFileSync("tar", ["-tf", path], { encoding: "utf8" });
    assert.deepEqual(listed.trim().split("\n"), Object.keys(contents));
    for (const form of ["ustar", "gnu", "posix"]) {
      execFileSync("tar", [`--format=${form}`, "-C", folder, "-cf", path, "source"]);
      assert.deepEqual(await unpacked(folder, readFileSync(path)), contents, form);
    }
  }),
);

test("a file that no backup holds, or the same one twice, is refused", () =>
  withFolder(async (folder) => {
    const archive = await packed(folder);
    const twice = Buffer.concat([archive.subarray(0, 1_024), archive]);
    await assert.rejects(unpacked(folder, twice), UsageError);
    const path = join(folder, "archive.tar");
    writeFileSync(path, archive);
    mkdirSync(join(folder, "none"));
    await assert.rejects(
      unpackTar(path, join(folder, "none"), () => false),
      UsageError,
    );
    assert.deepEqual(readdirSync(join(folder, "none")), []);
  }));

test("one that is cut off at any place is refused", () =>
  withFolder(async (folder) => {
    const archive = await packed(folder);
    for (let length = 0; length < archive.length - 1_024; length += 256)
      await assert.rejects(unpacked(folder, archive.subarray(0, length)), UsageError, String(length));
  }));

const seed = Number(process.env.METERPORT_TEST_SEED ?? 1 + Math.floor(Math.random() * 2 ** 31));

test(`damage is refused with a sentence, or changes what is inside alone (seed ${seed})`, () =>
  withFolder(async (folder) => {
    const archive = await packed(folder);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        async (damage) => {
          const damaged = Buffer.from(archive);
          for (const [at, byte] of damage) damaged[at] = byte;
          try {
            const found = await unpacked(folder, damaged);
            for (const name of Object.keys(found)) assert.ok(Object.hasOwn(contents, name), name);
          } catch (error) {
            assert.ok(error instanceof UsageError, String(error));
          }
        },
      ),
      { seed, numRuns: 200 },
    );
  }));
