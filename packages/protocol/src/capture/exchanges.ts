/** Requests and responses out of a capture, each response with the request before it. */
import { Deframer } from "../frame/frame.ts";
import type { Millis } from "../ports.ts";
import type { Capture } from "./capture.ts";

/** Bodies of frames: what follows the length. */
export interface CapturedExchange {
  /** When the request was sent. */
  readonly t: Millis;
  readonly request: Uint8Array;
  /** What came before the next request was sent; several where a reply was late or sent twice. */
  readonly responses: readonly Uint8Array[];
}

const framesOf = (deframer: Deframer, bytes: Uint8Array): Uint8Array[] =>
  [...deframer.push(bytes)].flatMap((event) => (event.type === "frame" ? [event.body] : []));

/** All exchanges in their order; alerts, garbage and cut frames are left out. */
export const exchangesOf = ({ entries }: Capture): CapturedExchange[] => {
  const sent = new Deframer();
  let received = new Deframer();
  const exchanges: { t: Millis; request: Uint8Array; responses: Uint8Array[] }[] = [];
  for (const entry of entries) {
    if (!("bytes" in entry)) continue;
    if (entry.dir === "rx") exchanges.at(-1)?.responses.push(...framesOf(received, entry.bytes));
    else
      for (const request of framesOf(sent, entry.bytes)) {
        // Whoever sends has given up on what had begun to come.
        received = new Deframer();
        exchanges.push({ t: entry.t, request, responses: [] });
      }
  }
  return exchanges;
};
