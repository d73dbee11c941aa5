/** Keys and addresses in files, in credentials, and sealed. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { inspect } from "node:util";
import { UsageError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import fc from "fast-check";
import { isSealed, seal, unseal } from "../settings/sealing.ts";
import { type Config, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";

const key = "CANARYcanary0123";
const sealingDigits = "ab".repeat(32);
const sealing = new Secret(new Uint8Array(32).fill(0xab));
/** Bytes that differ with every call. */
const entropyOf = (seed: string) => {
  let calls = 0;
  return (length: number) =>
    Uint8Array.from(createHash("sha512").update(`${seed}${calls++}`).digest().subarray(0, length));
};
const sealed = seal(key, sealing, entropyOf("a"));

interface World {
  readonly env?: Environment;
  readonly files?: Readonly<Record<string, string>>;
  readonly modes?: Readonly<Record<string, number>>;
}

const load = (text: string, { env = {}, files = {}, modes = {} }: World = {}): Config =>
  loadConfig({
    env,
    defaultData: "/data",
    checkLink: parseMeterLink,
    portLinkOf,
    readFile: (path) => (path === "/data/meterport.yaml" ? text : files[path]),
    modeOf: (path) => modes[path],
  });

const refusal = (text: string, world: World = {}): string => {
  try {
    load(text, world);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    assert.ok(!error.message.includes(key) && !error.message.includes(sealed.slice(12)), error.message);
    return error.message;
  }
  assert.fail("the configuration was accepted");
};

const meter = (line: string): string => `meters:\n  - id: home\n    link: /dev/ttyUSB0\n    ${line}\n`;
const keyOf = (config: Config): string => new TextDecoder().decode(config.meters[0]?.key.reveal());

test("a sealed key opens with the key in the data folder, or with the credential", () => {
  const files = { "/data/secrets.key": `${sealingDigits}\n` };
  assert.equal(keyOf(load(meter(`key: ${sealed}`), { files })), key);
  const credential = {
    env: { CREDENTIALS_DIRECTORY: "/run/creds" },
    files: { "/run/creds/meterport-secrets": sealingDigits, "/data/secrets.key": "cd".repeat(32) },
  };
  assert.equal(keyOf(load(meter(`key: ${sealed}`), credential)), key);
  assert.equal(load(meter(`key: ${sealed}`), { files }).meters[0]?.keyForm, "read as 16 ASCII characters");
});

test("a sealed key that cannot be opened is a sentence with its place", () => {
  const files = { "/data/secrets.key": "cd".repeat(32) };
  const at = /^\/data\/meterport\.yaml:4:10: meters\[0\]\.key: /;
  const wrongKey = refusal(meter(`key: ${sealed}`), { files });
  assert.match(wrongKey, at);
  assert.match(wrongKey, /cannot be opened: it was sealed with another key or has been changed/);
  const none = refusal(meter(`key: ${sealed}`));
  assert.match(none, at);
  assert.match(none, /the key that opens it is missing: \/data\/secrets\.key, or the credential meterport-secrets$/);
  assert.match(
    refusal(meter(`key: ${sealed}`), { files: { "/data/secrets.key": "short" } }),
    /\/data\/secrets\.key does not hold 64 hex digits/,
  );
  for (const bad of ["sealed:", "sealed:2:AAAA", sealed.slice(0, 30), `${sealed}=`])
    assert.match(refusal(meter(`key: "${bad}"`)), /meters\[0\]\.key begins with sealed: but is not what/);
});

test("property: what is sealed opens again, and not after any change", () => {
  const entropy = entropyOf("property");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), fc.nat(), (text, n) => {
      const one = seal(text, sealing, entropy);
      assert.ok(isSealed(one));
      assert.equal(unseal(one, sealing), text);
      const body = Buffer.from(one.slice("sealed:1:".length), "base64url");
      body[n % body.length] = (body[n % body.length] ?? 0) ^ (1 << (n % 8));
      assert.throws(() => unseal(`sealed:1:${body.toString("base64url")}`, sealing), /cannot be opened/);
    }),
  );
  assert.notEqual(seal(key, sealing, entropy), seal(key, sealing, entropy));
  assert.throws(() => seal("x".repeat(4_097), sealing, entropy), /4097 bytes; the limit is 4096/);
});

test("what opens sealed secrets is sent to nobody as a secret", () => {
  const world = { env: { CREDENTIALS_DIRECTORY: "/run/c" }, files: { "/run/c/meterport-secrets": sealingDigits } };
  const text = 'outputs: { webhook: { url: "https://example.org/", secret: "@credential:meterport-secrets" } }\n';
  assert.throws(() => load(text, world), /credential meterport-secrets opens sealed secrets, and is none of its own/);
});

test("a credential of systemd holds a key", () => {
  const world = { env: { CREDENTIALS_DIRECTORY: "/run/creds" }, files: { "/run/creds/home-key": `${key}\n` } };
  assert.equal(keyOf(load(meter("key_credential: home-key"), world)), key);
  assert.equal(keyOf(load(meter('key: "@credential:home-key"'), world)), key);
  assert.match(
    refusal(meter("key_credential: home-key")),
    /4:21: meters\[0\]\.key_credential: credential home-key: systemd gives this process no credentials; add LoadCredential=/,
  );
  assert.match(
    refusal(meter("key_credential: other-key"), world),
    /credential other-key is not among those of this process/,
  );
  assert.match(
    refusal(meter("key_credential: home-key"), { ...world, files: { "/run/creds/home-key": "CANARYCANARY" } }),
    /key_credential: credential home-key: the key has 12 characters/,
  );
  for (const name of ["../shadow", "..", "a/b"]) {
    assert.match(refusal(meter(`key_credential: ${name}`), world), /does not name a credential/);
    assert.match(refusal(meter(`key: "@credential:${name}"`), world), /does not name a credential/);
  }
  assert.match(
    refusal(meter("key_file: a\n    key_credential: b")),
    /meters\[0\] has key_file and key_credential: keep one/,
  );
});

test("a variable replaces a key wherever the file says it is", () => {
  const env = { CREDENTIALS_DIRECTORY: "/run/creds", METERPORT_KEY_CREDENTIAL: "home-key" };
  const world = { env, files: { "/run/creds/home-key": key } };
  assert.equal(keyOf(load(meter("key_file: none"), world)), key);
  assert.match(refusal(meter("key_file: none"), { env }), /^METERPORT_KEY_CREDENTIAL: credential home-key is not/);
});

test("the address of a database may be in the file, beside it, or sealed, and is never shown", () => {
  const url = "postgres://meterport:CANARYcanary0123@db.example/meterport";
  const sealedUrl = seal(url, sealing, entropyOf("url"));
  const files = { "/data/store.url": `${url}\n`, "/data/secrets.key": sealingDigits };
  for (const line of [`store: ${url}`, "store_file: store.url", 'store: "@store.url"', `store: ${sealedUrl}`]) {
    const config = load(line, { files });
    assert.equal(new TextDecoder().decode(config.store?.reveal()), url);
    for (const text of [inspect(config, { depth: 9 }), JSON.stringify(config)]) assert.ok(!text.includes("CANARY"));
  }
  assert.equal(new TextDecoder().decode(load("", { env: { METERPORT_STORE: url } }).store?.reveal()), url);
  assert.equal(load("").store, undefined);
  for (const bad of [`mysql://u:${key}@h/d`, `u:${key}`, `postgres://u:${key}@h`, `postgres://u:${key}@h:port/d`]) {
    assert.match(refusal(`store: "${bad}"`), /store (must be|names no database: it must be) an address like/);
    assert.match(refusal("store_file: s", { files: { "/data/s": bad } }), /store_file: its content (must|names)/);
  }
  assert.match(refusal(`store: ${url}\nstore_file: x`), /has store and store_file: keep one of them/);
  assert.match(refusal("store_file: none.url"), /1:13: store_file: file \/data\/none\.url does not exist/);
});

test("warns of every file with a secret that all users can read, and of no other", () => {
  const warnings = (text: string, modes: Readonly<Record<string, number>>, files = {}): readonly string[] =>
    load(text, { modes, files: { "/data/k": key, "/data/secrets.key": sealingDigits, ...files } }).warnings;
  const plain = meter(`key: ${key}`);
  const sentence = (path: string) =>
    `${path} holds a secret and can be read by every user of this machine: chmod 600 ${path}`;
  assert.deepEqual(warnings(plain, { "/data/meterport.yaml": 0o100644 }), [sentence("/data/meterport.yaml")]);
  assert.deepEqual(warnings(plain, { "/data/meterport.yaml": 0o100640 }), []);
  const both = { "/data/meterport.yaml": 0o100644, "/data/k": 0o100604, "/data/secrets.key": 0o100644 };
  assert.deepEqual(warnings(meter("key_file: k"), both), [sentence("/data/k")]);
  assert.deepEqual(warnings(meter(`key: ${sealed}`), both), [sentence("/data/secrets.key")]);
  const names = Array.from({ length: 9 }, (_, n) => `/data/k${n}`);
  const many = names.map((_, n) => `  - { id: m${n}, link: "tcp://h:${n + 1}", key_file: k${n} }`).join("\n");
  const told = warnings(
    `meters:\n${many}`,
    Object.fromEntries(names.map((name) => [name, 0o644])),
    Object.fromEntries(names.map((name) => [name, key])),
  );
  assert.deepEqual(told.slice(4), [
    sentence("/data/k4"),
    "and 4 more files with secrets can be read by every user of this machine",
  ]);
});
