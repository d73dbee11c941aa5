import assert from "node:assert/strict";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createOutputFile } from "./output-file.ts";

const folder = mkdtempSync(join(tmpdir(), "meterport-files-"));
after(() => rmSync(folder, { recursive: true }));
const once = { over: false, growing: false };
const modeOf = (path: string): number => statSync(path).mode & 0o777;

test("a file gets its name when closed, complete and for its owner only", () => {
  const path = join(folder, "new/one.json");
  const file = createOutputFile(path, once);
  file.write("{}");
  assert.equal(existsSync(path), false);
  file.close();
  assert.deepEqual([readFileSync(path, "utf8"), readdirSync(join(folder, "new"))], ["{}", ["one.json"]]);
  if (process.platform !== "win32") assert.equal(modeOf(path), 0o600);
});

test("a discarded file leaves nothing, and an earlier one stays", () => {
  const path = join(folder, "kept.json");
  writeFileSync(path, "before");
  const file = createOutputFile(path, { over: true, growing: false });
  file.write("cut");
  file.discard();
  assert.deepEqual(
    [readFileSync(path, "utf8"), readdirSync(folder).filter((name) => /part/.test(name))],
    ["before", []],
  );
});

test("an existing name is refused at the beginning and at the end, and overwritten on request", () => {
  const path = join(folder, "taken.json");
  const late = createOutputFile(path, once);
  writeFileSync(path, "somebody's");
  assert.throws(() => late.close(), /taken\.json already exists: .*--force/);
  for (const growing of [false, true])
    assert.throws(() => createOutputFile(path, { over: false, growing }), /already exists/);
  assert.equal(readFileSync(path, "utf8"), "somebody's");
  for (const growing of [false, true]) {
    const file = createOutputFile(path, { over: true, growing });
    file.write(String(growing));
    file.close();
    assert.equal(readFileSync(path, "utf8"), String(growing));
    if (process.platform !== "win32") assert.equal(modeOf(path), 0o600);
  }
});

test("a capture can be read while it grows", () => {
  const path = join(folder, "growing.ndjson");
  const file = createOutputFile(path, { over: false, growing: true });
  file.write("line\n");
  assert.equal(readFileSync(path, "utf8"), "line\n");
  file.close();
});

test("a link stays a link, and a device takes bytes without being replaced", {
  skip: process.platform === "win32",
}, () => {
  const path = join(folder, "target.json");
  const link = join(folder, "link.json");
  writeFileSync(path, "old");
  symlinkSync(path, link);
  const file = createOutputFile(link, { over: true, growing: false });
  file.write("new");
  file.close();
  assert.equal(readFileSync(path, "utf8"), "new");
  const device = createOutputFile("/dev/null", once);
  device.write("x");
  device.close();
  assert.ok(statSync("/dev/null").isCharacterDevice());
});
