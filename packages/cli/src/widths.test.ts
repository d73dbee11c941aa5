/** On a terminal of any width: no line is longer, and no number is broken or missing. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runCli, withMeter } from "./testing/run-cli.ts";

const asking = ["--link", "tcp://m:1"];
const commands = [
  ["live", "--count", "1", ...asking],
  ["read", "BT21", "BT23", "ET13", ...asking],
  ["events", "--zone", "Europe/Copenhagen", ...asking],
  ["outages", "--zone", "Europe/Copenhagen", ...asking],
  ["billing", ...asking],
  ["alarms", ...asking],
  ["calendar", ...asking],
  ["tariffs", ...asking],
  ["demands", ...asking],
  ["devices", ...asking],
  ["recurring", ...asking],
  ["quality", ...asking],
  ["display", ...asking],
  ["doctor", ...asking],
  ["tables"],
  ["tables", "ET13"],
  ["ports"],
];
const adapters = [
  {
    path: "/dev/ttyUSB3",
    vendor: "0403",
    product: "6001",
    serial: "A50285BI",
    maker: "FTDI",
    name: null,
    link: "usb://0403:6001:A50285BI",
  },
];

/** Our own cursor sequences. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character
const sequences = /\x1b\[[?\d]*[A-Za-z]|\r/g;
/** Numbers of three digits or more; a wrapped sentence holds the same ones on other lines. */
const numbersIn = (text: string): string[] =>
  (text.match(/\d[\d.,:]{2,}/g) ?? []).map((found) => found.replace(/[.,:]+$/, "")).sort();

describe("a terminal", () => {
  for (const command of commands)
    test(`of any width shows every number of ${command.slice(0, 2).join(" ")} unbroken`, async () => {
      const shown = async (columns: number): Promise<string> => {
        const { out } = await runCli(command, {
          ...withMeter({ demand: command[0] === "demands" }),
          adapters,
          terminal: true,
          columns,
          rows: 500,
        });
        return out.replace(sequences, "");
      };
      const wide = numbersIn(await shown(1000));
      for (const columns of [40, 60, 80, 200]) {
        const text = await shown(columns);
        const longest = Math.max(...text.split("\n").map((line) => [...line].length));
        assert.ok(
          longest <= columns,
          `${longest} in ${columns}:\n${text.split("\n").find((line) => [...line].length > columns)}`,
        );
        const narrow = numbersIn(text);
        // A narrow table repeats column names in each row; part of a number would be a new one.
        assert.deepEqual([...new Set(narrow)], [...new Set(wide)], `${columns} columns\n${text}`);
        assert.ok(narrow.length >= wide.length, `${columns} columns\n${text}`);
      }
    });
});
