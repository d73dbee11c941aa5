/** What bytes of alarm, procedure, display, calendar and log tables mean. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toHex } from "../../bytes.ts";
import { type AnyTable, decode, encode, leaves, locate, parseProfile, sizeOf, utcMillis } from "../../layout/index.ts";
import { procedureResults } from "../../procedures/result-codes.ts";
import { defaultDimensions } from "../defaults.ts";
import { ET31 } from "../extended/et31-one-time-read-log.ts";
import { adjustableLog, ET36 } from "../extended/et36-mfg-table-actual-dimensions.ts";
import { ET59 } from "../extended/et59-mep-procedure-response.ts";
import { ET6191 } from "../extended/et6191-pending-calendar-override.ts";
import { BT00 } from "./bt00-general-configuration.ts";
import { BT03 } from "./bt03-end-device-mode-status.ts";
import { BT04 } from "./bt04-pending-status.ts";
import { BT23 } from "./bt23-current-register-data.ts";
import { BT26 } from "./bt26-self-read-data.ts";
import { BT30 } from "./bt30-dimension-display.ts";
import { BT33 } from "./bt33-primary-display-list.ts";
import { BT50 } from "./bt50-dimension-time-and-tou.ts";
import { BT54 } from "./bt54-calendar.ts";
import { BT70 } from "./bt70-dimension-log.ts";
import { BT71 } from "./bt71-actual-log.ts";
import { BT74 } from "./bt74-history-log-data.ts";
import { BT4150 } from "./bt4150-pending-calendar.ts";
import { pendingEventCode } from "./pending-event.ts";
import { procedureResponseFields } from "./procedure-response.ts";
import { factory } from "./status-and-logs.vectors.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));
const generation3 = { BT00: decode(BT00, hex("022a884e4553200200ff0c01000a0d020c0903"), {}) };

describe("tables from the factory", () => {
  test("have the values that their fields print", () => {
    for (const table of [BT30, BT50, BT70, BT71] as readonly AnyTable[]) {
      const body = new Map(Object.entries(factory)).get(table.id) ?? assert.fail(table.id);
      const value: object = decode(table, hex(body), {});
      for (const { path, meta } of leaves(table, {}))
        if (meta.value !== undefined) assert.equal(new Map(Object.entries(value)).get(path), meta.value, path);
      assert.equal(toHex(encode(table, value, {})), body);
    }
    assert.deepEqual(
      [decode(BT70, hex(factory.BT70), {}), decode(BT71, hex(factory.BT71), {})].map((log) => log.historyEntries),
      [200, 100],
    );
  });

  test("BT33 shows three sources for six seconds each", () => {
    const env = { BT30: { ...decode(BT30, hex(factory.BT30), {}), primaryListItems: 3 } };
    assert.deepEqual(decode(BT33, hex(factory.BT33), env), {
      primaryDisplayLists: [{ onTime: 6, offTime: 0, holdTime: 0, defaultList: 1, listItems: 3 }],
      displaySources: [0x2000, 0x2001, 0],
    });
  });
});

test("BT03 names its alarms, from the lowest bit on", () => {
  const data = hex("01" + "0090" + "08" + "01" + "00" + "c0" + "90" + "02" + "01" + "000000");
  const value = decode(BT03, data, generation3);
  const raised = Object.entries(value).filter(([, on]) => on === true);
  assert.deepEqual(
    raised.map(([name]) => name),
    [
      "meteringMode",
      "coverRemoved",
      "disconnectSwitchError",
      "neutralCurrentDeviation",
      "loadProfileOverflow",
      "eventLogOverflowPending",
      "mfgLogEntryAvailable",
      "eventLogUnreadEntries",
      "loadSideVoltageDetected",
      "passwordTableWrittenTo",
      "controlRelay2Open",
    ],
  );
  assert.deepEqual(encode(BT03, value, generation3), data);
});

test("BT04: a calendar waits for its time, an override for a procedure", () => {
  const sets = `${"00".repeat(6)}40${"00".repeat(3)}${"00".repeat(5)}80${"00".repeat(7)}`;
  const records = ["10160c1f1700" + "3610", "2200000000002f18", "00".repeat(8)].join("");
  const value = decode(BT04, hex(`${sets}1604010000${"02"}${records}`), generation3);
  assert.deepEqual([value.basicPending[6], value.extendedPending[5]], [0x40, 0x80]);
  assert.deepEqual(value.lastActivation, { year: 22, month: 4, day: 1, hour: 0, minute: 0 });
  assert.equal(value.activationCount, 2);
  assert.deepEqual(value.pendingActivations, [
    {
      eventCode: pendingEventCode.absoluteTime,
      selfReadFlag: true,
      demandResetFlag: false,
      eventStorage: hex("160c1f1700"),
      tableId: 54,
      stillPending: 1,
    },
    {
      eventCode: pendingEventCode.procedureOnly,
      selfReadFlag: false,
      demandResetFlag: true,
      eventStorage: new Uint8Array(5),
      tableId: 2095,
      stillPending: 1,
    },
    {
      eventCode: 0,
      selfReadFlag: false,
      demandResetFlag: false,
      eventStorage: new Uint8Array(5),
      tableId: 0,
      stillPending: 0,
    },
  ]);
});

describe("the answer to a procedure", () => {
  test("names it by number and sequence, with or without data", () => {
    const done = { procedure: 0x0811, sequence: 7, result: 0, data: new Uint8Array() };
    assert.deepEqual(decode(ET59, hex("11080700"), {}), done);
    assert.deepEqual(decode(ET59, hex("130805000c"), {}), {
      procedure: 0x0813,
      sequence: 5,
      result: 0,
      data: Uint8Array.of(12),
    });
    assert.equal(toHex(encode(ET59, done, {})), "11080700");
  });

  test("has the same general results as procedures", () => {
    assert.deepEqual(procedureResponseFields.result.meta.names, procedureResults);
  });
});

describe("the calendar", () => {
  // 1 single date, 2 recurring ones, 2 switches, 1 season.
  const dimensions = { seasons: 1, nonRecurringDates: 1, recurringDates: 2, tierSwitches: 2 };
  const env = { BT50: { ...decode(BT50, hex(factory.BT50), {}), ...dimensions } };
  const single = "16ce" + "53"; // 2022-12-25, special schedule 0, self-read
  const recurring = "e3f881" + "1d0823";
  const switches = "013100" + "c4b501";
  const body = `${single}${recurring}${switches}${"0100020304"}${"78563412"}`;

  test("tells days, switches, schedules and its id", () => {
    const value = decode(BT54, hex(body), env);
    assert.deepEqual(value.nonRecurringDates, [
      { date: { year: 22, month: 12, day: 25 }, action: 19, demandReset: false, selfRead: true },
    ]);
    assert.deepEqual(value.recurringDates, [
      {
        date: { month: 3, offset: 14, weekday: 0, day: 31 },
        action: 1,
        demandReset: false,
        selfRead: false,
        touFormat: 1,
      },
      {
        date: { month: 13, offset: 1, weekday: 0, day: 1 },
        action: 3,
        demandReset: true,
        selfRead: false,
        touFormat: 0,
      },
    ]);
    assert.deepEqual(value.tierSwitches, [
      { tier: 1, minute: 8, hour: 6, schedule: 0 },
      { tier: 4, minute: 46, hour: 22, schedule: 1 },
    ]);
    assert.deepEqual(value.seasonSchedules, [
      { saturday: 1, sunday: 0, weekday: 2, specialSchedule0: 3, specialSchedule1: 4 },
    ]);
    assert.equal("weekdaySeasonSchedules" in value, false);
    assert.equal(value.calendarId, 0x12345678);
    assert.equal(toHex(encode(BT54, value, env)), body);
  });

  test("that waits is the same after its descriptor", () => {
    const value = decode(BT4150, hex(`30${"160c1f1700"}${body}`), env);
    assert.deepEqual(value.descriptor, {
      eventCode: 0,
      selfReadFlag: true,
      demandResetFlag: true,
      eventStorage: hex("160c1f1700"),
    });
    assert.deepEqual(value.contents, decode(BT54, hex(body), env));
  });

  test("has partial reads at the offsets of the active one, once the descriptor is taken off (Optical guide, p. 11)", () => {
    const active = locate(BT54, ["calendarId"], env);
    const waiting = locate(BT4150, ["contents", "calendarId"], env);
    assert.deepEqual([waiting.offset - 6, waiting.length], [active.offset, active.length]);
  });
});

test("ET6191: a waiting override of the tariff", () => {
  const value = decode(ET6191, hex(`01${"0000010000"}${"02" + "02" + "100e0000" + "000000000000" + "07000000"}`), {});
  assert.deepEqual([value.descriptor.eventCode, toHex(value.descriptor.eventStorage)], [1, "0000010000"]);
  assert.deepEqual([value.contents.tariff, value.contents.overrideDuration, value.contents.calendarId], [2, 3600, 7]);
});

describe("copies of the registers", () => {
  const defaults = defaultDimensions(parseProfile("meter:3.70"));
  const actual = { summations: 1, tiers: 1, selfReads: 2 };
  const env = { ...defaults, BT21: { ...defaults.BT21, ...actual } };
  const entry = (date: string, wh: string) => `${date}00${wh}${"00000000"}`;
  const head = "06" + "02" + "01" + "0900" + "02";

  test("BT26 keeps them as they were, local time, oldest first", () => {
    const body = head + entry("1601010000", "e8030000") + entry("1602010000", "d0070000");
    const value = decode(BT26, hex(body), env);
    assert.deepEqual(
      [value.overflow, value.listType, value.validEntries, value.lastEntryElement, value.lastEntrySequenceNumber],
      [true, true, 2, 1, 9],
    );
    assert.deepEqual(
      value.selfReadEntries.map(({ timeAndDate, registerData }) => [
        timeAndDate?.month,
        registerData.total.summations[0],
      ]),
      [
        [1, 1000],
        [2, 2000],
      ],
    );
  });

  test("ET31 has entries as long as ET36 says, and keeps what it does not know of them", () => {
    const factory36 = (log: string) => `07${"00".repeat(17 * adjustableLog.ET31)}${log}${"00".repeat(17 * 6 + 1)}`;
    // From the factory 2 entries of 232 bytes, where 226 are described (pp. 111, 114-115).
    const logs = decode(ET36, hex(factory36(`1f08e800ff000200${"00".repeat(9)}`)), {});
    const whole = { ...defaults, ET36: logs };
    assert.equal(sizeOf(BT23, whole) + 6, 226);
    assert.equal(sizeOf(ET31, whole), 6 + 2 * 232);
    const data = hex(`${head}${"00".repeat(226)}010203040506${"00".repeat(232)}`);
    const value = decode(ET31, data, whole);
    const [first, second] = value.oneTimeReadEntries.map((read) => new Map(Object.entries(read)).get("tail"));
    assert.deepEqual([first, second], [Uint8Array.of(1, 2, 3, 4, 5, 6), undefined]);
    assert.deepEqual(encode(ET31, value, whole), data);
  });
});

describe("the event log", () => {
  const env = { BT71: { ...decode(BT71, hex(factory.BT71), {}), historyEntries: 2 } };
  const body =
    "04" +
    "0200" +
    "0000" +
    "02000100" +
    "0100" + // newest: element 0, number 65538
    "1607020c0f37" +
    "0200" +
    "ffff" +
    "0308" +
    "0040" +
    "1607020c0f36" +
    "0100" +
    "fdff" +
    "0b00" +
    "0000";

  test("tells when, by whom and which", () => {
    const value = decode(BT74, hex(body), env);
    assert.deepEqual(
      [value.listType, value.validEntries, value.lastEntryElement, value.lastEntrySequenceNumber, value.unreadEntries],
      [1, 2, 0, 65538, 1],
    );
    const [newest, oldest] = value.historyRecords;
    assert.deepEqual(newest, {
      time: { year: 22, month: 7, day: 2, hour: 12, minute: 15, second: 55 },
      sequenceNumber: 2,
      userId: 0xffff,
      event: 0x803,
      argument: Uint8Array.of(0, 0x40),
    });
    assert.equal(oldest?.userId, 0xfffd);
    assert.equal(newest && utcMillis(newest.time), Date.UTC(2022, 6, 2, 12, 15, 55));
    assert.equal(toHex(encode(BT74, value, env)), body);
  });

  test("is reached record by record", () => {
    const place = locate(BT74, ["historyRecords", 1, "event"], env);
    assert.deepEqual([place.offset, place.length], [11 + 14 + 10, 2]);
  });
});
