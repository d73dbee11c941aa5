import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { keyHider, looksLikeKey } from "./key-hiding.ts";

const hex = (digits: number) =>
  fc
    .array(fc.constantFrom(..."0123456789abcdefABCDEF"), { minLength: digits, maxLength: digits })
    .map((all) => all.join(""));
const ascii = fc
  .array(fc.integer({ min: 0x21, max: 0x7e }), { minLength: 20, maxLength: 20 })
  .map((codes) => String.fromCharCode(...codes))
  .filter(looksLikeKey);

test("what is 20 characters and something else is not taken for a key", () => {
  for (const text of [
    "tcp://127.0.0.1:4059",
    "2026-11-20T00:00:00Z",
    "BT23.totals.0.demand",
    "America/Indiana/Knox",
    "bridge-01.example.dk",
    "/var/lib/meter/a.key",
    "day-2026-11-2.ndjson",
    "quadrantActiveEnergy",
    "meter-house-basement",
  ])
    assert.deepEqual([text.length, looksLikeKey(text)], [20, false], text);
});

test("a key is taken out of a sentence in each way that it was given, whole or cut", () => {
  fc.assert(
    fc.property(
      fc.oneof(hex(32), hex(40), ascii),
      fc.constantFrom("", "@", "--link=", "--", "-k", "name=", "--with=ET11="),
      fc.constantFrom(20, 40, 100),
      (key, before, cut) => {
        const hide = keyHider(["read", before + key]);
        for (const sentence of [`"${key.slice(0, cut)}" is wrong`, JSON.stringify(key), `x ${key.toLowerCase()} y`]) {
          const said = hide(sentence);
          assert.ok(said.includes("[secret]"), said);
          for (const part of [key, key.slice(0, 16)]) assert.ok(!said.toLowerCase().includes(part.toLowerCase()), said);
        }
      },
    ),
  );
});

test("a key inside a link is taken out", () => {
  const hide = keyHider(["tcp://ABCDEFGHIJ0123456789:4001"]);
  assert.equal(hide("tcp://abcdefghij0123456789:4001: not found"), "tcp://[secret]:4001: not found");
});

test("a token, and a user with a password in an address, are taken out, whole or cut", () => {
  const token = "mp_q7RzVx3pL9mT2wKb5Ycq7RzVx3pL9mT2wKb5YcAAAAA";
  const hide = keyHider(["token", "remove", `--file=x/${token}`]);
  for (const said of [`"${token}" is unknown`, `"${token.slice(0, 30)}…" is unknown`])
    assert.match(hide(said), /^"\[secret\]…?" is unknown$/);
  const address = "postgres://meterport:S3cret/p@ss@db.example:5432/m";
  const hidden = keyHider([address]);
  assert.equal(hidden(`zone "${address}" is wrong`), 'zone "postgres:/[secret]db.example:5432/m" is wrong');
  assert.equal(hidden(`zone "${address.slice(0, 26)}…" is wrong`), 'zone "postgres:/[secret]…" is wrong');
  assert.equal(
    keyHider(["mqtt://broker:1883/a@b"])("mqtt://broker:1883/a@b: refused"),
    "mqtt://broker:1883/a@b: refused",
  );
});

test("an adapter with a serial number of 32 digits keeps its name", () => {
  const link = "/dev/serial/by-id/usb-Silicon_Labs_CP2102N_0f1e2d3c4b5a69788796a5b4c3d2e1f0-if00";
  for (const word of [link, `--link=${link}`, `optical://${link}`])
    assert.equal(keyHider([word])(`${link}: gone`), `${link}: gone`);
});

test("a long word costs no more than a short one", () => {
  const word = "(((((((((((((((((((a".repeat(200_000);
  assert.equal(keyHider([word])("plain"), "plain");
});

test("an example key of one repeated byte is shown, as that of a redacted capture must be", () => {
  const example = "01".repeat(16);
  assert.equal(keyHider(["--key", `hex:${example}`])(`sealed with hex:${example}`), `sealed with hex:${example}`);
  const own = `${"01".repeat(15)}02`;
  assert.equal(keyHider(["--key", own])(`the key ${own}`), "the key [secret]");
});
