/** A meter whose every text is an attack on the terminal that shows it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import { leaves } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import { tables } from "@meterport/protocol/tables/index";
import type { VirtualMeter } from "@meterport/simulator";
import { key, type Ran, runCli, type World, withMeter } from "./testing/run-cli.ts";

/** A line feed with a mark behind it, ESC, BEL, CSI, DEL, CR. */
const attack = [0x78, 0x0a, 0x21, 0x1b, 0x07, 0x9b, 0x7f, 0x0d];
const attackText = String.fromCharCode(...attack);

interface Place {
  readonly table: AnyTable;
  readonly offset: number;
  readonly size: number;
}

/** Every text field in every table of the meter. */
const textFields = ({ memory, dimensions }: VirtualMeter): Place[] =>
  tables.flatMap((table) =>
    memory.has(table.number)
      ? leaves(table, dimensions, "all").flatMap(({ offset, size, type }) =>
          /CHAR/.test(type) && size !== undefined ? [{ table, offset, size }] : [],
        )
      : [],
  );

const places = textFields(withMeter().meter);
const poisoned = [...new Set(places.map(({ table }) => table.id))];

const poisonedWorld = (): World => {
  const world = withMeter();
  for (const { table, offset, size } of places)
    world.meter.memory.patch(
      table.number,
      offset,
      Uint8Array.from({ length: size }, (_, i) => attack[i % attack.length] ?? 0),
    );
  return world;
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the sequences of our own
const ours = /\x1b\[(?:\d{1,2}m|\?25[hl]|0J|K|\d+F)|\r(?=\x1b\[K|\[)/g;

const assertHarmless = ({ out, err }: Ran, what: string): void => {
  for (const text of [out, err]) {
    const rest = text.replace(ours, "");
    assert.doesNotMatch(rest, /[^\P{C}\n]/u, what);
    assert.doesNotMatch(rest, /^\s*!/m, `${what}: a line of the meter's own`);
  }
};

const asking = ["--link", "tcp://meter:1", "--key", key];
const commands = [
  ["live", "--count", "1"],
  ["devices"],
  ["recurring"],
  ["events"],
  ["outages"],
  ["billing"],
  ["alarms"],
  ["calendar"],
  ["tariffs"],
  ["demands"],
  ["quality"],
  ["profile", "--since", "3h"],
  ["display"],
  ["dump"],
  ["doctor"],
  ["doctor", "--format", "html"],
];

describe("text of a meter", () => {
  for (const command of commands)
    for (const terminal of [true, false])
      test(`cannot drive a terminal through ${command.join(" ")}${terminal ? "" : " into a pipe"}`, async () => {
        const ran = await runCli([...command, ...asking], { ...poisonedWorld(), terminal, color: terminal });
        assert.ok(ran.code < 2, ran.err);
        assertHarmless(ran, command.join(" "));
      });

  test("cannot drive a terminal through read and explain, in any table", async () => {
    assert.ok(poisoned.length > 5, poisoned.join());
    for (const id of poisoned) {
      assertHarmless(await runCli(["read", id, ...asking], { ...poisonedWorld(), terminal: true, color: true }), id);
      assertHarmless(await runCli(["explain", "--table", id, "780a211b079b7f0d".repeat(40)], { terminal: true }), id);
    }
  });

  test("stays exact in JSON", async () => {
    const { out } = await runCli(["devices", ...asking, "--json"], poisonedWorld());
    const [device] = JSON.parse(out) as { readonly customerId: string }[];
    assert.ok(device?.customerId.startsWith(attackText), out);
    assert.doesNotMatch(out, /[^\P{C}\n]/u);
  });
});

test("text of a bridge or system cannot drive a terminal in an error", async () => {
  const openLink = () => Promise.reject(new LinkError("not-open", attackText, attackText));
  for (const command of [["read", "BT01"], ["live"], ["doctor"]])
    assertHarmless(await runCli([...command, ...asking], { openLink, terminal: true }), command.join(" "));
});

test("text of a capture cannot drive a terminal", async () => {
  const head = { format: "meterport-capture", version: 1, started: attackText, link: `\u202e${attackText}` };
  const text = `${JSON.stringify(head)}\n${JSON.stringify({ t: 0, dir: attackText, hex: attackText })}\n`;
  for (const command of [["explain"], ["explain", "--full"], ["redact"], ["replay", "--listen", "tcp://127.0.0.1:0"]])
    assertHarmless(await runCli([...command, "a.ndjson"], { files: { "a.ndjson": text } }), command.join(" "));
});

test("our own symbols become ASCII in an ASCII locale", async () => {
  for (const command of commands) {
    const ran = await runCli([...command, ...asking], { ...withMeter(), unicode: false, terminal: true });
    if (command.includes("html")) continue;
    assert.doesNotMatch(ran.out + ran.err, /[\u0080-\u{10ffff}]/u, command.join(" "));
  }
});
