import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  array,
  at,
  atLeast,
  bool,
  dim,
  either,
  filler,
  next,
  struct,
  table,
  text,
  times,
  u8,
  u16,
  when,
} from "./index.ts";
import { markdown } from "./markdown.ts";

const DD = table("DD", 1, "Dimensions", { read: "none", write: "never" }, { count: at(0, u8, "") });
const since400 = atLeast({ meter: [4, 0], module: [1, 20] });

describe("the reference page", () => {
  test("of a table has a row for each field", () => {
    const page = table(
      "XX",
      0x0809,
      "Example | table",
      { read: "basic", write: "advanced" },
      {
        interval: at(0, u16, "Time between reads", { vci: "H", unit: "min", value: 60 }),
        mode: at(2, u8, "What it does", { names: { 0: "off", 1: "a | b" }, value: 0, since: "meter 3.60" }),
        active: at(3, bool(0), "It is on.", { value: false }),
        filler1: at(3, filler(1, 7), ""),
        entries: at(4, array(dim(DD, "count"), struct({ name: at(0, text(4), "Its\n name") }), 6), "One a device"),
        later: at(
          either(since400, 10, times(2, dim(DD, "count"))),
          when(since400, struct({ x: next(u8, "Deep") })),
          "",
        ),
      },
      { since: { meter: [3, 30] } },
    );
    assert.equal(
      markdown(page),
      `### XX (0x0809): Example | table

Read: basic key. Write: advanced key. Dimensions from DD. Since firmware meter 3.30.

| Field | Offset | Type | Unit | VCI | Meaning |
| --- | --- | --- | --- | --- | --- |
| interval | 0 | UINT16 | min | H | Time between reads. Factory value 60. |
| mode | 2 | UINT8 |  |  | What it does: 0 = off, 1 = a \\| b. Since meter 3.60. Factory value 0. |
| active | 3 | BOOL(0) |  |  | It is on. Factory value false. |
| filler1 | 3 | FILL(1..7) |  |  |  |
| entries | 4 | ARRAY[DD.count] of 6-byte record |  |  | One a device. |
| entries.n.name | 0 | ARRAY[4] of CHAR |  |  | Its name. |
| later | 10 if firmware meter 4.00, module 1.20 or later, else 2 * DD.count | record, if firmware meter 4.00, module 1.20 or later |  |  |  |
| later.x |  | UINT8 |  |  | Deep. |`,
    );
  });

  test("of a table without needs says so by saying nothing", () => {
    assert.match(markdown(DD), /^### DD \(0x0001\): Dimensions\n\nRead: no key. Write: not possible.\n\n\| Field/);
  });

  test("joins a meaning that ends in a stop of its own without a second one", () => {
    const TT = table(
      "TT",
      2,
      "T",
      { read: "none", write: "never" },
      {
        a: at(0, u8, "Ends already.", { names: { 1: "one" } }),
        b: at(1, u8, "", { names: { 1: "one" } }),
      },
    );
    const lines = markdown(TT).split("\n");
    assert.match(lines.at(-2) ?? "", /\| Ends already: 1 = one\. \|$/);
    assert.match(lines.at(-1) ?? "", /\| 1 = one\. \|$/);
  });
});
