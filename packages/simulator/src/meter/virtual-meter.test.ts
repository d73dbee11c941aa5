import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toHex } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import { decode } from "@meterport/protocol/layout/index";
import type { TableRequest } from "@meterport/protocol/mep/frame/apdu";
import { Secret } from "@meterport/protocol/mep/security/key";
import { BT21, BT28, BT52, BT55, ET04 } from "@meterport/protocol/tables/index";
import { basicKey, Conversation, newYear, openMeter, transmitted } from "../testing/conversation.ts";

const read = (table: number): TableRequest => ({ kind: "read", table, count: 465 });
const writeAt = (table: number, offset: number, ...data: number[]): TableRequest => ({
  kind: "write-at",
  table,
  offset,
  data: Uint8Array.from(data),
});
const error = (code: number) => ({ kind: "error", code }) as const;
const ET51 = 0x0833;
const ET13 = 0x080d;

describe("reads", () => {
  test("gives a table's own length to a full read, at most what was asked and what fits", () => {
    const client = new Conversation(openMeter());
    assert.equal(client.read(28).length, 220);
    assert.equal(client.read(28, 0xffff).length, 220);
    assert.equal(client.read(28, 7).length, 7);
    assert.equal(client.read(0x0835).length, 465);
    assert.equal(client.readAt(0x0835, 0, 0xffff).length, 465);
  });

  test("fills partial reads with zeros past the end, also where they begin there", () => {
    const client = new Conversation(openMeter());
    assert.equal(toHex(client.readAt(53, 3, 5)), "3c3c000000");
    assert.equal(toHex(client.readAt(53, 1000, 2)), "0000");
    assert.equal(client.readAt(53, 0, 0).length, 0);
  });

  test("takes requests without a count", () => {
    const client = new Conversation(openMeter());
    assert.deepEqual(client.askRaw(Uint8Array.of(0x30, 0, 53), "read"), {
      kind: "data",
      data: Uint8Array.of(2, 0, 0, 60, 60, 0),
    });
    assert.deepEqual(client.askRaw(Uint8Array.of(0x3f, 0, 53, 0, 0, 4, 9), "read-at"), {
      kind: "data",
      data: Uint8Array.of(60, 0),
    });
  });

  test("answers 0x05 for a table that it does not have, 0x01 for nonsense, 0x02 for services of other ports", () => {
    const client = new Conversation(openMeter());
    assert.deepEqual(client.ask(read(0x0846)), error(5));
    assert.deepEqual(client.ask(read(0xffff)), error(5));
    assert.deepEqual(client.askRaw(Uint8Array.of(0x77, 1, 2), "read"), error(1));
    assert.deepEqual(client.askRaw(Uint8Array.of(0x30), "read"), error(1));
    assert.deepEqual(client.askRaw(Uint8Array.of(0x58, 1), "read"), error(2));
  });
});

describe("writes", () => {
  test("ignores surplus data and leaves what is not written", () => {
    const meter = openMeter();
    const client = new Conversation(meter);
    assert.equal(client.ask({ kind: "write", table: 53, data: new Uint8Array(9).fill(7) }).kind, "done");
    assert.equal(toHex(client.read(53)), "070707070707");
    assert.equal(client.ask({ kind: "write", table: 53, data: Uint8Array.of(1, 2) }).kind, "done");
    assert.equal(client.ask(writeAt(53, 5, 8, 8, 8)).kind, "done");
    assert.equal(client.ask(writeAt(53, 60, 9)).kind, "done");
    assert.equal(toHex(meter.memory.get(53) as Uint8Array), "010207070708");
  });

  test("keeps to the rights of the keys", () => {
    const meter = openMeter();
    const basic = new Conversation(meter, { key: basicKey });
    assert.equal(basic.read(53).length, 6);
    assert.deepEqual(basic.ask(writeAt(53, 0, 1)), error(3));
    assert.deepEqual(basic.ask(writeAt(ET13, 0, 1)), error(3));
    assert.equal(basic.ask(writeAt(ET51, 1, 30, 0)).kind, "done");
    // Written by nobody, read by nobody, computed.
    const advanced = new Conversation(meter);
    advanced.now = 1000;
    assert.deepEqual(advanced.ask(writeAt(21, 0, 1)), error(5));
    assert.deepEqual(advanced.ask(read(7)), error(5));
    assert.deepEqual(advanced.ask(writeAt(23, 0, 1)), error(4));
    assert.equal(advanced.ask(writeAt(53, 0, 1)).kind, "done");
  });

  test("refuses what is behind the hardware lock to every key", () => {
    const client = new Conversation(openMeter({ locked: [53] }));
    assert.deepEqual(client.ask(read(53)), error(3));
    assert.deepEqual(client.ask(writeAt(53, 0, 1)), error(3));
    assert.equal(client.read(52).length, 7);
  });
});

describe("security", () => {
  test("tries the advanced key first: where both are the same, the client has it", () => {
    const same = new Secret(basicKey);
    const meter = openMeter({ keys: { basic: same, advanced: same } });
    assert.equal(new Conversation(meter, { key: basicKey }).ask(writeAt(53, 0, 1)).kind, "done");
  });

  test("answers encrypted requests encrypted", () => {
    const meter = openMeter();
    const client = new Conversation(meter, { encrypt: true });
    assert.equal(client.read(28).length, 220);
    assert.equal(toHex(client.read(53)), "0200003c3c00");
  });

  test("answers 0x0B to a key that it does not know, and 0x0C to a number that it does not expect", () => {
    const meter = openMeter({ sequence: 500 });
    const stranger = new Conversation(meter, { key: new Uint8Array(16).fill(9) });
    assert.deepEqual(stranger.ask(read(53)), { kind: "refused" });
    const client = new Conversation(meter);
    client.now = 1000;
    meter.expectSequence(7);
    assert.deepEqual(client.ask(read(53)), { kind: "resync" });
    assert.equal(client.read(53).length, 6);
    // The printed example goes on with the number after the one that it was told (p. 22).
    assert.equal(meter.sequence, 9);
  });
});

describe("time", () => {
  test("answers once each 100 ms, and pauses 25 ms after each 117 bytes", () => {
    const meter = openMeter();
    const client = new Conversation(meter);
    client.read(28);
    // 231 bytes of body with its length and digest: two segments.
    assert.equal(client.now, 25);
    client.read(53);
    assert.equal(client.now, 100);
    client.read(53);
    assert.equal(client.now, 200);
  });

  test("counts what the bytes take where the line's speed is given", () => {
    const meter = openMeter();
    meter.plugIn({ byteTime: 1 });
    const client = new Conversation(meter);
    client.read(28);
    assert.equal(client.now, 117 + 25);
  });

  test("alerts each second, holds off after a frame, and stops", () => {
    const meter = openMeter();
    const client = new Conversation(meter);
    let woken = 0;
    meter.watch(() => woken++);
    meter.alert(true);
    meter.alert(true);
    assert.equal(woken, 1);
    assert.equal(meter.wakeAt(), 0);
    const alerts = (now: number): string =>
      transmitted(meter.handle("tick", now))
        .map((bytes) => toHex(bytes))
        .join(" ");
    assert.equal(alerts(0), "0000");
    assert.equal(alerts(999), "");
    assert.equal(alerts(1000), "0000");
    client.now = 1900;
    client.read(53);
    assert.equal(alerts(2000), "");
    assert.equal(meter.wakeAt(), 2900);
    assert.equal(alerts(2900), "0000");
    meter.alert(false);
    assert.equal(alerts(3900), "");
    assert.equal(meter.wakeAt(), undefined);
  });

  test("shows UTC and local time, with daylight saving time as in the EU", () => {
    const clocks = (time: number): readonly [string, string] => {
      const client = new Conversation(openMeter({ start: time }));
      const utc = decode(BT52, client.read(52), {});
      const local = decode(BT55, client.read(55), {});
      const text = ({ clock: c }: { clock: { month: number; day: number; hour: number; minute: number } }): string =>
        `${c.day}.${c.month}. ${c.hour}:${c.minute}`;
      return [
        `${text(utc)} ${utc.daylightSavingTime}`,
        `${text(local)} ${local.daylightSavingTime} ${local.dayOfWeek}`,
      ];
    };
    assert.deepEqual(clocks(Date.UTC(2026, 2, 29, 0, 59, 59)), ["29.3. 0:59 false", "29.3. 1:59 false 0"]);
    assert.deepEqual(clocks(Date.UTC(2026, 2, 29, 1, 0, 0)), ["29.3. 1:0 true", "29.3. 3:0 true 0"]);
    assert.deepEqual(clocks(Date.UTC(2026, 9, 25, 0, 59, 0)), ["25.10. 0:59 true", "25.10. 2:59 true 0"]);
    assert.deepEqual(clocks(Date.UTC(2026, 9, 25, 1, 0, 0)), ["25.10. 1:0 false", "25.10. 2:0 false 0"]);
    assert.deepEqual(clocks(Date.UTC(2026, 11, 31, 23, 30, 0)), ["31.12. 23:30 false", "1.1. 0:30 false 5"]);
  });

  test("keeps its zone within the printed range whatever is written, to the end of its years", () => {
    for (const [written, local] of [
      [[0xff, 0x7f], "30.12. 14:0"],
      [[0x00, 0x80], "29.12. 12:0"],
    ] as const) {
      const meter = openMeter({ start: Date.UTC(2099, 11, 30) });
      const client = new Conversation(meter);
      client.ask(writeAt(53, 4, ...written));
      const { clock } = decode(BT55, client.read(55), {});
      assert.equal(`${clock.day}.${clock.month}. ${clock.hour}:${clock.minute}`, local);
    }
  });

  test("lets its clock run at its own speed from its own epoch", () => {
    const meter = openMeter({ epoch: 500, speed: 60 });
    assert.equal(meter.timeAt(500), newYear);
    assert.equal(meter.timeAt(1500), newYear + 60_000);
    assert.throws(() => openMeter({ start: 5 }), UsageError);
    assert.throws(() => openMeter({ speed: Number.NaN }), UsageError);
  });
});

describe("changes", () => {
  test("counts a change of dimensions in ET04 and jumps by 25 in its numbers", () => {
    const meter = openMeter({ sequence: 10 });
    const client = new Conversation(meter);
    const version = (): number => decode(ET04, client.read(ET04.number), meter.dimensions).idtVersion;
    assert.equal(version(), 1);
    meter.bumpDimensions();
    assert.equal(meter.sequence, 11 + 25);
    assert.deepEqual(client.ask(read(53)), { kind: "resync" });
    assert.equal(version(), 2);
  });

  test("shows its sequence number in ET04, from 4.0 on in a place for each client", () => {
    const old = openMeter({ sequence: 0x01020304 });
    const client = new Conversation(old);
    client.read(53);
    assert.equal(decode(ET04, client.read(ET04.number), old.dimensions).mepSequenceNumber, 0x01020306);
    const young = openMeter({ sequence: 0xffffffff, profile: { family: "meter", firmware: [4, 30] } });
    const { mepSequenceNumber, mepSequenceNumbers } = decode(
      ET04,
      new Conversation(young).read(ET04.number),
      young.dimensions,
    );
    assert.deepEqual([mepSequenceNumber, mepSequenceNumbers], [0, [0, young.port(2).sequence]]);
    assert.equal(young.sequence, 0);
  });

  test("follows its own dimensions when they are changed", () => {
    const meter = openMeter();
    meter.memory.patch(21, 9, Uint8Array.of(3));
    meter.memory.set(27, Uint8Array.of(19, 8, 244));
    const dimensions = {
      ...meter.dimensions,
      BT21: decode(BT21, meter.memory.get(21) as Uint8Array, meter.dimensions),
    };
    const { presentValues } = decode(BT28, new Conversation(meter).read(28), dimensions);
    assert.deepEqual(presentValues, [50_000, 432, 180]);
  });

  test("asks the newest behaviour first", () => {
    const meter = openMeter();
    const client = new Conversation(meter);
    const asked: string[] = [];
    meter.use((_, next) => {
      asked.push("old");
      return next();
    });
    const remove = meter.use(({ request, level, time }, next) => {
      asked.push("new");
      assert.equal(level, "advanced");
      assert.equal(time, newYear + client.now);
      if (request.kind === "read" && request.table === 53) return error(4);
      assert.equal(next(), next());
      return undefined;
    });
    assert.deepEqual(client.ask(read(53)), error(4));
    assert.deepEqual(asked, ["new"]);
    client.read(52);
    assert.deepEqual(asked, ["new", "new", "old"]);
    remove();
    assert.equal(client.read(53).length, 6);
  });
});
