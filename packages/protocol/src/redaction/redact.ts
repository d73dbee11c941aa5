/** A capture that can be given away: it holds what went on, and not whose meter it was. */
import { toHex } from "../bytes.ts";
import type { Capture, CaptureEntry } from "../capture/capture.ts";
import { type CutCapture, type Piece, piecesOf } from "../capture/pieces.ts";
import { type CapturedRequest, sealAs, type VerifiedFrame, verifiedFrames } from "../capture/verified.ts";
import { UsageError } from "../errors.ts";
import { decodeRequest, requestCode } from "../frame/apdu.ts";
import type { Profile } from "../layout/index.ts";
import { beginsRecord, tlsCode } from "../security/mep-tls/envelope.ts";
import { rc4Opener } from "../security/rc4/opener.ts";
import { DataRedactor } from "./data.ts";
import { SeenDimensions } from "./dimensions.ts";
import { MessageRedactor } from "./messages.ts";
import { Pseudonyms } from "./pseudonyms.ts";

/** What the messages of a redacted capture are sealed with: everybody may know it. */
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

/** Whether a sent frame is a request inside TLS. */
const carriesTls = (body: Uint8Array): boolean => body[0] === tlsCode.table && beginsRecord(body.subarray(1));

const refuseTls = ({ streams, pieces }: CutCapture, found: readonly VerifiedFrame[]): void => {
  const verified = new Set(found.map(({ piece }) => piece));
  for (const piece of pieces)
    if (piece.kind === "frame" && piece.dir === "tx" && !verified.has(piece))
      if (carriesTls(streams.tx.subarray(piece.start + 2, piece.end)))
        throw new UsageError(
          "tls",
          "a capture of a TLS session cannot be redacted: record the same with --security rc4, on a port that permits it",
        );
};

const requestCodes: readonly (number | undefined)[] = [...Object.values(requestCode), ...Object.values(tlsCode)];
const lastResponseCode = 0x0c;
/** From here on a byte can begin no frame, so that what is noise stays noise. */
const neverLength = 0xff;
const believedHigh = 4;

/** What is left of bytes that do not verify: a reply with one wrong bit still holds the serial number. */
const scramble = (piece: Piece, bytes: Uint8Array, pseudonyms: Pseudonyms): Uint8Array => {
  if (piece.kind === "alert") return bytes;
  if (piece.kind === "noise") return bytes.map(() => neverLength);
  if (bytes.length === 1) return bytes.map((byte) => (byte > believedHigh ? neverLength : byte));
  const first = bytes[2];
  const kept = requestCodes.includes(first) || (first !== undefined && first <= lastResponseCode) ? 3 : 2;
  const out = bytes.slice();
  // The digest of a refusal is zeros: they are no secret, and say that it is one.
  const noise = pseudonyms.noise(bytes.subarray(kept));
  // A frame that was cut shall not seem to hide another, whose length begins with 0 or 1.
  out.set(piece.kind === "cut" ? noise.map((byte) => (byte < 2 ? neverLength : byte)) : noise, kept);
  // Nor shall the code that is kept be the beginning of such a length.
  if (piece.kind === "cut" && kept === 3 && out.length > 3 && (first ?? 0) < 2) out[3] = neverLength;
  return out;
};

const sameRequest = (a: CapturedRequest, b: CapturedRequest): boolean =>
  a.sequence === b.sequence && toHex(a.apdu) === toHex(b.apdu);

/** Seals every message anew, with pseudonyms in it; `put` takes each whole frame. */
const sealAnew = (
  found: readonly VerifiedFrame[],
  messages: MessageRedactor,
  put: (piece: Piece, frame: Uint8Array) => void,
) => {
  const opener = rc4Opener({ basic: throwAwayKey, advanced: throwAwayKey });
  let last: { readonly request: CapturedRequest; readonly packet: Uint8Array } | undefined;
  for (const { piece, request, response } of found) {
    if (last === undefined || !sameRequest(last.request, request))
      last = { request, packet: sealAs({ ...request, apdu: messages.request(request.apdu) }, throwAwayKey).packet };
    if (response === undefined) {
      put(piece, last.packet);
      continue;
    }
    const asked = decodeRequest(request.apdu);
    const answer = messages.response(response, asked.kind === "malformed" ? undefined : asked);
    const received = opener.open(last.packet.subarray(2));
    if (received.type === "request") put(piece, received.reply(answer));
  }
};

/**
 * Replaces what tells whose meter a capture comes from, seals every message that verified with the throw-away key, and
 * scrambles whatever did not verify. Times, lengths, codes, readings and the cutting into chunks stay.
 *
 * @throws UsageError (`capture`) where nothing verifies under the key, (`tls`) for a capture of a TLS session
 */
export const redactCapture = (capture: Capture, { key, seed, profile }: RedactOptions): Redacted => {
  const cut = piecesOf(capture);
  const found = key === undefined ? [] : verifiedFrames(cut, key);
  refuseTls(cut, found);
  const frames = cut.pieces.filter(({ kind }) => kind === "frame").length;
  if (key !== undefined && found.length === 0 && frames > 0)
    throw new UsageError(
      "capture",
      "no frame of the capture verifies under this key; give the meter's key, or none to keep only lengths and codes",
    );
  const pseudonyms = new Pseudonyms(seed);
  const seen = new SeenDimensions();
  seen.seeAll(found);
  const dimensions = seen.possible(profile);
  const data = new DataRedactor(pseudonyms, dimensions);
  // The first time to know all values, the second time to find them wherever they stand.
  const messages = (): MessageRedactor => new MessageRedactor(data, dimensions[0] as (typeof dimensions)[number]);
  sealAnew(found, messages(), () => {});
  data.lookEverywhere();
  const streams = { tx: cut.streams.tx.slice(), rx: cut.streams.rx.slice() };
  const sealed = new Set<Piece>();
  sealAnew(found, messages(), (piece, frame) => {
    streams[piece.dir].set(frame, piece.start);
    sealed.add(piece);
  });
  for (const piece of cut.pieces) {
    if (sealed.has(piece)) continue;
    const { dir, start, end } = piece;
    streams[dir].set(scramble(piece, cut.streams[dir].subarray(start, end), pseudonyms), start);
  }
  return { capture: rebuilt(capture, streams), sealed: sealed.size, scrambled: frames - sealed.size };
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
  // Whoever wrote the header by hand may have written anything.
  const plain = {
    started: /^[\d:.TZ-]*$/.test(started) ? started : "",
    link: /^[a-z\d]{1,12}$/.test(link) ? link : "link",
  };
  return { header: { format, version, ...plain, key: toHex(throwAwayKey) }, entries: redacted };
};
