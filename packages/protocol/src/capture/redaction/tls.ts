/**
 * TLS sessions of a capture sealed again under the public throw-away key: with other randoms and without what identifies,
 * and with every length, number and order as it was, so that the file still verifies.
 */

import { clientNameIn } from "../../mep/security/mep-tls/envelope.ts";
import { contentType, extension, handshakeType } from "../../mep/security/tls/codes.ts";
import { helloPlaces, type Place } from "../../mep/security/tls/hello-places.ts";
import type { SessionKeys } from "../../mep/security/tls/key-schedule.ts";
import { messageHeader } from "../../mep/security/tls/messages.ts";
import { type Agreement, agreementOf, identityIn } from "../../mep/security/tls/recorded.ts";
import { explicitNonce, recordHeader, sealFragment, sealOverhead } from "../../mep/security/tls/records.ts";
import type { Piece } from "../pieces.ts";
import type { Flight } from "../tls/flight.ts";
import { type Handshake, splitAtDone } from "../tls/handshake.ts";
import type { TlsFrame, TlsReading } from "../tls/reading.ts";
import { wholeRecordsIn } from "../tls/records-in.ts";
import type { CapturedSession, OpenedRecord } from "../tls/session.ts";

/** Bytes that replace others, of the same length. */
type Noise = (bytes: Uint8Array) => Uint8Array;

/** Extensions whose value says nothing of anybody. */
const plainExtensions: readonly number[] = Object.values(extension);

/** A message of a handshake in the clear: what it offers and chooses stays, randoms and names go. */
const redactMessage = (message: Uint8Array, noise: Noise): Uint8Array => {
  const out = message.slice();
  const hide = ({ start, end }: Place): void => out.set(noise(message.subarray(start, end)), start);
  const hello = helloPlaces(message);
  const identity = identityIn(message);
  if (hello !== undefined) {
    hide(hello.random);
    hide(hello.sessionId);
    for (const each of hello.extensions) if (!plainExtensions.includes(each.type)) hide(each);
    // The meter needs the client's number and its level, which are no secret and in no way unique.
  } else if (identity === undefined || clientNameIn(identity) === undefined) {
    const lengths = message[0] === handshakeType.clientKeyExchange || message[0] === handshakeType.serverKeyExchange;
    hide({ start: Math.min(message.length, messageHeader + (lengths ? 2 : 0)), end: message.length });
  }
  return out;
};

/** A session under the throw-away key: keys and Finished messages of what both ends say now. */
interface Twin {
  readonly keys: SessionKeys;
  readonly clientFinished: Uint8Array;
  readonly serverFinished: Uint8Array;
}

/** What a frame holds in place of records that do not verify: types, versions and lengths as they were. */
export const scrambleRecords = (records: Uint8Array, noise: Noise): Uint8Array | undefined => {
  const places = wholeRecordsIn(records);
  if (places === undefined) return undefined;
  const out = records.slice();
  // An alert in the clear is two numbers, and says what went wrong.
  const isAlert = ({ type, start, end }: (typeof places)[number]): boolean =>
    type === contentType.alert && end - start === 2;
  for (const place of places)
    if (!isAlert(place)) out.set(noise(records.subarray(place.start, place.end)), place.start);
  return out;
};

/** Seals what was opened. */
export class TlsResealer {
  readonly #key: Uint8Array;
  readonly #noise: Noise;
  readonly #streams: Readonly<Record<"tx" | "rx", Uint8Array>>;
  readonly #twins = new Map<CapturedSession, Twin>();

  /** @param streams all bytes of the capture, as they were */
  constructor(key: Uint8Array, noise: Noise, streams: Readonly<Record<"tx" | "rx", Uint8Array>>) {
    this.#key = key;
    this.#noise = noise;
    this.#streams = streams;
  }

  /** The frames of all handshakes, whether they verified or not. */
  handshakes({ handshakes }: TlsReading): ReadonlyMap<Piece, Uint8Array> {
    const frames = new Map<Piece, Uint8Array>();
    for (const handshake of handshakes) this.#handshake(handshake, frames);
    return frames;
  }

  /** A whole frame with `apdu` in place of what it carried. Lengths are those that it had. */
  seal(frame: TlsFrame & { readonly kind: "request" | "response" }, apdu: Uint8Array): Uint8Array {
    let at = 0;
    return this.#sealed(frame.piece, frame, (record) => {
      at += record.plain.length;
      return apdu.subarray(at - record.plain.length, at);
    });
  }

  /** The frame of an alert inside a session. */
  alert({ piece, inside }: TlsFrame & { readonly kind: "alert" }): Uint8Array | undefined {
    return inside === undefined ? undefined : this.#sealed(piece, inside, ({ plain }) => plain);
  }

  #sealed(
    piece: Piece,
    { session, records }: { readonly session: CapturedSession; readonly records: readonly OpenedRecord[] },
    plainOf: (record: OpenedRecord) => Uint8Array,
  ): Uint8Array {
    const out = this.#frame(piece);
    const keys = this.#twins.get(session)?.keys;
    if (keys === undefined) throw new RangeError("handshakes are sealed before what follows them");
    const key = piece.dir === "tx" ? keys.client : keys.server;
    let at = envelope;
    for (const record of records) {
      const { type, sequence, explicit } = record;
      const fragment = sealFragment(key, sequence, { type, fragment: plainOf(record) }, explicit);
      out.set(fragment, at + recordHeader);
      at += recordHeader + fragment.length;
    }
    return out;
  }

  #frame({ dir, start, end }: Piece): Uint8Array {
    return this.#streams[dir].slice(start, end);
  }

  #handshake({ client, answers, server, session }: Handshake, frames: Map<Piece, Uint8Array>): void {
    const said = (flight: Flight): Uint8Array[] =>
      flight.messages.map((message) => redactMessage(message, this.#noise));
    const taken = session === undefined || server === undefined ? undefined : { session, server };
    const split = taken && splitAtDone(said(taken.server));
    const agreement = split && agreementOf(this.#key, said(client), split.hello);
    if (taken !== undefined && split !== undefined && agreement !== undefined)
      this.#twins.set(taken.session, twinOf(agreement, split.between));
    const twin = taken && this.#twins.get(taken.session);
    this.#flight(client, twin && { key: twin.keys.client, finished: twin.clientFinished }, frames);
    for (const answer of answers) {
      // A Finished that did not fit must not fit now.
      const fits = twin !== undefined && answer === server && session?.serverFinished === true;
      this.#flight(answer, fits ? { key: twin.keys.server, finished: twin.serverFinished } : undefined, frames);
    }
  }

  #flight(
    flight: Flight,
    end: { readonly key: SessionKeys["client"]; readonly finished: Uint8Array } | undefined,
    frames: Map<Piece, Uint8Array>,
  ): void {
    const bytes = flight.rewritten(
      (message) => redactMessage(message, this.#noise),
      (fragment, index) => {
        const explicit = fragment.slice(0, explicitNonce);
        if (end === undefined || index > 0 || fragment.length !== sealOverhead + end.finished.length)
          return this.#noise(fragment);
        return sealFragment(end.key, 0, { type: contentType.handshake, fragment: end.finished }, explicit);
      },
      this.#noise,
    );
    let at = 0;
    for (const { piece, offset, length } of flight.parts) {
      const frame = this.#frame(piece);
      frame.set(bytes.subarray(at, at + length), offset);
      frames.set(piece, frame);
      at += length;
    }
  }
}

const twinOf = ({ keys, clientFinished, serverFinished }: Agreement, between: readonly Uint8Array[]): Twin => ({
  keys,
  clientFinished,
  serverFinished: serverFinished(between),
});

/** Length and code. */
const envelope = 3;
