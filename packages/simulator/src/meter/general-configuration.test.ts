/** BT00 of a virtual meter says what the meter serves, asked table by table. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toHex } from "@meterport/protocol/bytes";
import { decode, parseProfile } from "@meterport/protocol/layout/index";
import { BT00, BT07 } from "@meterport/protocol/tables/index";
import { Conversation, openMeter } from "../testing/conversation.ts";

const meters = "2.10 2.12 3.01 3.10 3.30 3.50 3.60 3.70 3.82 4.00 4.02 4.10 4.30 4.50".split(" ");
const modules = "1.11 1.20 1.21 1.31 1.32".split(" ");
const profiles = [...meters.map((version) => `meter:${version}`), ...modules.map((version) => `module:${version}`)];
const firstExtended = 2048;

const setsOf = (conversation: Conversation): BT00 => decode(BT00, conversation.read(BT00.number), {});
const upTo = (bytes: number): number[] => Array.from({ length: 8 * bytes }, (_, number) => number);

/** Numbers of which the meter takes a read or a write with the advanced key, and of which it takes a write. */
const tried = (conversation: Conversation, bytes: number, first: number) => {
  const used: number[] = [];
  const writable: number[] = [];
  for (const number of upTo(bytes)) {
    const table = first + number;
    const read = conversation.ask({ kind: "read-at", table, offset: 0, count: 1 });
    // What is there already; BT07, which cannot be read, gets a call of an unknown procedure.
    const data = table === BT07.number ? Uint8Array.of(0xff, 0x0f, 1) : "data" in read ? read.data : Uint8Array.of(0);
    const written = conversation.ask({ kind: "write-at", table, offset: 0, data }).kind === "done";
    if (read.kind === "data" || written) used.push(number);
    if (written) writable.push(number);
  }
  return { used, writable };
};

describe("BT00", () => {
  for (const profile of profiles)
    test(`of ${profile} names the tables that it answers, and those that some key may write`, () => {
      const conversation = new Conversation(openMeter({ profile: parseProfile(profile) }));
      const sets = setsOf(conversation);
      const basic = tried(conversation, sets.basicTablesUsedSize, 0);
      const extended = tried(conversation, sets.extendedTablesUsedSize, firstExtended);
      assert.deepEqual(sets.basicTablesUsed, basic.used);
      assert.deepEqual(sets.basicTablesWritable, basic.writable);
      assert.deepEqual(sets.extendedTablesUsed, extended.used);
      assert.deepEqual(sets.extendedTablesWritable, extended.writable);
      assert.ok(basic.used.includes(0) && basic.writable.includes(7));
    });

  test("ends with its sets, bit n mod 8 of byte n div 8 standing for n", () => {
    const data = new Conversation(openMeter()).read(BT00.number);
    assert.equal(toHex(data.subarray(0, 19), " "), "02 2a 88 4e 45 53 20 02 00 ff 0c 01 00 0a 0d 02 0c 09 03");
    assert.equal(data.length, 79);
    // BT00, 1, 3, 4 and 7; BT08; BP12 to BP15; EP17 and EP19.
    assert.equal(toHex(data.subarray(19, 20)), "9b");
    assert.equal((data[20] as number) & 1, 1);
    assert.equal(toHex(data.subarray(42, 44)), "00f0");
    assert.equal(toHex(data.subarray(44, 56)), "00000a000000000000000000");
    const newer = new Conversation(openMeter({ profile: parseProfile("meter:4.30") })).read(BT00.number);
    assert.equal(newer.length, 93);
    assert.equal(toHex(newer.subarray(0, 19), " "), "02 2a 88 4e 45 53 20 02 00 ff 0c 01 00 0a 14 02 0c 09 04");
    // EP61 as well: bit 5 of byte 7.
    assert.equal(toHex(newer.subarray(51, 63)), "00000a000000002000000000");
  });

  test("follows what the meter holds, and leaves out what is locked from the writable ones", () => {
    const meter = openMeter({ locked: [2048 + 13] });
    const conversation = new Conversation(meter);
    const before = setsOf(conversation);
    assert.ok(before.extendedTablesUsed?.includes(13));
    assert.ok(!before.extendedTablesWritable?.includes(13));
    meter.memory.set(2, Uint8Array.of(1));
    meter.memory.delete(2048 + 97);
    meter.memory.delete(BT07.number);
    const after = setsOf(conversation);
    assert.ok(after.basicTablesUsed?.includes(2) && !after.basicTablesUsed.includes(7));
    assert.ok(!after.extendedTablesUsed?.includes(97));
  });
});
