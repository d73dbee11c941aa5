/** `meterport call`: calls a procedure of a meter and waits for its result. */
import type { Meter } from "@meterport/client";
import { fromHex, toHex } from "@meterport/protocol/bytes";
import { LayoutError, UsageError } from "@meterport/protocol/errors";
import { encode, parseProfile } from "@meterport/protocol/layout/index";
import { encodeRequest } from "@meterport/protocol/mep/frame/apdu";
import {
  type AnyProcedure,
  encodeCall,
  procedures,
  proceduresById,
  thirdPartyPost,
  unverifiedEP39,
} from "@meterport/protocol/procedures/index";
import { BT07 } from "@meterport/protocol/tables/basic/bt07-procedure-initiate";
import { catalogueEntry, numberOf, type ProcedureId, parseProcedureId } from "@meterport/protocol/tables/catalogue";
import { defaultDimensions } from "@meterport/protocol/tables/index";
import { toJson } from "../../format/json.ts";
import { valueText } from "../../format/value.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { permitted } from "../../io/permission.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import { didYouMean } from "../../options/nearest.ts";
import type { CallCommandOptions } from "./options.ts";
import { parseParameters } from "./parameters.ts";

/** One call, checked as far as possible without the meter. */
interface Call {
  readonly id: ProcedureId;
  /** Known parameters; undefined if they are given as bytes. */
  readonly typed: { readonly procedure: AnyProcedure; readonly parameters: Record<string, unknown> } | undefined;
  readonly raw: Uint8Array;
}

/** In brackets; so the catalogue has it already if the guides name the procedure in passing only. */
const titleOf = (id: ProcedureId): string => {
  const title = catalogueEntry(id)?.title ?? "not named in the guides";
  return title.startsWith("(") ? title : `(${title})`;
};

const declared = (id: ProcedureId): AnyProcedure | undefined =>
  id === "EP39" ? unverifiedEP39(thirdPartyPost) : proceduresById.get(id);

/** @throws UsageError */
const callOf = (text: string, words: readonly string[], { hex, unverified }: CallCommandOptions): Call => {
  const id = parseProcedureId(text);
  if (id === undefined) {
    const near = didYouMean(
      text,
      procedures.map((procedure) => procedure.id),
    );
    throw new UsageError(
      "no-such-procedure",
      `"${text.slice(0, 40)}" is not a procedure such as EP17, BP10 or 0x0811${near}`,
    );
  }
  if (id === "EP39" && unverified !== true)
    throw new UsageError(
      "unverified",
      "EP39 is not documented: --unverified calls it in the encoding of a public client, with type=4 or 12 and data=HEX",
    );
  if (hex !== undefined) {
    if (words.length > 0) throw new UsageError("parameter", `${id}: give parameters by name or with --hex, not both`);
    const raw = fromHex(hex);
    if (raw === undefined) throw new UsageError("hex", `--hex "${hex.slice(0, 40)}" is not a whole number of bytes`);
    return { id, typed: undefined, raw };
  }
  const procedure = declared(id);
  if (procedure === undefined) {
    const known = catalogueEntry(id) === undefined ? "" : ` ${titleOf(id)}`;
    throw new UsageError("parameter", `${id}${known}: its parameters are not declared; give them as --hex BYTES`);
  }
  return { id, typed: { procedure, parameters: parseParameters(procedure, words) }, raw: new Uint8Array() };
};

/** A sequence number that the meter takes: each call uses the next of 5 to 9 (MEP guide 1.1, p. 58). */
const anySequence = 5;

/** A value that does not fit a parameter's bytes is a typing error: nothing was sent to the meter yet. */
const asUsage = <T>(id: ProcedureId, encoded: () => T): T => {
  try {
    return encoded();
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    throw new UsageError("value", `${[id, error.path].filter(Boolean).join(".")}: ${error.detail}`, { cause: error });
  }
};

/** What would be sent, with the device's factory dimensions. */
const requestOf = ({ id, typed, raw }: Call, profile: string): Uint8Array => {
  const env = defaultDimensions(parseProfile(profile));
  const header = { procedure: numberOf(id), responseHandling: 0, sequence: anySequence };
  const data =
    typed === undefined
      ? encode(BT07, { ...header, parameters: raw }, {})
      : asUsage(id, () => encodeCall(typed.procedure, typed.parameters, anySequence, env));
  return encodeRequest({ kind: "write", table: BT07.number, data });
};

const tellResult = (id: ProcedureId, result: unknown, io: Io): void => {
  const entries = typeof result === "object" && result !== null ? Object.entries(result) : [];
  io.stdout.write(`${id} done\n${entries.map(([name, value]) => `  ${name} ${valueText(value)}\n`).join("")}`);
};

/** @throws UsageError, LayoutError, ProcedureError, ResponseError, LinkError */
export const callCommand = async (
  text: string,
  words: readonly string[],
  options: CallCommandOptions,
  io: Io,
): Promise<Exit> => {
  const call = callOf(text, words, options);
  const { id, typed, raw } = call;
  const json = options.json === true;
  const bytes = requestOf(call, options.profile ?? "meter:3.70");
  if (options.dryRun === true) {
    const sequence = "with sequence 5 to 9 in its third byte of data, then sequence number and digest";
    if (json) print(io, toJson({ procedure: id, bytes, sent: false }));
    else io.stdout.write(`would send ${toHex(bytes, " ")}  (BT07, ${sequence})\n`);
    return exit.done;
  }
  if (options.link === undefined)
    throw new UsageError("link", "which meter? give --link URL, or --dry-run to send nothing");
  if (id === "EP39") say(io, "EP39 is not described in any public document: how the meter reacts is unknown");
  await permitted(`call ${id} ${titleOf(id)}?`, options.yes === true, io);
  const task = async (meter: Meter): Promise<Exit> => {
    const signal = io.interrupted;
    const result: unknown =
      typed === undefined
        ? await meter.callRaw(numberOf(id), raw, { signal })
        : await meter.call(typed.procedure, typed.parameters, { signal });
    if (json) print(io, toJson({ procedure: id, result, sent: true }));
    else tellResult(id, result, io);
    return exit.done;
  };
  return withOpenMeter({ ...options, link: options.link }, io, task, { writable: true });
};
