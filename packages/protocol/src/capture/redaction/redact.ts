/** A capture that can be given away: it holds what went on, and not whose meter it was. */
import { concat, toHex } from "../../bytes.ts";
import { UsageError } from "../../errors.ts";
import type { Profile } from "../../layout/index.ts";
import { decodeRequest, requestCode } from "../../mep/frame/apdu.ts";
import { answersInTls, asksInTls, tlsCode } from "../../mep/security/mep-tls/envelope.ts";
import { rc4Opener } from "../../mep/security/rc4/opener.ts";
import type { Capture, CaptureEntry } from "../capture.ts";
import { type Piece, piecesOf } from "../pieces.ts";
import { readTls, type TlsFrame, type TlsReading } from "../tls/reading.ts";
import { type CapturedRequest, type Rc4Request, sealAs, type VerifiedFrame, verifiedFrames } from "../verified.ts";
import { DataRedactor } from "./data.ts";
import { SeenDimensions } from "./dimensions.ts";
import { MessageRedactor } from "./messages.ts";
import { Pseudonyms } from "./pseudonyms.ts";
import { scrambleRecords, TlsResealer } from "./tls.ts";

/** The key that seals the messages of a redacted capture; it is public. */
export const throwAwayKey: Uint8Array = new Uint8Array(16).fill(1);

export interface RedactOptions {
  /** The meter's key; without it nothing verifies, and of every frame only its length and code are left. */
  readonly key: Uint8Array | undefined;
  /** What pseudonyms are made with: random bytes, or the same ones for several captures. */
  readonly seed: Uint8Array;
  /** The device, where the capture does not hold BT01. */
  readonly profile?: Profile;
}

export interface Redacted {
  readonly capture: Capture;
  /** Frames that verified, and verify under the throw-away key now. */
  readonly sealed: number;
  /** Frames that did not, of which only the length and the code are left. */
  readonly scrambled: number;
}

const requestCodes: readonly (number | undefined)[] = [...Object.values(requestCode), ...Object.values(tlsCode)];
const lastResponseCode = 0x0c;
/** Length and code, as a meter refuses without a key. */
const bareFrame = 3;
/** From here on a byte can begin no frame, so that what is noise stays noise. */
const neverLength = 0xff;
const believedHigh = 4;

/** Of records their types and lengths are left, too. */
const scrambleTls = ({ dir }: Piece, bytes: Uint8Array, pseudonyms: Pseudonyms): Uint8Array | undefined => {
  const body = bytes.subarray(2);
  if (!asksInTls(body) && (dir === "tx" || !answersInTls(body))) return undefined;
  const records = scrambleRecords(body.subarray(1), (each) => pseudonyms.noise(each));
  return records === undefined ? undefined : concat(bytes.subarray(0, 3), records);
};

/** What is left of bytes that do not verify: a reply with one wrong bit still holds the serial number. */
const scramble = (piece: Piece, bytes: Uint8Array, pseudonyms: Pseudonyms): Uint8Array => {
  if (piece.kind === "alert") return bytes;
  if (piece.kind === "noise") return bytes.map(() => neverLength);
  if (bytes.length === 1) return bytes.map((byte) => (byte > believedHigh ? neverLength : byte));
  const inTls = piece.kind === "frame" ? scrambleTls(piece, bytes, pseudonyms) : undefined;
  if (inTls !== undefined) return inTls;
  const first = bytes[2];
  const kept = requestCodes.includes(first) || (first !== undefined && first <= lastResponseCode) ? 3 : 2;
  const out = bytes.slice();
  // The digest of a refusal is zeros: they are no secret, and say that it is one.
  const noise = pseudonyms.noise(bytes.subarray(kept));
  // A frame that was cut must not seem to hide another, whose length begins with 0 or 1.
  out.set(piece.kind === "cut" ? noise.map((byte) => (byte < 2 ? neverLength : byte)) : noise, kept);
  // Nor may the kept code be the beginning of such a length.
  if (piece.kind === "cut" && kept === 3 && out.length > 3 && (first ?? 0) < 2) out[3] = neverLength;
  return out;
};

const sameRequest = (a: Rc4Request, b: Rc4Request): boolean =>
  a.sequence === b.sequence && toHex(a.apdu) === toHex(b.apdu);

/** Seals messages of RC4 with the throw-away key. */
class Rc4Resealer {
  readonly #opener = rc4Opener({ basic: throwAwayKey, advanced: throwAwayKey });
  #last: { readonly request: Rc4Request; readonly packet: Uint8Array } | undefined;

  /** The frame of a request; the same one for its repetitions. */
  request(request: Rc4Request, apdu: (apdu: Uint8Array) => Uint8Array): Uint8Array {
    if (this.#last === undefined || !sameRequest(this.#last.request, request))
      this.#last = { request, packet: sealAs({ ...request, apdu: apdu(request.apdu) }, throwAwayKey).packet };
    return this.#last.packet;
  }

  /** The frame of a response to it. */
  response(packet: Uint8Array, answer: Uint8Array): Uint8Array | undefined {
    const received = this.#opener.open(packet.subarray(2));
    return received.type === "request" ? received.reply(answer) : undefined;
  }
}

/** Seals every message again, with pseudonyms in it; `put` takes each whole frame. */
const sealAgain = (
  found: readonly VerifiedFrame[],
  messages: MessageRedactor,
  tls: TlsResealer,
  put: (piece: Piece, frame: Uint8Array) => void,
) => {
  const rc4 = new Rc4Resealer();
  /** Of repetitions the first is made, and stands for all. */
  const made = new Map<TlsFrame, Uint8Array>();
  const answerOf = (request: CapturedRequest, response: Uint8Array): Uint8Array => {
    const asked = decodeRequest(request.apdu);
    return messages.response(response, asked.kind === "malformed" ? undefined : asked);
  };
  for (const { piece, request, response, tls: frame } of found) {
    if (frame?.kind === "request" || frame?.kind === "response") {
      const known = made.get(frame);
      const seal = (): Uint8Array =>
        tls.seal(frame, response === undefined ? messages.request(request.apdu) : answerOf(request, response));
      const sealed = known ?? seal();
      made.set(frame, sealed);
      put(piece, sealed);
    } else if (request.sequence !== undefined) {
      const packet = rc4.request(request, (apdu) => messages.request(apdu));
      const sealed = response === undefined ? packet : rc4.response(packet, answerOf(request, response));
      if (sealed !== undefined) put(piece, sealed);
    }
  }
};

/** Whether the key fits it: what a handshake says in the clear is redacted whether or not it does. */
const fitsKey = (frame: TlsFrame): boolean => {
  if (frame.kind === "repeat") return fitsKey(frame.of);
  return frame.kind === "handshake" ? frame.handshake.session !== undefined : frame.kind === "alert";
};

/** What is not a message: handshakes, alerts, and repetitions of them. */
const sealAround = (
  reading: TlsReading,
  tls: TlsResealer,
  put: (piece: Piece, frame: Uint8Array, verified: boolean) => void,
): void => {
  const handshakes = tls.handshakes(reading);
  const made = (frame: TlsFrame): Uint8Array | undefined => {
    if (frame.kind === "repeat") return made(frame.of);
    return frame.kind === "alert" ? tls.alert(frame) : handshakes.get(frame.piece);
  };
  for (const [piece, frame] of reading.frames) {
    const sealed = made(frame);
    if (sealed !== undefined) put(piece, sealed, fitsKey(frame));
  }
};

/**
 * Replaces what tells whose meter a capture comes from, seals every message that verified with the throw-away key, and
 * scrambles everything that did not verify. Times, lengths, codes, readings and the cutting into chunks stay. Handshakes of TLS go
 * with other randoms and fit the throw-away key, if they fitted the meter's.
 *
 * @throws UsageError (`capture`) if nothing verifies under the key
 */
export const redactCapture = (capture: Capture, { key, seed, profile }: RedactOptions): Redacted => {
  const cut = piecesOf(capture);
  const reading = readTls(cut, key);
  const found = key === undefined ? [] : verifiedFrames(cut, key, reading);
  const frames = cut.pieces.filter(({ kind }) => kind === "frame").length;
  const sessions = reading.handshakes.filter(({ session }) => session !== undefined).length;
  if (key !== undefined && found.length + sessions === 0 && frames > 0)
    throw new UsageError(
      "capture",
      `no frame of the capture verifies under this key${reading.frames.size > 0 ? ", and TLS opens only where the handshake of the session was captured" : ""}; give the meter's key, or none to keep only lengths and codes`,
    );
  const pseudonyms = new Pseudonyms(seed);
  const seen = new SeenDimensions();
  seen.seeAll(found);
  const dimensions = seen.possible(profile);
  const data = new DataRedactor(pseudonyms, dimensions);
  // The first time to know all values, the second time to find them wherever they stand.
  const messages = (): MessageRedactor => new MessageRedactor(data, dimensions[0] as (typeof dimensions)[number]);
  const tls = new TlsResealer(throwAwayKey, (bytes) => pseudonyms.noise(bytes), cut.streams);
  const streams = { tx: cut.streams.tx.slice(), rx: cut.streams.rx.slice() };
  const done = new Set<Piece>();
  let sealed = 0;
  const put = (piece: Piece, frame: Uint8Array, verified = true): void => {
    streams[piece.dir].set(frame, piece.start);
    done.add(piece);
    if (verified) sealed++;
  };
  sealAround(reading, tls, put);
  sealAgain(found, messages(), tls, () => {});
  data.lookEverywhere();
  sealAgain(found, messages(), tls, put);
  let scrambled = 0;
  for (const piece of cut.pieces) {
    if (done.has(piece)) continue;
    const { dir, start, end } = piece;
    // Of a bare code nothing is lost.
    if (piece.kind === "frame" && end - start > bareFrame) scrambled++;
    streams[dir].set(scramble(piece, cut.streams[dir].subarray(start, end), pseudonyms), start);
  }
  return { capture: rebuilt(capture, streams), sealed, scrambled };
};

/** The same entries with other bytes. */
const rebuilt = ({ header, entries }: Capture, streams: Readonly<Record<"tx" | "rx", Uint8Array>>): Capture => {
  const at = { tx: 0, rx: 0 };
  const redacted = entries.map((entry): CaptureEntry => {
    if (!("bytes" in entry)) return entry;
    const start = at[entry.dir];
    at[entry.dir] += entry.bytes.length;
    return { ...entry, bytes: streams[entry.dir].subarray(start, at[entry.dir]) };
  });
  const { format, version, started, link } = header;
  // A header that was written by hand may contain anything.
  const plain = {
    started: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(started) ? started : "",
    link: /^([a-z]{1,12}|rfc2217)$/.test(link) ? link : "link",
  };
  return { header: { format, version, ...plain, key: toHex(throwAwayKey) }, entries: redacted };
};
