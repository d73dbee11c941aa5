/** Figures that the guides state at one place and that follow from types at another: each is one fact, told twice. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { locate, parseProfile, place, sizeOf } from "../layout/index.ts";
import { adjustableLog } from "./extended/et36-mfg-table-actual-dimensions.ts";
import { request, response, single } from "./extended/transaction.vectors.ts";
import {
  BT26,
  BT54,
  BT60,
  BT64,
  defaultDimensions,
  ET13,
  ET14,
  ET15,
  ET16,
  ET21,
  ET31,
  ET34,
  ET45,
  ET50,
  ET62,
  ET74,
  ET75,
  ET81,
  tablesById,
} from "./index.ts";

const older = defaultDimensions(parseProfile("meter:3.70"));
const newer = defaultDimensions(parseProfile("meter:4.30"));
type Env = typeof older;

/** Bytes from one element of a list to the next. */
const stride = (id: string, list: string, env: Env = older, index = 0): number => {
  const table = tablesById.get(id) ?? assert.fail(id);
  return place(table, [list, index + 1], env).offset - place(table, [list, index], env).offset;
};

test("ET11 states the entries of ET13 to ET16 and ET34 (pp. 83-86)", () => {
  for (const env of [older, newer]) {
    const strides = ["ET13", "ET14", "ET16", "ET34"].map((id) => stride(id, "devices", env));
    assert.deepEqual(strides, [66, 36, 517, 22]);
    const { configEntrySize, statusEntrySize, dataEntrySize, configEntry2Size } = env.ET11;
    assert.deepEqual(strides, [configEntrySize, statusEntrySize, dataEntrySize, configEntry2Size]);
    assert.deepEqual([stride("ET15", "requestQueue", env), env.ET11.onDemandEntrySize], [6, 6]);
    assert.deepEqual([stride("ET15", "writeMessages", env), env.ET11.onDemandWriteEntrySize], [25, 25]);
    assert.equal(locate(ET15, ["multicastDataMessage"], env).length + 1, env.ET11.mbusMulticastLength);
    assert.equal(sizeOf(ET13, env) + sizeOf(ET34, env), env.ET11.deviceCount * (66 + 22));
    assert.deepEqual(
      [sizeOf(ET14, env), sizeOf(ET16, env)],
      [6 + 36 * env.ET11.deviceCount, 517 * env.ET11.deviceCount],
    );
  }
});

test("a recurring read is a read of ET16 with 8 bytes before it (pp. 126 and 183)", () => {
  const { entrySize } = older.ET36.actualDimensions[adjustableLog.ET45] ?? assert.fail();
  assert.deepEqual([stride("ET45", "entries"), entrySize], [8 + 517, 525]);
  assert.equal(sizeOf(ET45, older), 6 + 4 * 525);
  assert.equal(stride("ET74", "entries"), 525);
  assert.equal(sizeOf(ET74, older), 9 + 525 * (older.ET54.et74EntryCount ?? assert.fail()));
});

test("the calendar has the size that BT50 states (p. 230)", () => {
  const { nonRecurringDates, recurringDates, tierSwitches, seasons, calendarTableSize } = older.BT50;
  assert.deepEqual([nonRecurringDates, recurringDates, tierSwitches, seasons], [25, 23, 200, 12]);
  assert.equal(3 * 25 + 3 * 23 + 3 * 200 + 5 * 12 + 4, 808);
  assert.deepEqual([sizeOf(BT54, older), calendarTableSize, sizeOf(BT54, newer)], [808, 808, 808]);
});

test("the memory of BT60 holds its blocks: a block of one interval of one channel has 11 bytes (pp. 237-239)", () => {
  const smallest = { blocks: 1, intervals: 1, channels: 1, maximumIntervalTime: 15 };
  const block = sizeOf(BT64, { ...older, BT61: { ...older.BT61, dataSets: [smallest] } });
  assert.equal(block, 11);
  assert.equal(older.BT60.memoryLength, 104_832);
  assert.equal(older.BT60.dataSets[0]?.blocks, Math.floor(104_832 / block));
  // With 256 KiB of non-volatile memory.
  assert.equal(Math.floor(233_856 / block), 21_259);
  assert.deepEqual(
    [128, 256].map((kib, i) => kib * 1024 - 24_576 - ([104_832, 233_856][i] ?? 0)),
    [1664, 3712],
  );
  assert.equal(sizeOf(BT60, older), 7 + 4 * 6);
});

test("ET36 states the entries of its logs (p. 114)", () => {
  for (const [env, change] of [
    [older, 143],
    [newer, 159],
  ] as const) {
    const entrySizes = env.ET36.actualDimensions.map(({ entrySize }) => entrySize);
    assert.deepEqual([stride("ET75", "entries", env), entrySizes[adjustableLog.ET75]], [change, change]);
    assert.equal(sizeOf(ET75, env), 6 + 4 * change);
    assert.deepEqual([stride("ET81", "entries", env), entrySizes[adjustableLog.ET81]], [12, 12]);
    assert.equal(sizeOf(ET81, env), 6 + 10 * 12);
    assert.equal(stride("ET31", "oneTimeReadEntries", env), entrySizes[adjustableLog.ET31]);
    assert.equal(sizeOf(ET31, env), sizeOf(BT26, env));
  }
});

test("records and strides that printed offsets prove (notes beside each)", () => {
  const thd = tablesById.get("ET09") ?? assert.fail();
  // The next printed offset is P + 357 = P + 147 + 3 * 70: a record has 22 bytes, of which 18 are described (pp. 80-81).
  const found = [0, 1].map((index) => place(thd, ["thdRecords", index], older).offset);
  assert.equal((found[1] ?? 0) - (found[0] ?? 0), 70);
  // 131 bytes from firmware 3.50 on (optical guide, p. 42), though the MEP guide has them from 3.60 (p. 104).
  assert.deepEqual([stride("ET21", "dataSets"), sizeOf(ET21, older)], [131, 4 * 131]);
  // 1 + 1 + 1 + 1 + 2 + 1 bytes (p. 143), as ET11 says.
  assert.deepEqual([stride("ET54", "moduleRecords", newer), newer.ET11.moduleRecordSize], [7, 7]);
  // Code words have 6 bytes, 7 on Gen4: 25 + 16 * 7 = 137 (p. 177).
  assert.deepEqual([stride("ET62", "codeWords", older), stride("ET62", "codeWords", newer)], [6, 7]);
  assert.equal(locate(ET62, ["powerOutageListIdCode"], newer).offset, 137);
});

test("transactions have 17, 67 and 111 bytes, as they say themselves (pp. 50-56)", () => {
  for (const [{ bytes, messages }, length] of [
    [single, 17],
    [request, 67],
    [response, 111],
  ] as const) {
    assert.equal(bytes.length / 2, length);
    // Size, type and number before the records, a length before each, the number again after them.
    const inMessages = messages.reduce((sum, message) => sum + 2 + message.length / 2, 0);
    assert.equal(5 + inMessages + 2, length);
    assert.equal(Number.parseInt(bytes.slice(0, 2), 16), length);
  }
});

test("an entry of ET16 leaves 509 bytes to the device after 8 of its own (p. 114)", () => {
  const { dataEntrySize } = older.ET11;
  assert.equal(dataEntrySize - 8, 509);
  // Time stamp, response info, length.
  assert.equal(locate(ET16, ["devices", 0, "response"], older).offset, 7);
});

test("the identification of a MEP client has 30 bytes: 3 + 1 + 1 + N + 1 + M + (24 - N - M) (p. 133)", () => {
  assert.equal(locate(ET50, ["clients", 0, "identification"], older).length, 30);
  // The flags of the example on p. 23 are written at 0x1E.
  assert.equal(locate(ET50, ["clients", 0, "mepDeviceRegistered"], older).offset, 0x1e);
});
