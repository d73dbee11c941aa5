import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { keysIn, textOfFile } from "./key-file.ts";

const key = "ABCDEFGHIJKLMNOP";

describe("the key of a file", () => {
  test("is found in XML by the name of an element or attribute", () => {
    const xml = `<?xml version="1.0"?><Meter><Serial>1234567890123456</Serial><!-- <MBK>aaaaaaaaaaaaaaaa</MBK> --><MBK>${key}</MBK></Meter>`;
    assert.deepEqual(keysIn(xml), [{ where: "MBK", key }]);
    assert.deepEqual(keysIn(`<meter sn="x" accessKey='${key}'/>`), [{ where: "accessKey", key }]);
    assert.deepEqual(keysIn("<Key>AB&lt;DEFGHIJKLMNOP</Key>")[0]?.key, "AB<DEFGHIJKLMNOP");
    assert.deepEqual(keysIn(`<Key><![CDATA[${key}]]></Key>`)[0]?.key, key);
  });

  test("is a line of a text, and several are all given", () => {
    assert.deepEqual(keysIn(`\ufeff${key}\r\n`), [{ where: null, key }]);
    const both = keysIn(
      `<a><MBK>${key}</MBK><MAK>${key.toLowerCase()}</MAK><AdvancedKey>QRSTUVWXYZ012345</AdvancedKey></a>`,
    );
    assert.deepEqual(
      both.map(({ where }) => where),
      ["MBK", "AdvancedKey"],
    );
  });

  test("is not there in anything else, however it is broken", () => {
    for (const text of ["", "hello", "<", "<a", "<a b=", "<![CDATA[", "<!--", "\0\0", "<a>".repeat(10_000)])
      assert.deepEqual(keysIn(text), []);
  });

  test("is read in the encoding that the file begins with", () => {
    const wide = new Uint8Array([0xff, 0xfe, ...[...key].flatMap((letter) => [letter.charCodeAt(0), 0])]);
    assert.equal(keysIn(textOfFile(wide))[0]?.key, key);
    assert.equal(keysIn(textOfFile(new TextEncoder().encode(key)))[0]?.key, key);
  });
});
