/** Dimensions that change between the plan of a write and the write: nothing lands at an old offset. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toHex } from "@meterport/protocol/bytes";
import { decode, encode, sizeOf } from "@meterport/protocol/layout/index";
import { BT50, BT52, BT54 } from "@meterport/protocol/tables/index";
import { type Changing, openChanging } from "./support/changing-meter.ts";

/** A calendar with that many non-recurring dates and an ID, in place of the present one. */
const reconfigure = ({ device }: Pick<Changing, "device">, nonRecurringDates: number, calendarId: number): void => {
  const BT50value = {
    ...decode(BT50, device.memory.get(BT50.number) ?? assert.fail(), device.dimensions),
    nonRecurringDates,
  };
  const env = { ...device.dimensions, BT50: BT50value };
  const size = sizeOf(BT54, env);
  const value = { ...decode(BT54, new Uint8Array(size), env), calendarId };
  device.memory.set(BT50.number, encode(BT50, BT50value, env));
  device.memory.set(BT54.number, encode(BT54, value, env));
  device.bumpDimensions();
};

/** Reconfigures the meter once the nth request to BT54 has been answered. */
const movesAfter = (changing: Changing, kind: "read-at" | "write-at", nth: number, dates = 10): (() => number) => {
  let seen = 0;
  let moves = 0;
  changing.device.use(({ request, inTransaction }, next) => {
    const response = next();
    if (!inTransaction && request.kind === kind && request.table === BT54.number && ++seen === nth) {
      moves++;
      reconfigure(changing, dates, 7);
    }
    return response;
  });
  return () => moves;
};

describe("a write whose table moves under it", () => {
  test("is laid out again, and the old offset keeps what it had", async () => {
    const changing = await openChanging("meter:3.70");
    const { clock, meter, device, written } = changing;
    const moves = movesAfter(changing, "read-at", 1);
    const result = await clock.run(meter.write(BT54, ["calendarId"], 99));
    assert.equal(moves(), 1);
    // 804 bytes lie before it with 25 dates, 759 with 10; the request for 804 was refused by its number and never sent again.
    assert.deepEqual(written, ["write-at 54 759 63000000"]);
    assert.deepEqual(
      result.requests.map(({ offset, data }) => [offset, toHex(data)]),
      [[759, "63000000"]],
    );
    const bytes = device.memory.get(BT54.number) ?? assert.fail();
    assert.equal(bytes.length, 763);
    assert.equal(new DataView(bytes.buffer).getUint32(759, true), 99);
    assert.ok(
      bytes.subarray(0, 759).every((byte) => byte === 0),
      "no other byte was touched",
    );
    assert.equal(await clock.run(meter.read(BT54, ["calendarId"])), 99);
  });

  test("in several pieces: the remaining ones go to their new places", async () => {
    const changing = await openChanging("meter:3.70");
    const { clock, meter, device, written } = changing;
    const value = await clock.run(meter.read(BT54));
    device.memory.set(BT54.number, new Uint8Array(808));
    const moves = movesAfter(changing, "write-at", 1, 25);
    await clock.run(meter.write(BT54, value));
    assert.equal(moves(), 1);
    assert.deepEqual(await clock.run(meter.read(BT54)), value);
    assert.ok(written.length >= 3, `${written.length} writes`);
  });

  test("repeatedly: it gives up with a sentence, and no old offset was written", async () => {
    const changing = await openChanging("meter:3.70");
    const { clock, meter, device, written } = changing;
    let dates = 25;
    device.use(({ request }, next) => {
      const response = next();
      if (request.kind === "read-at" && request.table === BT54.number) {
        dates = 35 - dates;
        reconfigure(changing, dates, 7);
      }
      return response;
    });
    await assert.rejects(clock.run(meter.write(BT54, ["calendarId"], 99)), {
      name: "LinkError",
      code: "moved",
      message:
        "write BT54.calendarId: the meter's dimensions may have changed since it was laid out, so it was not executed",
    });
    assert.deepEqual(written, []);
  });

  test("a change noticed by another request counts too, also for requests in the queue", async () => {
    const changing = await openChanging("meter:3.70");
    const { clock, meter, device, written } = changing;
    const planned = movesAfter(changing, "read-at", 1);
    // A reader beside it, whose request is the first that the meter refuses by its number.
    const reader = async (): Promise<void> => {
      for (let i = 0; i < 12; i++) await meter.read(BT52);
    };
    const [result] = await clock.run(Promise.all([meter.write(BT54, ["calendarId"], 99), reader()]));
    assert.deepEqual([planned(), result.sent], [1, true]);
    assert.deepEqual(written, ["write-at 54 759 63000000"]);
    assert.equal(device.memory.get(BT54.number)?.[759], 99);
  });

  test("without a jump, as after another client's request, it is sealed again and sent unchanged", async () => {
    const { clock, meter, device, written } = await openChanging("meter:3.70");
    let bumped = false;
    device.use(({ request }, next) => {
      const response = next();
      if (request.kind === "read-at" && request.table === BT54.number && !bumped) {
        bumped = true;
        device.port(1).bumpSequence(12);
      }
      return response;
    });
    await clock.run(meter.write(BT54, ["calendarId"], 99));
    assert.deepEqual([bumped, written], [true, ["write-at 54 804 63000000"]]);
  });

  test("in a transaction: it is laid out again before it runs", async () => {
    const changing = await openChanging("meter:3.70");
    const { clock, meter, device, written } = changing;
    const moves = movesAfter(changing, "read-at", 1);
    const [outcome] = await clock.run(meter.transaction((steps) => [steps.write(BT54, ["calendarId"], 99)]));
    assert.equal(moves(), 1);
    assert.ok(outcome.ok, String(outcome.ok ? "" : outcome.error));
    const inside = written.filter((line) => line.startsWith("t "));
    assert.deepEqual(inside, ["t write-at 54 759 63000000"]);
    assert.equal(new DataView((device.memory.get(BT54.number) ?? assert.fail()).buffer).getUint32(759, true), 99);
  });
});
