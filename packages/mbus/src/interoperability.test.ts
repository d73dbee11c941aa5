/** Telegrams of many makers, and what two other decoders say of them. Where ours differs, the reason stands here. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { libmbusFrames } from "./libmbus.vectors.ts";
import type { MbusRecord } from "./records.ts";
import { applicationOf, lineOf, placeOf, saysSame } from "./stated-records.test-kit.ts";
import { wmbusmetersTelegrams } from "./wmbusmeters.vectors.ts";

interface Stated {
  readonly name: string;
  readonly record: MbusRecord;
  /** What the other decoder says. */
  readonly value: string;
  readonly unit: string;
  readonly quantity: string;
}

/** Why ours is right though it differs, and how often. */
interface Reason {
  readonly why: string;
  readonly times: number;
  readonly applies: (stated: Stated) => boolean;
}

const noted = ({ notes }: MbusRecord, pattern: RegExp): boolean => notes.some((note) => pattern.test(note));
const suspect = ({ doubts }: MbusRecord, doubt: MbusRecord["doubts"][number]): boolean => doubts.includes(doubt);

const noDate = (times: number): Reason => ({
  why: "a date of ones or zeros, or marked as not valid, is none; they print it as if it were one",
  times,
  applies: ({ record, value }) =>
    record.quantity.startsWith("date") && record.time === null && suspect(record, "value") && /^\d{4}-/.test(value),
});
const recurring = (times: number): Reason => ({
  why: "the year 127 stands for any year",
  times,
  applies: ({ record, value }) => record.text?.slice(1) === value.slice(4) && value.startsWith("2127"),
});
const manufacturers = (times: number): Reason => ({
  why: "only the maker knows what a number is that has no code of the standard; here it is `raw`",
  times,
  applies: ({ record, value }) =>
    record.quantity === "manufacturer specific" && record.value === null && record.raw === Number(value),
});

const ofLibmbus: readonly Reason[] = [
  noDate(5),
  recurring(1),
  manufacturers(19),
  {
    why: "digits beyond 9 mean that there is no value; libmbus counts with them",
    times: 4,
    applies: ({ record }) => record.value === null && /[a-f]/.test(record.text ?? "") && suspect(record, "value"),
  },
  {
    why: "without a century the year 99 is 1999 (EN 13757-3, type F); libmbus makes it 2099",
    times: 2,
    applies: ({ record, value }) => record.time === value.replace(/^2099/, "1999"),
  },
  {
    why: "libmbus does not read the code behind the VIF, which makes it a value for each pulse",
    times: 13,
    applies: ({ record, value }) => noted(record, /^per input pulse/) && record.value === Number(value),
  },
  {
    why: "libmbus does not read the code behind the VIF, which makes it a date",
    times: 4,
    applies: ({ record }) => noted(record, /^end of the latest one/) && record.unit === null,
  },
  {
    why: "libmbus does not read the code behind the VIF, which makes it a duration",
    times: 2,
    applies: ({ record, value }) => noted(record, /^first time beyond/) && record.value === Number(value),
  },
  {
    why: "a medium has a name",
    times: 2,
    applies: ({ record, value }) => record.quantity === "medium" && record.raw === Number(value),
  },
  {
    why: "libmbus has the unit of a fixed structure with its prefix, and not the one that stands for the other",
    times: 4,
    applies: ({ record, value, quantity }) => quantity === "" && record.raw === Number(value),
  },
  {
    why: "0xfd 0x71 is the received level since the edition of 2013",
    times: 3,
    applies: ({ record, value }) => record.unit === "dBm" && record.value === Number(value),
  },
  {
    why: "0x7b without its extension bit is reserved, and libmbus says nothing of it",
    times: 1,
    applies: ({ record, value }) => record.codes === "7b" && record.raw === 302 && value === "",
  },
];

const ofWmbusmeters: readonly Reason[] = [
  noDate(19),
  recurring(3),
  manufacturers(3),
  {
    why: "the lowest integer means that there is no value; wmbusmeters counts with it",
    times: 26,
    applies: ({ record }) => /^(00)+80$/.test(record.data) && record.value === null && suspect(record, "value"),
  },
  {
    why: "a fabrication number in binary is told in decimal digits; wmbusmeters tells the bytes",
    times: 2,
    applies: ({ record, value }) =>
      record.quantity === "fabrication number" && record.raw === Number.parseInt(value, 16),
  },
  {
    why: "a fabrication number of letters too is told, with a doubt",
    times: 1,
    applies: ({ record, value }) => record.text === value.toLowerCase() && suspect(record, "value"),
  },
  {
    why: "this driver does not divide the frequency by 100, as the code says",
    times: 2,
    applies: ({ record, value }) => record.unit === "Hz" && record.value === Number(value) / 100,
  },
  {
    why: "the maker tells the time of errors with the standard's code for a value in error",
    times: 5,
    applies: ({ record, value }) => noted(record, /^data error$/) && record.raw === Number(value),
  },
  {
    why: "this driver leaves out the code for a tenth",
    times: 2,
    applies: ({ record, value }) => record.unit === "varh" && record.value === Number(value) / 10,
  },
  {
    why: "this driver leaves out the code that makes it power per month",
    times: 2,
    applies: ({ record, value }) => record.unit === "W/month" && record.value === Number(value),
  },
  {
    why: "wmbusmeters rounds hours to six digits, and has 16.9992 s for 17 s",
    times: 1,
    applies: ({ record, value }) => record.value === Math.round(Number(value)),
  },
];

/** Records that differ, each explained by one reason, and each reason as often as it says. */
const settle = (reasons: readonly Reason[], differing: readonly Stated[]): void => {
  const times = new Map<Reason, number>();
  const open: string[] = [];
  for (const stated of differing) {
    const reason = reasons.find(({ applies }) => applies(stated));
    if (reason === undefined)
      open.push(`${stated.name}: ${stated.quantity} ${stated.value} ${stated.unit}, ours ${lineOf(stated.record)}`);
    else times.set(reason, (times.get(reason) ?? 0) + 1);
  }
  assert.deepEqual(open, []);
  assert.deepEqual(
    reasons.map((reason) => [reason.why, times.get(reason) ?? 0]),
    reasons.map(({ why, times: wanted }) => [why, wanted]),
  );
};

describe("libmbus", () => {
  /** Telegrams in which ours has other records, and why. */
  const others: Readonly<Record<string, string>> = {
    example_data_01: "its mode of encryption is reserved, so nothing is guessed; libmbus does not look at it",
    example_data_02: "the same",
    example_binary16_lvar: "libmbus refuses binary numbers of 16 bytes",
    example_plain_text_placement: "libmbus refuses a plain text behind the codes that follow its VIF",
  };
  const differing: Stated[] = [];
  let compared = 0;
  for (const [name, frame, records] of libmbusFrames)
    test(`${name} has the same records`, () => {
      const found = applicationOf(frame);
      const rows = records === "" ? [] : records.split("|");
      if (name in others) return assert.notEqual(found.records.length, rows.length);
      assert.deepEqual([found.problem, found.records.length], [null, rows.length]);
      for (const [i, record] of found.records.entries()) {
        const [quantity = "", value = "", unit = "", place = ""] = (rows[i] ?? "").split(";");
        compared++;
        const same = quantity === record.quantity && saysSame(record, value, unit);
        if (!same) differing.push({ name, record, value, unit, quantity });
        // The counters of a fixed structure have no place there.
        if (quantity !== "") assert.equal(placeOf(record), place, `${name}: record ${i}`);
      }
    });

  test("says the same of all records but those that have a reason", () => {
    settle(ofLibmbus, differing);
    assert.deepEqual([libmbusFrames.length, compared], [80, 948]);
  });

  test("an integer of 16 bytes keeps its bytes, and a plain text may stand behind the codes", () => {
    const frameOf = (wanted: string): string => libmbusFrames.find(([name]) => name === wanted)?.[1] ?? assert.fail();
    const [binary] = applicationOf(frameOf("example_binary16_lvar")).records;
    assert.deepEqual([binary?.quantity, binary?.value, binary?.doubts], ["PW", null, ["range"]]);
    assert.equal(binary?.data, "96075b2a27a693013db51ab3dcd13e17");
    const [plain] = applicationOf(frameOf("example_plain_text_placement")).records;
    assert.deepEqual([plain?.quantity, plain?.unit, plain?.value], ["ABC", "1/s", 12_565]);
    const encrypted = applicationOf(frameOf("example_data_01"));
    assert.deepEqual([encrypted.problem, encrypted.encryption?.name], ["encrypted", "reserved"]);
  });
});

describe("wmbusmeters", () => {
  /** Bytes of a checksum, or of padding, were left at its end: wmbusmeters makes a record of them that has no value. */
  const cut: readonly string[] = ["amiplus-3", "unismart"];
  /** It gives a binary number of 11 bytes another length, and so reads another header behind it. */
  const misread: readonly string[] = ["itronheat-1:6", "itronheat-2:6"];
  const differing: Stated[] = [];
  let [compared, told] = [0, 0];
  for (const [name, telegram, records] of wmbusmetersTelegrams)
    test(`${name} has the same records`, () => {
      const found = applicationOf(telegram);
      const rows = records === "" ? [] : records.split("|");
      const ended = cut.includes(name);
      if (ended) rows.pop();
      assert.deepEqual([found.problem, found.records.length], [ended ? "truncated" : null, rows.length]);
      for (const [i, record] of found.records.entries()) {
        const [value = "", unit = "", place = ""] = (rows[i] ?? "").split(";");
        compared++;
        if (misread.includes(`${name}:${i}`)) continue;
        assert.equal(placeOf(record), place, `${name}: record ${i}`);
        if (value === "") continue;
        told++;
        if (!saysSame(record, value, unit)) differing.push({ name, record, value, unit, quantity: "" });
      }
    });

  test("says the same of all records but those that have a reason", () => {
    settle(ofWmbusmeters, differing);
    assert.deepEqual([wmbusmetersTelegrams.length, compared, told], [153, 1496, 1132]);
  });
});
