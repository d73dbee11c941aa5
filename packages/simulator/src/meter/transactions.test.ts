import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat, toHex } from "@meterport/protocol/bytes";
import { encode } from "@meterport/protocol/layout/index";
import { encodeRequest } from "@meterport/protocol/mep/frame/apdu";
import { encodeCall } from "@meterport/protocol/procedures/call";
import { EP17 } from "@meterport/protocol/procedures/ep17-remove-device";
import { transaction } from "@meterport/protocol/tables/extended/transaction";
import { BT07, ET14, ET50, ET52, ET53 } from "@meterport/protocol/tables/index";
import { responseTables } from "../contents/mep.ts";
import { basicKey, Conversation, openMeter } from "../testing/conversation.ts";

const readAt = (table: number, offset: number, count: number) =>
  encodeRequest({ kind: "read-at", table, offset, count });
const writeAt = (table: number, offset: number, ...data: number[]) =>
  encodeRequest({ kind: "write-at", table, offset, data: Uint8Array.from(data) });
const requests = (number: number, ...messages: Uint8Array[]): Uint8Array =>
  encode(ET52, transaction({ number, messages }), {});

describe("transactions", () => {
  const write = (client: Conversation, bytes: Uint8Array, offset = 0): string =>
    client.ask({ kind: "write-at", table: ET52.number, offset, data: bytes }).kind;
  const result = (client: Conversation): string => {
    const head = client.readAt(ET53.number, 0, 2);
    return toHex(client.readAt(ET53.number, 0, head[0] ?? 0));
  };

  test("run reads and writes with the writer's rights, in order", () => {
    const meter = openMeter();
    const client = new Conversation(meter);
    assert.equal(write(client, requests(0x1234, writeAt(53, 3, 30), readAt(53, 2, 2), readAt(0x0999, 0, 1))), "done");
    assert.equal(result(client), "1400013412" + "0100" + "00" + "0500" + "000002001e" + "0100" + "05" + "3412");
    const basic = new Conversation(meter, { key: basicKey });
    basic.now = 1000;
    write(basic, requests(2, writeAt(53, 3, 60)));
    assert.equal(result(basic), "0a00010200" + "0100" + "03" + "0200");
    assert.equal(meter.memory.read(53, 3, 1)?.[0], 30);
  });

  test("begin when the last byte is written, and only where the pieces follow each other", () => {
    const meter = openMeter();
    const client = new Conversation(meter);
    const bytes = requests(7, readAt(53, 3, 1));
    write(client, bytes.subarray(0, 9));
    assert.equal(result(client), "07000100000000");
    write(client, bytes.subarray(9), 9);
    assert.equal(result(client), "0d00010700" + "0400" + "0000013c" + "0700");
    const other = requests(8, readAt(53, 3, 1));
    write(client, other.subarray(4), 4);
    write(client, other.subarray(0, 4));
    assert.equal(result(client).slice(6, 10), "0700");
  });

  test("do not run twice in a row, nor where the numbers differ, nor inside one another", () => {
    const meter = openMeter();
    const client = new Conversation(meter);
    const bytes = requests(7, writeAt(53, 3, 1));
    write(client, bytes);
    meter.memory.patch(53, 3, Uint8Array.of(9));
    write(client, bytes);
    assert.equal(meter.memory.read(53, 3, 1)?.[0], 9);
    const broken = requests(8, writeAt(53, 3, 1));
    broken[broken.length - 1] = 1;
    write(client, broken);
    assert.equal(meter.memory.read(53, 3, 1)?.[0], 9);
    write(client, requests(9, concat(writeAt(ET52.number, 0, ...requests(10, writeAt(53, 3, 1))))));
    assert.equal(meter.memory.read(53, 3, 1)?.[0], 9);
  });

  test("end early where the responses have no more room", () => {
    const meter = openMeter();
    const client = new Conversation(meter);
    write(client, requests(7, ...Array.from({ length: 10 }, () => readAt(28, 0, 220))));
    const [low = 0, high = 0, type] = client.readAt(ET53.number, 0, 5);
    assert.equal(type, 1 + 1);
    assert.ok(low + 256 * high <= 1785);
  });
});

describe("EP17", () => {
  const call = (client: Conversation, handle: number, sequence: number) =>
    client.ask({
      kind: "write",
      table: BT07.number,
      data: encodeCall(EP17, { action: 0, deviceHandle: handle }, sequence, {}),
    });

  test("removes a client and posts its result, and refuses the same call number twice", () => {
    const meter = openMeter();
    const client = new Conversation(meter, { key: basicKey });
    const entry = 6 + 4 * 36;
    meter.memory.patch(ET14.number, 5, Uint8Array.of(0x10));
    meter.memory.patch(ET14.number, entry, Uint8Array.of(0xf8, 0x03, 3));
    meter.memory.patch(ET50.number, 0, new Uint8Array(71).fill(0x81));
    assert.equal(call(client, 5, 6).kind, "done");
    assert.equal(toHex(client.readAt(responseTables.bt08, 0, 4)), "11080603");
    assert.deepEqual(call(client, 0x03f8, 6), { kind: "error", code: 4 });
    assert.equal(call(client, 0x03f8, 7).kind, "done");
    assert.equal(toHex(client.readAt(responseTables.bt08, 0, 4)), "11080700");
    assert.equal(toHex(client.readAt(ET14.number, 5, 1)), "00");
    assert.equal(toHex(client.readAt(ET14.number, entry, 3)), "000000");
    // Only the registration and the icons are cleared (p. 249).
    assert.equal(toHex(client.readAt(ET50.number, 0, 71)), `${"81".repeat(30)}80${"81".repeat(36)}00008181`);
  });

  test("leaves M-Bus devices to the advanced key", () => {
    const meter = openMeter();
    const occupy = (): void => {
      meter.memory.patch(ET14.number, 5, Uint8Array.of(0x11));
      meter.memory.patch(ET14.number, 6, Uint8Array.of(1, 0, 1));
      meter.memory.patch(ET14.number, 6 + 4 * 36, Uint8Array.of(0xf8, 0x03, 3));
    };
    occupy();
    const basic = new Conversation(meter, { key: basicKey });
    call(basic, 1, 5);
    assert.equal(toHex(basic.readAt(responseTables.bt08, 0, 4)), "11080505");
    call(basic, 0xffff, 6);
    assert.equal(toHex(basic.readAt(responseTables.bt08, 0, 4)), "11080600");
    assert.equal(toHex(basic.readAt(ET14.number, 5, 4)), "01010001");
    const advanced = new Conversation(meter);
    advanced.now = basic.now + 1000;
    occupy();
    call(advanced, 0xffff, 7);
    assert.equal(toHex(advanced.readAt(ET14.number, 5, 4)), "00000000");
  });

  test("posts in ET59 where the client has asked for it", () => {
    const meter = openMeter();
    const client = new Conversation(meter);
    client.ask({ kind: "write-at", table: ET50.number, offset: 30, data: Uint8Array.of(2) });
    call(client, 9, 5);
    assert.equal(toHex(client.readAt(responseTables.et59, 0, 4)), "11080503");
    client.ask({ kind: "write", table: BT07.number, data: Uint8Array.of(0x99, 0x08, 6) });
    assert.equal(toHex(client.readAt(responseTables.et59, 0, 4)), "99080606");
  });
});
