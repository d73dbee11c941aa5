import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex, toHex } from "@meterport/protocol/bytes";
import { seeded } from "../random.ts";
import { parseLineCondition } from "./condition-text.ts";
import { type OpticalHabitSettings, OpticalHabits } from "./optical-habits.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const packet = bytes("ee0000000001201310");

/** What becomes of packets sent at these times: "passed", or the answer in hex. */
const fate = (settings: OpticalHabitSettings, times: readonly number[], sent: Uint8Array = packet): string[] => {
  const habits = new OpticalHabits(seeded(1));
  return times.map((time) => {
    const heard = habits.hears(sent, time, settings);
    return heard.type === "passed" ? heard.type : toHex(heard.answer ?? new Uint8Array());
  });
};

describe("an optical port with habits", () => {
  test("refuses the first packets after each pause, as many as it is told", () => {
    assert.deepEqual(fate({ firstNak: 2 }, [0, 100, 200, 300, 5_300, 5_301, 10_400]), [
      "15",
      "15",
      "passed",
      "passed",
      "passed",
      "passed",
      "15",
    ]);
  });

  test("answers with rubbish first, which contains nothing meaningful", () => {
    for (const each of fate({ firstRubbish: 1, firstNak: 1 }, [0])) assert.doesNotMatch(each, /^$|^(..)*(ee|06|15)/);
    assert.deepEqual(fate({ firstRubbish: 1, firstNak: 1 }, [0, 100, 200]).slice(1), ["15", "passed"]);
  });

  test("loses the whole packet, in however many pieces it comes, and leaves what the MEP port is asked", () => {
    const habits = new OpticalHabits(seeded(1));
    assert.deepEqual(
      [packet.subarray(0, 4), packet.subarray(4)].map((piece, i) => habits.hears(piece, 10 * i, { firstNak: 1 }).type),
      ["lost", "lost"],
    );
    assert.deepEqual(fate({ firstNak: 1 }, [0], bytes("00143f00")), ["passed"]);
  });

  test("sleeps until four bytes 0x55 have come", () => {
    const habits = new OpticalHabits(seeded(1));
    const type = (sent: Uint8Array, now: number): string => habits.hears(sent, now, { asleep: true }).type;
    assert.deepEqual([type(packet, 0), type(packet, 2_000)], ["lost", "lost"]);
    for (let i = 0; i < 4; i++) assert.equal(type(bytes("55"), 4_000 + 50 * i), "lost");
    assert.deepEqual([type(packet, 4_200), type(packet, 9_000), type(packet, 14_001)], ["passed", "passed", "lost"]);
  });

  test("sends 0x00 for the first acknowledgement after a pause, and for no other", () => {
    const habits = new OpticalHabits(seeded(1));
    const spoken = (sent: string): string => toHex(habits.speaks(bytes(sent), { zeroAck: true }));
    habits.hears(packet, 0, { zeroAck: true });
    assert.deepEqual([spoken("06"), spoken("06"), spoken("ee0006")], ["00", "06", "ee0006"]);
    habits.hears(packet, 6_000, { zeroAck: true });
    assert.equal(spoken("06"), "00");
  });

  test("cuts one packet of a given number, but never its length field", () => {
    const habits = new OpticalHabits(seeded(1));
    const long = bytes(`ee00000000 20${"00".repeat(34)}`);
    const lengths = Array.from({ length: 9 }, () => habits.speaks(long, { shortFrame: 3 }).length);
    assert.deepEqual(
      lengths.map((length) => length < long.length),
      [false, false, true, false, false, true, false, false, true],
    );
    assert.ok(lengths.every((length) => length >= 6));
    assert.equal(habits.speaks(bytes("06"), { shortFrame: 1 }).length, 1);
  });

  test("is written as other conditions are", () => {
    assert.deepEqual(parseLineCondition("first-nak,first-rubbish=2,zero-ack,asleep,short-frame=400"), {
      firstNak: 1,
      firstRubbish: 2,
      zeroAck: true,
      asleep: true,
      shortFrame: 400,
    });
    assert.throws(() => parseLineCondition("short-frame=0"), { code: "line" });
    assert.throws(() => parseLineCondition("short-frame"), /shortFrame needs a value|short-frame needs a value/);
  });
});
