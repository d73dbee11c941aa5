/** A link and its meter for tests: the steps of both in short, and what comes out in words. */
import assert from "node:assert/strict";
import { guideKey } from "../../../vectors/guide.ts";
import { fromHex, toHex } from "../../bytes.ts";
import { rc4Authentication } from "../security/rc4/authentication.ts";
import { rc4Opener } from "../security/rc4/opener.ts";
import type { LinkInput, LinkOutput, LinkRequest } from "./exchange.ts";
import { Link } from "./link.ts";
import type { LinkTiming } from "./timing.ts";

export const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
export const key = bytes(guideKey);
const opener = rc4Opener({ advanced: key, basic: key });

/** What the meter answers to a packet: any response, with the digest that fits. */
export const reply = (packet: Uint8Array, apdu: Uint8Array): Uint8Array => {
  const received = opener.open(packet.subarray(2));
  assert.ok(received.type === "request");
  return received.reply(apdu);
};

/** A link on a line whose bytes take no time, and a shorthand for its steps. */
export const open = (timing: Partial<LinkTiming> = {}) => {
  const link = new Link(rc4Authentication({ key, sequence: 0x1000 }), { byteTime: 0, ...timing });
  const at = (now: number, input: LinkInput): LinkOutput[] => link.handle(input, now);
  return {
    link,
    tick: (now: number) => at(now, { type: "tick" }),
    got: (now: number, received: Uint8Array) => at(now, { type: "received", bytes: received }),
    ask: (now: number, id: number, apdu: Uint8Array, more: Partial<LinkRequest> = {}) =>
      at(now, { ...more, type: "request", id, apdu }),
    cancel: (now: number, id: number) => at(now, { type: "cancel", id }),
  };
};

export const sent = (outputs: readonly LinkOutput[]): Uint8Array => {
  const packets = outputs.filter((output) => output.type === "transmit");
  assert.equal(packets.length, 1, JSON.stringify(outputs));
  return (packets[0] as { bytes: Uint8Array }).bytes;
};

export const words = (outputs: readonly LinkOutput[]): string =>
  outputs
    .map((output) => {
      if (output.type === "response") return `response ${output.id} ${toHex(output.apdu)}`;
      if (output.type === "failed") return `failed ${output.id} ${output.failure} ${output.attempts}`;
      return output.type === "discarded" ? `discarded ${output.reason} ${output.length}` : output.type;
    })
    .join(", ");
