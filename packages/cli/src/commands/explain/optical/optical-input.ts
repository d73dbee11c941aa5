/** The traffic of an optical port, in the forms people keep it: lines with a direction, JSON, a capture, or bare hexadecimal. */
import type { Capture } from "@meterport/protocol/capture/capture";
import { UsageError } from "@meterport/protocol/errors";
import { type HeardBytes, readConversation } from "@meterport/protocol/optical/conversation";
import { packetStart } from "@meterport/protocol/optical/packet";
import { parseHex } from "../hex-input.ts";

/** The most pieces of one input: an hour with a reading each second. */
const mostPieces = 100_000;

const wrong = (detail: string): UsageError => new UsageError("optical", detail);

const directed = /^\s*(?:(\d{1,9}(?:\.\d{1,6})?)\s*s?\s+)?([<>])\s*(.*)$/;
const by = { ">": "client", "<": "meter" } as const;
const isDirection = (value: unknown): value is keyof typeof by => value === ">" || value === "<";

const limited = (pieces: readonly HeardBytes[]): readonly HeardBytes[] => {
  if (pieces.length > mostPieces) throw wrong(`${pieces.length} pieces are too many: give at most ${mostPieces}`);
  return pieces;
};

/**
 * Lines such as "0.031 < 06 ee0000…": a time in seconds if there is one, a direction, and bytes. Empty lines and those that begin with
 * # are skipped. Undefined if no line has a direction.
 *
 * @throws UsageError (`optical`, `hex`) that names the line
 */
export const directedLines = (texts: readonly string[]): readonly HeardBytes[] | undefined => {
  const said = texts.map((text, index) => ({ text, line: index + 1 })).filter(({ text }) => !/^\s*(#|$)/.test(text));
  if (!said.some(({ text }) => directed.test(text))) return undefined;
  return limited(
    said.map(({ text, line }) => {
      const [, time, direction, hex = ""] = directed.exec(text) ?? [];
      if (!isDirection(direction))
        throw wrong(`line ${line} does not begin with < (from the meter) or > (from the client)`);
      try {
        const t = time === undefined ? undefined : 1_000 * Number(time);
        return { by: by[direction], t, bytes: parseHex(hex) };
      } catch (error) {
        if (error instanceof UsageError) throw wrong(`line ${line}: ${error.message}`);
        throw error;
      }
    }),
  );
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * `{ "frames": [{ "dir": "<", "hex": "ee…", "t": 31 }] }` with `t` in milliseconds, if known; other keys are ignored.
 * Undefined for any other text.
 *
 * @throws UsageError (`optical`) that names the frame
 */
export const jsonFrames = (text: string): readonly HeardBytes[] | undefined => {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  const frames = isRecord(document) ? document.frames : undefined;
  if (!Array.isArray(frames)) return undefined;
  return limited(
    frames.map((frame: unknown, index): HeardBytes => {
      const { dir, hex, t } = isRecord(frame) ? frame : {};
      if (!isDirection(dir) || typeof hex !== "string" || (t !== undefined && typeof t !== "number"))
        throw wrong(`frame ${index + 1} is not of the form { "dir": "<", "hex": "06", "t": 31 }`);
      return { by: by[dir], t, bytes: parseHex(hex) };
    }),
  );
};

/** The contents of a link's capture, if the client speaks as on an optical port. */
export const framesOfCapture = ({ entries }: Capture): readonly HeardBytes[] | undefined => {
  const heard = entries.flatMap((entry): HeardBytes[] =>
    "event" in entry ? [] : [{ by: entry.dir === "tx" ? "client" : "meter", t: entry.t, bytes: entry.bytes }],
  );
  const sent = heard.filter((each) => each.by === "client");
  return readConversation(sent).items.some(({ type }) => type === "packet") ? heard : undefined;
};

/**
 * Whether bare bytes are from an optical port. The MEP port has no frame that begins as its packets do, and none that is an
 * acknowledgement; a table's body may begin with anything, so for a body only whole packets count.
 */
export const isOptical = (bytes: Uint8Array, asBody: boolean): boolean => {
  const { items } = readConversation([{ bytes }]);
  const packets = items.filter(({ type }) => type === "packet").length;
  if (asBody)
    return packets > 0 && items.every(({ type }) => type === "packet" || type === "acknowledge" || type === "refuse");
  if (items.every(({ type }) => type === "acknowledge" || type === "refuse")) return true;
  // Elsewhere a packet whose CRC fits is a chance of one in millions.
  return bytes[0] === packetStart || packets > 0;
};
