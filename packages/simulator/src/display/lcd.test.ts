import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openMeter } from "../testing/conversation.ts";
import { MepClient, table } from "../testing/mep-client.ts";
import { displaySource, lcdAt } from "./lcd.ts";
import { drawLcd, lcdText } from "./lcd-drawing.ts";

const second = 1000;
const values = 31 + 2 * 6;

describe("the display", () => {
  test("turns through the meter's list and what a client shows, six seconds each", () => {
    const meter = openMeter();
    const client = new MepClient(meter);
    // Place 1: -1234 with kWh and minus; place 3: 7 with euro (p. 131).
    client.line.writeAt(table.ET50, 31, [0x20, 0x01]);
    client.line.writeAt(table.ET50, values, [0x2e, 0xfb, 0xff, 0xff]);
    client.line.writeAt(table.ET50, 31 + 4, [0x01, 0x00]);
    client.line.writeAt(table.ET50, values + 8, [7, 0, 0, 0]);
    const seen = new Map<string, string>();
    for (let at = 2; at < 60; at++) {
      client.line.listen(at * second);
      const { code, value, icons, items } = lcdAt(meter);
      assert.equal(items, 4);
      seen.set(code, `${value} ${icons.join()}`);
    }
    assert.deepEqual([...seen.keys()].sort(), ["0.9.1", "1.8.0", "C1.1", "C1.3"]);
    assert.deepEqual([seen.get("C1.1"), seen.get("C1.3")], ["-1234 kWh", "7 Euro"]);
  });

  test("shows only the client's values that its list names, where it names one", () => {
    const meter = openMeter();
    const client = new MepClient(meter);
    client.line.writeAt(table.ET50, values + 4, [9, 0, 0, 0]);
    // BT33: on time 6, mode 1, one item, then its source (p. 228).
    client.line.writeAt(0x0021, 0, [0x06, 0x10, 1, (displaySource.client1 + 1) & 0xff, displaySource.client1 >> 8]);
    assert.deepEqual(lcdAt(meter), { code: "C1.2", value: "9", icons: [], house: false, item: 1, items: 1 });
  });

  test("flashes the house a second on and a second off; from firmware 4 on ET55 says whose", () => {
    const meter = openMeter();
    const client = new MepClient(meter);
    client.line.writeAt(table.ET50, 31 + 6 * 6, [2]);
    const lit = [10, 11, 12, 13].map((at) => {
      client.line.listen(at * second);
      return lcdAt(meter).house;
    });
    assert.deepEqual(lit, [true, false, true, false]);
    const newer = openMeter({ profile: { family: "meter", firmware: [4, 30] } });
    const other = new MepClient(newer, { port: 2 });
    other.line.writeAt(table.ET50, 35 + 36 + 31 + 36, [1]);
    assert.equal(lcdAt(newer).house, false);
  });

  test("is dark without power", () => {
    const meter = openMeter();
    meter.powerFail(second);
    assert.equal(lcdText(lcdAt(meter)), "display: nothing");
  });

  test("is drawn with seven segments, all lines as wide as the others", () => {
    const lines = drawLcd({ code: "C1.1", value: "-1234567890", icons: ["kWh"], house: true, item: 3, items: 4 });
    assert.equal(new Set(lines.map(({ length }) => length)).size, 1);
    assert.deepEqual(lines.slice(1, 6), [
      "| C1.1                      /^\\ 3/4 |",
      "|        _  _     _  _  _  _  _  _  |",
      "|  _   | _| _||_||_ |_   ||_||_|| | |",
      "|      ||_  _|  | _||_|  ||_| _||_| |",
      "|                               kWh |",
    ]);
    assert.equal(
      lcdText({ code: "C1.1", value: "5", icons: ["kW"], house: true, item: 3, items: 4 }),
      "display 3/4: C1.1 5 kW house",
    );
  });
});
