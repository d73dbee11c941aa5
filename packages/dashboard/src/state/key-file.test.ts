import assert from "node:assert/strict";
import { test } from "node:test";
import { keysIn, keysInPaste, keysOfFile, LARGEST_FILE, textOfFile } from "./key-file.ts";

const key = "aBcDeFgHiJkLmNoPqRsT";

test("a text file is its lines", () => {
  assert.deepEqual(keysIn(`\ufeff${key}\r\n`), [{ where: null, key }]);
  assert.deepEqual(keysIn("Dear customer,\n\nthank you.\n"), []);
});

test("a key is found in the letter that has it", () => {
  const ascii = "K7mQ2xVbT9wZ4pLd";
  const hex = "4b 37 6d 51 32 78 56 62 54 39 77 5a 34 70 4c 64";
  const found = (text: string) => keysInPaste(text).map((each) => each.key);
  for (const text of [
    `MEP key: ${ascii}`,
    `key=${ascii}`,
    "MEP-Schlüssel: K7mQ 2xVb T9wZ 4pLd",
    "K7mQ 2xVb T9wZ 4pLd",
    `Die Kennung lautet „${ascii}“.`,
    `Dear Ms Jonesen,\nthe port of meter 1234567890123456 is open. The key is ${ascii}.\nResponsibilities: yours\nhttps://grid.example/1`,
    `Din nøgle: ${ascii} (MBK)`,
  ])
    assert.deepEqual(found(text), [ascii], text);
  assert.deepEqual(found(`Your key is ${hex}, keep it.`), [hex]);
  assert.deepEqual(keysIn(`MEP key: ${ascii}`), [{ where: "MEP key", key: ascii }]);
  // What is a key as it is stays as it is, and where there is none, what was pasted is told to be none.
  for (const text of [ascii, ` ${ascii}\n`, hex, "ascii:0123456789abcdef", "Dear customer, no key yet."])
    assert.deepEqual(found(text), [], text);
  assert.equal(found(`${ascii}\nzYxWvUtSrQpOnM21`).length, 2);
});

test("of XML the value counts whose name is that of a key", () => {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
    <!-- <Key>commentedOutKey1</Key> -->
    <Geraet seriennummer="1234567890123456">
      <Zaehlpunkt>AT0010000000000000001000000000000</Zaehlpunkt>
      <Kundenschnittstelle><MBK>${key}</MBK></Kundenschnittstelle>
    </Geraet>`;
  assert.deepEqual(keysIn(xml), [{ where: "MBK", key }]);
  assert.deepEqual(keysIn(`<a meterKey='${key}' other="x"/>`), [{ where: "meterKey", key }]);
});

test("without such a name all that may be the key is given", () => {
  const xml = `<r><a>${key}</a><b>1234567890123456</b><c>nothing</c></r>`;
  assert.deepEqual(
    keysIn(xml).map(({ where }) => where),
    ["a", "b"],
  );
});

test("escaped signs and sections of characters are read", () => {
  assert.deepEqual(keysIn("<Key>a&amp;b&lt;c&#100;efghijklm&#x6e;</Key>"), [{ where: "Key", key: "a&b<cdefghijklmn" }]);
  assert.deepEqual(keysIn(`<Key><![CDATA[${key}]]></Key>`), [{ where: "CDATA", key }]);
});

test("UTF-16, as some programs write it, is text too", () => {
  const bytes = Uint8Array.from([0xff, 0xfe, ...Buffer.from(`<Key>${key}</Key>`, "utf16le")]);
  assert.deepEqual(keysIn(textOfFile(bytes)), [{ where: "Key", key }]);
});

test("rubbish ends soon and gives nothing", () => {
  const rubbish = [
    "<".repeat(LARGEST_FILE),
    `<a ${'b="'.repeat(20_000)}`,
    "<!--".repeat(16_000),
    `<${"x".repeat(60_000)}>`,
    "&#99999999;&#xffffff;&bogus;".repeat(2000),
    "\0".repeat(LARGEST_FILE),
    `<a>${"= '".repeat(20_000)}`,
  ];
  const began = performance.now();
  for (const text of rubbish) assert.deepEqual(keysIn(text), []);
  assert.ok(performance.now() - began < 2000);
  assert.equal(textOfFile(new Uint8Array(2 * LARGEST_FILE)).length, LARGEST_FILE);
  const many = keysIn(Array.from({ length: 500 }, (_, n) => `key-number-${10_000 + n}`).join("\n"));
  assert.equal(many.length, 20);
});

test("a file that is too large is not read, and one that cannot be read is told apart from one without a key", async () => {
  assert.deepEqual(await keysOfFile(new Blob([`<Key>${key}</Key>`])), [{ where: "Key", key }]);
  assert.deepEqual(await keysOfFile(new Blob(["nothing"])), []);
  const refuse = (): Promise<never> => Promise.reject(new Error("refused"));
  assert.equal(await keysOfFile({ size: LARGEST_FILE + 1, arrayBuffer: refuse }), "too-large");
  assert.equal(await keysOfFile({ size: 1, arrayBuffer: refuse }), "unreadable");
});
