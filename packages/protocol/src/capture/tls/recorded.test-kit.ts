/** Conversations inside TLS as a capture has them, made by the client's seal and the port's. */
import { frameOf } from "../../mep/frame/frame.ts";
import { tlsSeal } from "../../mep/security/mep-tls/client-seal.ts";
import { portSecurity } from "../../mep/security/mep-tls/port-security.ts";
import type { Level } from "../../mep/security/seal.ts";
import type { Entropy } from "../../ports.ts";
import { type Capture, type CaptureEntry, captureHead, parseCapture } from "../capture.ts";

export interface Spoken {
  readonly dir: "tx" | "rx";
  readonly bytes: Uint8Array;
}

/** Random enough: a sequence of its own for each number. */
export const counted = (first: number): Entropy => {
  let state = first >>> 0;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
};

export interface Conversation {
  readonly key: Uint8Array;
  /** Requests and what they are answered with. */
  readonly exchanges: readonly (readonly [request: Uint8Array, response: Uint8Array])[];
  readonly level?: Level;
  readonly extendedMasterSecret?: boolean;
  readonly seed?: number;
  /** Whether the client ends its session. */
  readonly parts?: boolean;
}

/** One session: the handshake, the exchanges, and the end. */
export const spoken = ({ key, exchanges, seed = 1, parts = true, ...options }: Conversation): Spoken[] => {
  const { level = "basic", extendedMasterSecret = true } = options;
  const client = tlsSeal({ key, level, clientId: 0x1234, entropy: counted(seed), extendedMasterSecret });
  const port = portSecurity({
    keys: { basic: key, advanced: key },
    tls: "required",
    entropy: counted(seed + 77),
    extendedMasterSecret,
  });
  const out: Spoken[] = [];
  const say = (packet: Uint8Array, answer: Uint8Array): Uint8Array => {
    out.push({ dir: "tx", bytes: packet });
    const received = port.open(packet.subarray(2));
    const bytes = received.type === "direct" ? received.frame : received.reply(answer);
    out.push({ dir: "rx", bytes });
    return bytes.subarray(2);
  };
  for (let step = client.prepare?.(); step !== undefined; step = client.prepare?.())
    step.open(say(step.packet, new Uint8Array(0)));
  for (const [request, response] of exchanges) {
    const sealed = client.seal(request);
    sealed.open(say(sealed.packet, response));
  }
  const farewell = parts ? client.farewell?.() : undefined;
  if (farewell !== undefined) say(farewell, new Uint8Array(0));
  return out;
};

/** A frame with another body. */
export const reframed = (bytes: Uint8Array, change: (body: Uint8Array) => Uint8Array): Uint8Array =>
  frameOf(change(bytes.slice(2)));

/** As a capture. */
export const capturedOf = (messages: readonly Spoken[]): Capture => ({
  header: parseCapture(captureHead({ started: "", link: "tcp" })).header,
  entries: messages.map((message, index): CaptureEntry => ({ t: 50 * index, ...message })),
});
