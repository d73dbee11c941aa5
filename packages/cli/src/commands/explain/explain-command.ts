/** `meterport explain`: names every byte of captured data. */
import { parseCapture } from "@meterport/protocol/capture/capture";
import { bridgeCapture } from "@meterport/protocol/capture/pcap/bridge";
import { UsageError } from "@meterport/protocol/errors";
import { catalogue, numberOf, parseTableId, type TableId } from "@meterport/protocol/tables/catalogue";
import { tablesById } from "@meterport/protocol/tables/index";
import { toJson } from "../../format/json.ts";
import { paintFor } from "../../format/paint.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { optionalKey } from "../../options/key-option.ts";
import { didYouMean } from "../../options/nearest.ts";
import { parseWhole } from "../../options/option-values.ts";
import { type BodyOptions, explainBody } from "./body.ts";
import { explainExchange } from "./exchange.ts";
import { bodyDocument, exchangeDocument } from "./exchange-document.ts";
import { explainCapture } from "./explain-capture.ts";
import { bodyText, exchangeText } from "./explain-text.ts";
import { type Device, deviceOf } from "./given-dimensions.ts";
import { type Input, parseHex, readHex, readInput } from "./hex-input.ts";
import { tableName } from "./messages.ts";
import { explainOptical, type OpticalInput } from "./optical/explain-optical.ts";
import { directedLines, framesOfCapture, isOptical, jsonFrames } from "./optical/optical-input.ts";
import type { ExplainOptions } from "./options.ts";
import { alertsIn, bodyInFrame, packetsOf } from "./packets.ts";

/** @throws UsageError */
const tableOf = (id: string): TableId => {
  const known = parseTableId(id);
  if (known !== undefined) return known;
  const ids = catalogue.map((entry) => entry.id);
  throw new UsageError("no-such-table", `unknown table "${id.slice(0, 40)}"${didYouMean(id, ids)}`);
};

const explainTable = (
  id: string,
  bytes: Uint8Array,
  options: Omit<BodyOptions, "offset">,
  json: boolean,
  io: Io,
): Exit => {
  const { profile } = options;
  const tableId = tableOf(id);
  const table = tablesById.get(tableId);
  const inFrame = bodyInFrame(bytes);
  // A body may happen to look like a frame, so it counts as a frame only if the whole does not fit the table.
  const asGiven = inFrame === undefined ? undefined : explainBody(table, bytes, { ...options, offset: 0 });
  const data = inFrame === undefined || asGiven?.whole === true ? bytes : inFrame;
  if (data !== bytes) say(io, `these bytes are a whole reply: explaining its ${data.length} bytes of ${tableId}`);
  const body = explainBody(table, data, { ...options, offset: 0 });
  if (table === undefined) say(io, `${tableName(numberOf(tableId))} has no declaration, so its bytes cannot be named`);
  if (json) print(io, toJson({ kind: "table", table: tableId, ...bodyDocument(body) }));
  else {
    const text = { number: numberOf(tableId), body, data, offset: 0, chosen: profile !== undefined };
    io.stdout.write(bodyText(text, paintFor(io.stdout)));
  }
  return body.unknown.length > 0 ? exit.failed : exit.done;
};

const explainPackets = (file: Uint8Array, options: ExplainOptions, device: Device, io: Io): Exit => {
  const port = options.port === undefined ? undefined : parseWhole(options.port, "--port", 1, 65_535);
  const { capture, bridge, lost, others } = bridgeCapture(file, port);
  say(io, `explaining the bridge ${bridge}`);
  if (others.length > 0) say(io, `other bridges, to be chosen with --port: ${others.slice(0, 5).join(", ")}`);
  if (lost > 0) say(io, `${lost} bytes of the conversation are missing in the file`);
  return explainCapture(capture, options, device, io);
};

/** The part that is from an optical port; undefined for the MEP port or a body. */
const opticalInput = (given: Input, { table, reply }: ExplainOptions): OpticalInput | undefined => {
  if (given.kind === "packets") return undefined;
  if (given.kind === "capture") {
    const heard = jsonFrames(given.text) ?? framesOfCapture(parseCapture(given.text));
    return heard === undefined ? undefined : { heard, capture: true };
  }
  const heard = directedLines(given.texts);
  if (heard !== undefined) return { heard, capture: true };
  const { all } = readHex(given.texts);
  if (!isOptical(all, table !== undefined)) return undefined;
  if (reply === undefined) return { heard: [{ bytes: all }], capture: false };
  return {
    heard: [
      { by: "client", bytes: all },
      { by: "meter", bytes: parseHex(reply) },
    ],
    capture: false,
  };
};

/** @throws UsageError */
export const explainCommand = async (words: readonly string[], options: ExplainOptions, io: Io): Promise<Exit> => {
  const device = deviceOf(options, io);
  const { profile, dimensions } = device;
  const json = options.json === true;
  const given = await readInput(words, io);
  const optical = opticalInput(given, options);
  if (optical !== undefined) {
    const table = options.table === undefined ? undefined : numberOf(tableOf(options.table));
    return explainOptical(optical, { table, profile, dimensions }, { full: options.full === true, json }, io);
  }
  if (given.kind === "capture") return explainCapture(parseCapture(given.text), options, device, io);
  if (given.kind === "packets") return explainPackets(given.file, options, device, io);
  if (options.table !== undefined) {
    if (options.reply !== undefined) throw new UsageError("arguments", "--table explains a body alone: omit --reply");
    return explainTable(options.table, readHex(given.texts).all, { profile, dimensions }, json, io);
  }
  const key = optionalKey(options.key, io)?.key;
  const reply = options.reply === undefined ? undefined : parseHex(options.reply);
  const input = readHex(given.texts);
  const alerts = reply === undefined ? alertsIn(input.all) : 0;
  if (alerts > 0) {
    const digests = { request: "unchecked", response: "unchecked" };
    const text = `${alerts === 1 ? "an alert" : `${alerts} alerts`}: the meter has something for its client\n`;
    if (json) print(io, toJson({ kind: "exchange", request: null, response: null, digests, alerts }));
    else io.stdout.write(text);
    return exit.done;
  }
  const exchange = explainExchange(packetsOf(input, reply), { key, profile, dimensions });
  if (json) print(io, toJson(exchangeDocument(exchange)));
  else io.stdout.write(exchangeText(exchange, profile !== undefined, paintFor(io.stdout)));
  const unknown = [exchange.request, exchange.response, exchange.body].some((part) => (part?.unknown.length ?? 0) > 0);
  return unknown ? exit.failed : exit.done;
};
