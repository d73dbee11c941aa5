/** `meterport explain`: names every byte of what somebody captured. */
import { toHex } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import { profileName } from "@meterport/protocol/layout/index";
import { catalogue, numberOf, parseTableId } from "@meterport/protocol/tables/catalogue";
import { tablesById } from "@meterport/protocol/tables/index";
import type { ExplainOptions } from "../commands/reference-commands.ts";
import { toJson } from "../format/json.ts";
import { paintFor } from "../format/paint.ts";
import { type Exit, exit, type Io, say } from "../io.ts";
import { optionalKey } from "../key-option.ts";
import { didYouMean } from "../nearest.ts";
import { type BodyOptions, type ExplainedBody, explainBody } from "./body.ts";
import { type Exchange, explainExchange, type Message } from "./exchange.ts";
import { bodyText, exchangeText } from "./explain-text.ts";
import { deviceOf } from "./given-dimensions.ts";
import { parseHex, readHex } from "./hex-input.ts";
import { tableName } from "./messages.ts";
import { alertsIn, bodyInFrame, packetsOf } from "./packets.ts";

const known = (body: ExplainedBody) => ({
  profile: profileName(body.profile),
  value: body.value,
  spans: body.spans,
  unknown: body.unknown,
});

const messageDocument = (message: Message) => ({
  hex: toHex(message.bytes),
  encrypted: message.encrypted,
  ...Object.fromEntries(message.fields.map(({ name, value }) => [name, value])),
  fields: message.fields,
  unknown: message.unknown,
  notes: message.notes,
});

/** The document of the contract; further keys only add to it. */
const exchangeDocument = ({ request, response, digests, table, body, offset }: Exchange) => {
  const { asked, ...message } = request;
  return {
    kind: "exchange",
    request: { kind: asked?.kind ?? null, ...messageDocument(message) },
    response: response === undefined ? null : messageDocument(response),
    digests,
    ...(table === undefined ? {} : { table }),
    ...(body === undefined ? {} : { offset, ...known(body) }),
  };
};

const explainTable = (
  id: string,
  bytes: Uint8Array,
  options: Omit<BodyOptions, "offset">,
  json: boolean,
  io: Io,
): Exit => {
  const { profile } = options;
  const tableId = parseTableId(id);
  if (tableId === undefined) {
    const ids = catalogue.map((entry) => entry.id);
    throw new UsageError("no-such-table", `"${id.slice(0, 40)}" is no table${didYouMean(id, ids)}`);
  }
  const table = tablesById.get(tableId);
  const inFrame = bodyInFrame(bytes);
  // A body that happens to look like a frame is only possible where the whole does not fit the table.
  const asGiven = inFrame === undefined ? undefined : explainBody(table, bytes, { ...options, offset: 0 });
  const data = inFrame === undefined || asGiven?.whole === true ? bytes : inFrame;
  if (data !== bytes) say(io, `these bytes are a whole reply: explaining the ${data.length} bytes of ${tableId} in it`);
  const body = explainBody(table, data, { ...options, offset: 0 });
  if (table === undefined) say(io, `${tableName(numberOf(tableId))} is not declared: nothing can name its bytes`);
  if (json) io.stdout.write(`${toJson({ kind: "table", table: tableId, ...known(body) })}\n`);
  else {
    const text = { number: numberOf(tableId), body, data, offset: 0, chosen: profile !== undefined };
    io.stdout.write(bodyText(text, paintFor(io.stdout)));
  }
  return body.unknown.length > 0 ? exit.failed : exit.done;
};

/** @throws UsageError */
export const explainCommand = async (words: readonly string[], options: ExplainOptions, io: Io): Promise<Exit> => {
  const { profile, dimensions } = deviceOf(options, io);
  const json = options.json === true;
  if (options.table !== undefined) {
    if (options.reply !== undefined)
      throw new UsageError("arguments", "--table explains a body alone: leave out --reply");
    return explainTable(options.table, (await readHex(words, io)).all, { profile, dimensions }, json, io);
  }
  const key = optionalKey(options.key, io)?.key;
  const reply = options.reply === undefined ? undefined : parseHex(options.reply);
  const input = await readHex(words, io);
  const alerts = reply === undefined ? alertsIn(input.all) : 0;
  if (alerts > 0) {
    const digests = { request: "unchecked", response: "unchecked" };
    const text = `${alerts === 1 ? "an alert" : `${alerts} alerts`}: the meter has something for its client\n`;
    io.stdout.write(json ? `${toJson({ kind: "exchange", request: null, response: null, digests, alerts })}\n` : text);
    return exit.done;
  }
  const exchange = explainExchange(packetsOf(input, reply), { key, profile, dimensions });
  io.stdout.write(
    json
      ? `${toJson(exchangeDocument(exchange))}\n`
      : exchangeText(exchange, profile !== undefined, paintFor(io.stdout)),
  );
  const unknown = [exchange.request, exchange.response, exchange.body].some((part) => (part?.unknown.length ?? 0) > 0);
  return unknown ? exit.failed : exit.done;
};
