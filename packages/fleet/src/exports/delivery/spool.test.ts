import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash, createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { peer } from "../../../../../test/support/peers.ts";
import { created, folderFor, staged } from "./delivery.test-kit.ts";
import { signerFrom } from "./signature.ts";
import { Spool } from "./spool.ts";

const openssl = peer("openssl");

const writeKey = (folder: string, type: "ed25519" | "x25519" = "ed25519"): string => {
  const { privateKey } = generateKeyPairSync(type as "ed25519");
  const path = join(folder, "signing.pem");
  writeFileSync(path, privateKey.export({ type: "pkcs8", format: "pem" }));
  return path;
};

describe("the spool", () => {
  test("keeps exports in their order over a restart, and forgets those that were delivered", (t) => {
    const folder = join(folderFor(t), "spool");
    const spool = new Spool(folder);
    for (const name of ["a.csv", "b.csv", "c.csv"]) assert.ok(spool.add(staged(name)));
    const first = spool.first();
    assert.equal(first?.name, "a.csv");
    assert.equal(first?.created, created);
    if (first !== undefined) spool.remove(first);
    const again = new Spool(folder);
    assert.deepEqual(again.waiting(), ["0000000002-b.csv", "0000000003-c.csv"]);
    again.add(staged("a.csv"));
    assert.equal(again.waiting().at(-1), "0000000004-a.csv");
  });

  test("lists the manifest before the data, and the manifest names file, checksum and versions", (t) => {
    const spool = new Spool(folderFor(t));
    spool.add(staged("a.csv", ["one\n", "", "two ä\n"]));
    const parcel = spool.first();
    assert.ok(parcel);
    assert.deepEqual(
      parcel.files.map(({ name }) => name),
      ["a.csv.manifest", "a.csv"],
    );
    const data = readFileSync(join(parcel.folder, "a.csv"));
    assert.equal(data.toString(), "one\ntwo ä\n");
    assert.deepEqual(JSON.parse(readFileSync(join(parcel.folder, "a.csv.manifest"), "utf8")), {
      format: "meterport-export",
      file: "a.csv",
      bytes: data.length,
      sha256: createHash("sha256").update(data).digest("hex"),
      version: 3,
      created: "2026-03-30T04:00:00.000Z",
      carried: [
        {
          point: "home",
          obis: "1-0:1.8.0",
          version: 3,
          start: "1970-01-01T00:00:00.000Z",
          end: "1970-01-01T00:15:00.000Z",
        },
      ],
    });
  });

  test("leaves nothing of an export that fails half way, or that a crash left unfinished", (t) => {
    const folder = folderFor(t);
    const spool = new Spool(folder);
    const failing = function* (): Generator<string> {
      yield "begin";
      throw new Error("the store went away");
    };
    assert.throws(() => spool.add(staged("a.csv", failing())), /the store went away/);
    assert.deepEqual(readdirSync(folder), []);
    mkdirSync(join(folder, ".unfinished-b.csv"));
    writeFileSync(join(folder, ".unfinished-b.csv", "b.csv"), "half");
    assert.equal(new Spool(folder).first(), undefined);
    assert.deepEqual(readdirSync(folder), []);
  });

  test("does not hand over a file without a byte, and refuses names that are paths", (t) => {
    const spool = new Spool(folderFor(t));
    assert.equal(spool.add(staged("none.json", [])), false);
    assert.deepEqual(spool.waiting(), []);
    for (const name of ["../a", "a/b", ".hidden", "", "-rm", 'a"b', "a\nb"])
      assert.throws(() => spool.add(staged(name)), /is not plain/);
  });

  test("the same export has the same bytes, manifest and signature", (t) => {
    const folder = folderFor(t);
    const signer = signerFrom(writeKey(folder));
    const bytesOf = (name: string): readonly string[] => {
      const spool = new Spool(join(folder, name), signer);
      spool.add(staged("a.csv"));
      const parcel = spool.first();
      return parcel?.files.map((file) => readFileSync(join(parcel.folder, file.name), "hex")) ?? [];
    };
    assert.equal(bytesOf("one").length, 3);
    assert.deepEqual(bytesOf("one"), bytesOf("two"));
  });
});

describe("signatures", () => {
  test("of the manifest are valid for the public key, and for nothing that was changed", (t) => {
    const folder = folderFor(t);
    const path = writeKey(folder);
    const spool = new Spool(join(folder, "spool"), signerFrom(path));
    spool.add(staged("a.csv"));
    const parcel = spool.first();
    assert.ok(parcel);
    const read = (name: string): Buffer => readFileSync(join(parcel.folder, name));
    const key = createPublicKey(readFileSync(path));
    const [manifest, signature] = [read("a.csv.manifest"), read("a.csv.manifest.sig")];
    assert.ok(verify(null, manifest, key, signature));
    manifest[20] = (manifest[20] ?? 0) ^ 1;
    assert.ok(!verify(null, manifest, key, signature));
  });

  test("are verified by OpenSSL as the docs say", { skip: openssl.skip }, (t) => {
    const folder = folderFor(t);
    const run = (...args: readonly string[]): string => {
      const { status, stdout, stderr } = spawnSync(openssl.path, args, { cwd: folder, encoding: "utf8" });
      assert.equal(status, 0, stderr);
      return stdout;
    };
    run("genpkey", "-algorithm", "ed25519", "-out", "signing.pem");
    run("pkey", "-in", "signing.pem", "-pubout", "-out", "public.pem");
    const spool = new Spool(join(folder, "spool"), signerFrom(join(folder, "signing.pem")));
    spool.add(staged("a.csv"));
    const manifest = join(spool.first()?.folder ?? "", "a.csv.manifest");
    const said = run(
      "pkeyutl",
      "-verify",
      "-pubin",
      "-inkey",
      "public.pem",
      "-rawin",
      "-in",
      manifest,
      "-sigfile",
      `${manifest}.sig`,
    );
    assert.match(said, /Signature Verified Successfully/);
  });

  test("need an Ed25519 key, and a message never quotes the file", (t) => {
    const folder = folderFor(t);
    assert.throws(() => signerFrom(writeKey(folder, "x25519")), /is of another kind/);
    const path = join(folder, "wrong.pem");
    writeFileSync(path, "-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----\n");
    assert.throws(
      () => signerFrom(path),
      (error: Error) => /cannot be read/.test(error.message) && !/CANARY/.test(error.message + error.stack),
    );
    assert.throws(() => signerFrom(join(folder, "absent.pem")), /cannot be read/);
  });
});
