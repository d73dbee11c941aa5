/** Explains captures and network packets of a bridge: a line for each exchange, or every byte. */
import { toHex } from "@meterport/protocol/bytes";
import { type Capture, keyInside } from "@meterport/protocol/capture/capture";
import { piecesOf } from "@meterport/protocol/capture/pieces";
import { SeenDimensions } from "@meterport/protocol/capture/redaction/dimensions";
import { verifiedFrames } from "@meterport/protocol/capture/verified";
import { UsageError } from "@meterport/protocol/errors";
import { code as codes, responseCode } from "@meterport/protocol/mep/frame/response-codes";
import { toJson } from "../../format/json.ts";
import { type Paint, paintFor } from "../../format/paint.ts";
import { alignedTable, type Row } from "../../format/table.ts";
import { type Exit, exit, type Io, say } from "../../io/io.ts";
import { optionalKey } from "../../options/key-option.ts";
import { type CaptureItem, type ExchangeItem, itemsOf } from "./capture-items.ts";
import { type Exchange, explainExchange } from "./exchange.ts";
import { exchangeDocument } from "./exchange-document.ts";
import { exchangeText } from "./explain-text.ts";
import type { Device } from "./given-dimensions.ts";
import { requestText } from "./messages.ts";
import type { ExplainOptions } from "./options.ts";
import { packetOf } from "./packets.ts";
import { closedReply, type Digests, packetsInside, type Summary, tlsDocument, tlsSummary } from "./tls-exchange.ts";

interface CaptureContext extends Device {
  readonly key: Uint8Array | undefined;
  readonly full: boolean;
}

const bytes = (n: number): string => (n === 1 ? "1 byte" : `${n} bytes`);

const digestsOf = ({ digests, response }: Exchange): Digests => {
  if (digests.request === "invalid") return "invalid request";
  if (response === undefined) return "no reply";
  if (digests.response === "invalid") return "invalid reply";
  return digests.response === "valid" ? "valid" : "unchecked";
};

const fieldOf = (message: Exchange["response"], name: string): number | string | undefined =>
  message?.fields.find((field) => field.name === name)?.value;

const resultOf = ({ response }: Exchange): string => {
  const code = fieldOf(response, "code");
  if (response === undefined || typeof code !== "number") return "";
  const count = fieldOf(response, "count");
  const meaning = code === codes.ok ? "ok" : responseCode(code).meaning;
  return typeof count === "number" ? `${meaning}, ${bytes(count)}` : meaning;
};

const summaryOf = (exchange: Exchange): Summary => {
  const { request } = exchange;
  const header = request.fields.find(({ name }) => name === "sequence")?.start ?? request.bytes.length;
  const code = request.fields.find(({ name }) => name === "code");
  const what =
    request.asked === undefined
      ? (code?.meaning ?? `${bytes(request.bytes.length)} that are not a request`)
      : requestText(request.bytes.subarray(code?.start ?? 0, header));
  return { what, result: resultOf(exchange), digests: digestsOf(exchange) };
};

/** Undefined if there is only TLS to explain. */
const explained = (item: ExchangeItem, { key, profile, dimensions, full }: CaptureContext): Exchange | undefined => {
  const { request, reply, tls } = item;
  const options = { key, profile, dimensions, withBody: full };
  if (tls.request?.kind === "request") {
    const { packets, inside } = packetsInside(tls.request, item);
    return explainExchange(packets, { ...options, inside });
  }
  if (tls.request !== undefined) return undefined;
  return explainExchange(
    { request: packetOf(request), reply: reply === undefined ? undefined : packetOf(reply) },
    options,
  );
};

const summaryOfItem = (item: ExchangeItem, exchange: Exchange | undefined): Summary => {
  if (exchange === undefined) return tlsSummary(item);
  const summary = summaryOf(exchange);
  return { ...summary, ...closedReply(item) };
};

const others: Readonly<Record<"reply" | "alert" | "noise" | "cut", string>> = {
  reply: "a reply without a request",
  alert: "alert: the meter has something for its client",
  noise: "noise",
  cut: "only the beginning of a frame",
};
const events = { opened: "the link was opened", closed: "the link was closed", broken: "the link broke" } as const;

const shown = 16;
const someHex = (of: Uint8Array): string =>
  of.length > shown ? `${toHex(of.subarray(0, shown), " ")} … (${of.length})` : toHex(of, " ");

const timeText = (t: number): string => (t / 1000).toFixed(3);

const rowOf = (item: CaptureItem, context: CaptureContext, paint: Paint): Row => {
  const time = { text: timeText(item.t), paint: (text: string) => paint("dim", text) };
  if (item.kind === "event") return [time, { text: events[item.event], paint: (text) => paint("dim", text) }];
  if (item.kind !== "exchange") {
    const told = item.kind === "alert" ? others.alert : `${others[item.kind]}: ${someHex(item.bytes)}`;
    return [time, { text: told, paint: (text) => paint("yellow", text) }];
  }
  const { what, result, digests } = summaryOfItem(item, explained(item, context));
  const inside = item.tls.request?.kind === "request" && digests === "valid";
  const color = digests === "valid" ? "green" : digests === "unchecked" ? "dim" : "red";
  return [
    time,
    { text: what, paint: (text) => paint("cyan", text) },
    result,
    { text: inside ? "inside TLS" : digests, paint: (text) => paint(color, text) },
    item.took === undefined ? "" : `${Math.round(item.took)} ms`,
  ];
};

const itemDocument = (item: CaptureItem, context: CaptureContext): unknown => {
  if (item.kind !== "exchange") return "bytes" in item ? { ...item, bytes: undefined, hex: toHex(item.bytes) } : item;
  const exchange = explained(item, context);
  const { t, took, request, reply } = item;
  const { what, result, digests } = summaryOfItem(item, exchange);
  const place = exchange?.request.asked === undefined ? {} : { table: exchange.table, offset: exchange.offset };
  const tls = item.tls.request === undefined ? {} : { tls: tlsDocument(item) };
  const short = { kind: "exchange", t, took, what, result, digests, ...place, ...tls };
  const hex = { request: toHex(request), reply: reply === undefined ? undefined : toHex(reply) };
  return {
    ...short,
    hex,
    ...(context.full && exchange !== undefined ? { explained: exchangeDocument(exchange) } : {}),
  };
};

/** The count of each kind. */
const countsOf = (items: readonly CaptureItem[]) => {
  const of = (kind: CaptureItem["kind"]): number => items.filter((item) => item.kind === kind).length;
  const unanswered = items.filter((item) => item.kind === "exchange" && item.reply === undefined).length;
  const noise = items.reduce(
    (sum, item) => sum + (item.kind === "noise" || item.kind === "cut" ? item.bytes.length : 0),
    0,
  );
  return { exchanges: of("exchange"), unanswered, replies: of("reply"), alerts: of("alert"), noise };
};

/** Lines whose columns are aligned together: a capture may have a million lines. */
const lineBlock = 500;

const writeText = (capture: Capture, items: readonly CaptureItem[], context: CaptureContext, io: Io): void => {
  const paint = paintFor(io.stdout);
  const { started, link } = capture.header;
  io.stdout.write(paint("bold", `${link}, times in seconds from ${started === "" ? "its beginning" : started}\n`));
  if (context.full)
    for (const item of items) {
      io.stdout.write(alignedTable([rowOf(item, context, paint)], { width: paint.width }));
      const exchange = item.kind === "exchange" ? explained(item, context) : undefined;
      if (exchange !== undefined) io.stdout.write(`${exchangeText(exchange, true, paint)}\n`);
    }
  else
    for (let at = 0; at < items.length; at += lineBlock) {
      const rows = items.slice(at, at + lineBlock).map((item) => rowOf(item, context, paint));
      io.stdout.write(alignedTable(rows, { right: [0, 4], width: paint.width }));
    }
  const { exchanges, unanswered, replies, alerts, noise } = countsOf(items);
  const counted = [
    `exchanges ${exchanges}`,
    `without reply ${unanswered}`,
    `other replies ${replies}`,
    `alerts ${alerts}`,
  ];
  io.stdout.write(paint("bold", `${[...counted, `bytes of noise ${noise}`].join(", ")}\n`));
};

const writeJson = (capture: Capture, items: readonly CaptureItem[], context: CaptureContext, io: Io): void => {
  const { format: _format, version: _version, ...header } = capture.header;
  const head = toJson({ kind: "capture", ...header, counts: countsOf(items) });
  io.stdout.data(`${head.slice(0, -1)},"items":[`);
  for (const [index, item] of items.entries())
    io.stdout.data(`${index === 0 ? "" : ","}${toJson(itemDocument(item, context))}`);
  io.stdout.data("]}\n");
};

/** The device and its dimensions: as the user gave them, else as far as the capture holds them. */
const deviceIn = (capture: Capture, key: Uint8Array | undefined, given: Device): Device => {
  if (key === undefined || given.dimensions !== undefined) return given;
  const seen = new SeenDimensions();
  seen.seeAll(verifiedFrames(piecesOf(capture), key));
  const [first, ...more] = seen.possible(given.profile);
  return first === undefined || more.length > 0 ? given : { profile: first.profile, dimensions: () => first };
};

/** @throws UsageError */
export const explainCapture = (capture: Capture, options: ExplainOptions, device: Device, io: Io): Exit => {
  if (options.reply !== undefined || options.table !== undefined)
    throw new UsageError("arguments", "a capture identifies its own tables and replies: omit --table and --reply");
  const key = optionalKey(options.key ?? keyInside(capture), io)?.key;
  const context: CaptureContext = { ...deviceIn(capture, key, device), key, full: options.full === true };
  const items = itemsOf(capture, key);
  if (items.length === 0) say(io, "this capture is empty");
  if (options.json === true) writeJson(capture, items, context, io);
  else writeText(capture, items, context, io);
  return exit.done;
};
