/** Explanations for people. */
import { toHex } from "@meterport/protocol/bytes";
import { profileName } from "@meterport/protocol/layout/index";
import type { Paint } from "../../format/paint.ts";
import { alignedTable, type Row } from "../../format/table.ts";
import { isNumberList, shownValue, valueText } from "../../format/value.ts";
import type { ExplainedBody, NamedSpan } from "./body.ts";
import type { Exchange, Message } from "./exchange.ts";
import { tableName } from "./messages.ts";

/** Bytes of a field that are shown; JSON has them all. */
const shownBytes = 8;

const hexCell = (bytes: Uint8Array): string =>
  bytes.length <= shownBytes
    ? toHex(bytes, " ")
    : `${toHex(bytes.subarray(0, shownBytes - 1), " ")} … (${bytes.length})`;

const place = (at: number, bits: readonly [number, number] | undefined): string => {
  if (bits === undefined) return String(at);
  return bits[0] === bits[1] ? `${at}.${bits[0]}` : `${at}.${bits[0]}-${bits[1]}`;
};

const bodyRow = (span: NamedSpan, data: Uint8Array, offset: number, paint: Paint): Row => {
  const { start, end, path, unit, meaning = "", reserved, partial, bits } = span;
  const value = shownValue(path, span.value);
  const hidden = value !== span.value;
  const dim = (text: string): string => (reserved === true || partial === true ? paint("dim", text) : text);
  // A list may be long: in the last column it moves no other.
  const list = partial !== true && isNumberList(value);
  const wide = partial === true || list || (value instanceof Uint8Array && value.length > shownBytes);
  const text = hidden ? String(value) : wide ? "" : valueText(value);
  return [
    { text: place(start, bits), paint: (text) => paint("dim", text) },
    {
      text: hidden ? `** (${end - start})` : hexCell(data.subarray(start - offset, end - offset)),
      paint: (text) => paint("dim", text),
    },
    { text: path, paint: (text) => (reserved === true ? dim(text) : paint("cyan", text)) },
    { text, paint: dim },
    unit ?? "",
    { text: list ? valueText(value) : meaning, paint: dim },
  ];
};

const unknownRow = (start: number, bytes: Uint8Array, paint: Paint): Row => [
  String(start),
  { text: hexCell(bytes), paint: (text) => paint("red", text) },
  { text: "unknown", paint: (text) => paint(["bold", "red"], text) },
  "",
  "",
  bytes.length === 1 ? "1 byte without a name" : `${bytes.length} bytes without a name`,
];

/** Rows of a body in the order of its bytes. */
const bodyRows = (body: ExplainedBody, data: Uint8Array, offset: number, paint: Paint): Row[] =>
  [
    ...body.spans.map((span) => ({ at: span.start, row: bodyRow(span, data, offset, paint) })),
    ...body.unknown.map(({ start, end }) => ({
      at: start,
      row: unknownRow(start, data.subarray(start - offset, end - offset), paint),
    })),
  ]
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row);

/** The position of the bytes in their table, and the profile that they were read with. */
const bodyTitle = (number: number, body: ExplainedBody, data: Uint8Array, offset: number, chosen: boolean): string => {
  const where = body.whole ? `all ${data.length} bytes` : `bytes ${offset} to ${offset + data.length - 1}`;
  const profile = profileName(body.profile);
  if (body.spans.length === 0) return `${tableName(number)}, ${where}: this table has no declaration`;
  return `${tableName(number)}, ${where}, ${chosen ? `read as ${profile}` : `${profile} fits (no --profile was given)`}`;
};

export interface BodyText {
  readonly number: number;
  readonly body: ExplainedBody;
  readonly data: Uint8Array;
  readonly offset: number;
  /** Whether the user named the profile. */
  readonly chosen: boolean;
}

export const bodyText = ({ number, body, data, offset, chosen }: BodyText, paint: Paint): string => {
  const title = paint("bold", bodyTitle(number, body, data, offset, chosen));
  const order = /^BT2[38]$/.test(tableName(number).split(" ")[0] ?? "")
    ? paint("dim", "  names by the factory order of sources; a meter may have another order (BT22, BT27)\n")
    : "";
  return `${title}\n${order}${alignedTable(bodyRows(body, data, offset, paint), { indent: "  ", right: [0, 3], width: paint.width })}`;
};

const messageText = (title: string, message: Message, paint: Paint): string => {
  const rows = [
    ...message.fields.map(({ name, start, end, value, meaning }) => {
      const wide = end - start > shownBytes;
      return {
        start,
        row: [
          { text: String(start), paint: (text: string) => paint("dim", text) },
          { text: hexCell(message.bytes.subarray(start, end)), paint: (text: string) => paint("dim", text) },
          { text: name, paint: (text: string) => paint("cyan", text) },
          name === "digest" || name === "sequence" || name === "code" || wide ? "" : String(value),
          {
            text: meaning ?? (wide ? `${end - start} bytes, see below` : ""),
            paint: (text: string) =>
              text.startsWith("invalid") ? paint("red", text) : text.startsWith("valid") ? paint("green", text) : text,
          },
        ] satisfies Row,
      };
    }),
    ...message.unknown.map(({ start, end }) => ({
      start,
      row: [
        String(start),
        { text: hexCell(message.bytes.subarray(start, end)), paint: (text: string) => paint("red", text) },
        { text: "unknown", paint: (text: string) => paint(["bold", "red"], text) },
        "",
        "",
      ] satisfies Row,
    })),
  ].sort((a, b) => a.start - b.start);
  const notes = message.notes.map((note) => paint("yellow", ` (${note})`)).join("");
  return `${paint("bold", title)}${notes}\n${alignedTable(
    rows.map(({ row }) => row),
    { indent: "  ", right: [0, 3], width: paint.width },
  )}`;
};

export const exchangeText = (exchange: Exchange, chosen: boolean, paint: Paint): string => {
  const { request, response, body, data, offset } = exchange;
  const parts = [messageText("request", request, paint)];
  if (response !== undefined) parts.push(messageText("reply", response, paint));
  if (body !== undefined && data !== undefined && data.length > 0 && request.asked !== undefined)
    parts.push(bodyText({ number: request.asked.table, body, data, offset, chosen }, paint));
  return parts.join("\n");
};
