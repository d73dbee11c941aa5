/** Explanations of an optical port for people. */
import type { ByteRange } from "@meterport/protocol/layout/annotate";
import type { Paint } from "../../../format/paint.ts";
import { alignedTable, type Row } from "../../../format/table.ts";
import { bodyText } from "../explain-text.ts";
import type { Field } from "../walk.ts";
import type { ExplainedItem } from "./optical-item.ts";
import { type ExplainedMessage, maskedHex } from "./optical-message.ts";

/** Bytes of a field that are shown; JSON has them all. */
const shownBytes = 8;

interface Bytes {
  readonly bytes: Uint8Array;
  readonly secrets: readonly ByteRange[];
}

const hexCell = ({ bytes, secrets }: Bytes, start: number, end: number): string => {
  const shown = Math.min(end, start + (end - start > shownBytes ? shownBytes - 1 : shownBytes));
  const hex = maskedHex(bytes, secrets, " ").slice(3 * start, 3 * shown - 1);
  return end - start > shownBytes ? `${hex} … (${end - start})` : hex;
};

const fieldRow = (of: Bytes, { name, start, end, value, meaning }: Field, paint: Paint): Row => {
  const hexed = name === "data" || name === "crc" || name === "start" || name === "code" || end - start > shownBytes;
  const text = typeof value === "string" && name !== "data" && name !== "crc" ? value : hexed ? "" : String(value);
  return [
    { text: String(start), paint: (shown) => paint("dim", shown) },
    { text: hexCell(of, start, end), paint: (shown) => paint("dim", shown) },
    { text: name, paint: (shown) => paint("cyan", shown) },
    text,
    { text: meaning ?? "", paint: (shown) => (shown.startsWith("invalid") ? paint("red", shown) : shown) },
  ];
};

const unknownRow = (of: Bytes, { start, end }: ByteRange, paint: Paint): Row => [
  String(start),
  { text: hexCell(of, start, end), paint: (shown) => paint("red", shown) },
  { text: "unknown", paint: (shown) => paint(["bold", "red"], shown) },
  "",
  "",
];

const rows = (of: Bytes, fields: readonly Field[], unknown: readonly ByteRange[], paint: Paint): string => {
  const gaps = unknown.filter(({ start, end }) => !fields.some((field) => field.start <= start && field.end >= end));
  return alignedTable(
    [
      ...fields.map((field) => ({ at: field.start, row: fieldRow(of, field, paint) })),
      ...gaps.map((range) => ({ at: range.start, row: unknownRow(of, range, paint) })),
    ]
      .sort((a, b) => a.at - b.at)
      .map(({ row }) => row),
    { indent: "  ", right: [0, 3], width: paint.width },
  );
};

const arrow = { client: ">", meter: "<" } as const;
const timeText = (t: number | undefined): string => (t === undefined ? "" : (t / 1000).toFixed(3));

const itemTitle = ({ said, what }: ExplainedItem): string => {
  const head = [timeText(said.t), said.by === undefined ? "" : arrow[said.by]].filter((part) => part !== "").join(" ");
  const told = said.type === "packet" ? ["packet", what].filter((part) => part !== "").join(": ") : what;
  return head === "" ? told : `${head} ${told}`;
};

const messageText = (message: ExplainedMessage, chosen: boolean, paint: Paint): string => {
  const { by, what, fields, unknown, notes, table, offset, data, body } = message;
  const title = `${paint("bold", `${by === "client" ? "request" : "reply"}: ${what}`)}${notes.map((note) => paint("yellow", ` (${note})`)).join("")}`;
  const parts = [`${title}\n${rows(message, fields, unknown, paint)}`];
  if (body !== undefined && data !== undefined && data.length > 0 && table !== undefined)
    parts.push(bodyText({ number: table, body, data, offset, chosen }, paint));
  return parts.join("\n");
};

/** Every byte. */
export const wholeText = (
  items: readonly ExplainedItem[],
  messages: readonly ExplainedMessage[],
  { chosen, paint }: { readonly chosen: boolean; readonly paint: Paint },
): string =>
  items
    .map((item) => {
      const { said, fields, unknown, secrets, ends } = item;
      const title = paint("bold", itemTitle(item));
      const body =
        said.type === "packet" || unknown.length > 0
          ? rows({ bytes: said.bytes, secrets }, fields, unknown, paint)
          : "";
      const message = ends === undefined ? undefined : messages[ends];
      return `${title}\n${body}${message === undefined ? "" : `\n${messageText(message, chosen, paint)}\n`}`;
    })
    .join("");

const plural = (n: number, one: string, more = `${one}s`): string => `${n} ${n === 1 ? one : more}`;

/** A line for each message, and for anything unusual. */
export const listText = (
  items: readonly ExplainedItem[],
  messages: readonly ExplainedMessage[],
  paint: Paint,
): string => {
  const lines = items.flatMap(({ said, what, ends }): Row[] => {
    const usual =
      said.type === "acknowledge" || (said.type === "packet" && !said.repeated && ends === undefined && what === "");
    if (usual) return [];
    const message = ends === undefined ? undefined : messages[ends];
    const text = message?.what ?? (said.type === "packet" ? `packet: ${what}` : what);
    return [
      [
        { text: timeText(said.t), paint: (shown) => paint("dim", shown) },
        said.by === undefined ? "" : arrow[said.by],
        { text, paint: (shown) => paint(message === undefined ? "yellow" : "cyan", shown) },
        message?.notes.join("; ") ?? "",
      ],
    ];
  });
  const count = (type: string): number => items.filter(({ said }) => said.type === type).length;
  const repeated = items.filter(({ said }) => said.type === "packet" && said.repeated).length;
  const counted = [
    plural(messages.length, "message"),
    plural(count("packet"), "packet"),
    plural(repeated, "repetition"),
    plural(count("refuse"), "NAK"),
    plural(count("damaged") + count("cut"), "damaged or cut packet"),
  ];
  return `${alignedTable(lines, { right: [0], width: paint.width })}${paint("bold", `${counted.join(", ")}\n`)}`;
};
