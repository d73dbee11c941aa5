/**
 * One end of a TLS 1.2 connection as a pure machine: received bytes go in, bytes to send and data come out. What both
 * ends share is here; which message may come when is `client.ts` and `server.ts`. RFC 5246.
 */

import { sha384 } from "@noble/hashes/sha2.js";
import { concat, equalBytes } from "../../../bytes.ts";
import { TlsError } from "../../../errors.ts";
import { type AlertName, alertCode, alertLevel, alertName, contentType, handshakeType } from "./codes.ts";
import { Fatal, violation } from "./fatal.ts";
import {
  forget,
  masterSecret,
  premasterSecret,
  type Randoms,
  type SessionKeys,
  sessionKeys,
  verifyData,
} from "./key-schedule.ts";
import { finished, messageHeader, messageLimit } from "./messages.ts";
import { Cipher, keyLifetime, type RawRecord, RecordReader, sealRecord, sealRecords } from "./records.ts";

export type TlsState = "idle" | "handshaking" | "open" | "closed";

/** What receiving bytes brought. */
export interface TlsProgress {
  /** Records to send; may be empty. */
  readonly reply: Uint8Array;
  /** Application data that came. */
  readonly data: Uint8Array;
  /** Whether the connection has opened just now. */
  readonly opened: boolean;
  /** Why it ended, where it did not end in order. */
  readonly failure: TlsError | undefined;
  readonly closed: boolean;
}

/** What the records of one message turned out to be. */
export type TlsMessage =
  | { readonly type: "data"; readonly bytes: Uint8Array }
  /** The peer's alert, authentic. After a fatal one and after close_notify the connection is closed. */
  | { readonly type: "alert"; readonly level: number; readonly description: number; readonly name: string }
  /** Nothing of it verifies: noise, another session's, or a forgery. Nothing has changed. */
  | { readonly type: "rejected" };

/** Warnings, empty records and similar that are tolerated in a row. */
const patience = 16;

const nothing: Uint8Array = new Uint8Array(0);

/** A handshake message that has come wholly. */
export interface Handshake {
  readonly type: number;
  readonly body: Uint8Array;
}

/** Either end of a connection. Neither resumes nor renegotiates. */
export abstract class TlsConnection {
  readonly #from: "client" | "server";
  readonly #lifetime: number;
  readonly #reader = new RecordReader();
  readonly #transcript = sha384.create();
  #state: TlsState = "idle";
  #extended = false;
  #incoming: Cipher | undefined;
  #outgoing: Cipher | undefined;
  /** Agreed, and not in use before a ChangeCipherSpec. */
  #keys: SessionKeys | undefined;
  #master: Uint8Array = nothing;
  #handshake: Uint8Array = nothing;
  #expectsChange = false;
  #idle = 0;
  #failure: TlsError | undefined;

  protected constructor(from: "client" | "server", lifetime: number = keyLifetime) {
    this.#from = from;
    this.#lifetime = lifetime;
  }

  get state(): TlsState {
    return this.#state;
  }

  /** Whether both ends bind the master secret to the whole handshake (RFC 7627). */
  get extendedMasterSecret(): boolean {
    return this.#extended;
  }

  /** Whether its keys are nearly used up: a new connection is due, and this one can still say farewell. */
  get worn(): boolean {
    return this.#incoming?.worn === true || this.#outgoing?.worn === true;
  }

  /** Why the connection ended, where it did not end in order. */
  get failure(): TlsError | undefined {
    return this.#failure;
  }

  /** Takes received bytes, in any pieces. Whatever they are, it does not throw: a mistake of the peer ends the connection. */
  receive(bytes: Uint8Array): TlsProgress {
    const before = this.#state;
    const out: Uint8Array[] = [];
    const data: Uint8Array[] = [];
    if (before !== "closed") {
      try {
        this.#reader.push(bytes);
        for (;;) {
          const record = this.#reader.next(this.#incoming !== undefined, this.acceptsAnyVersion());
          if (record === undefined) break;
          this.#record(record, out, data);
          if (this.state === "closed") break;
        }
      } catch (error) {
        if (!(error instanceof Fatal)) throw error;
        out.push(this.#abandon(error));
      }
    }
    const state = this.#state;
    return {
      reply: concat(...out),
      data: concat(...data),
      opened: state === "open" && before !== "open",
      failure: this.#failure,
      closed: state === "closed",
    };
  }

  /**
   * Records that carry `data`, in one record of up to 16384 bytes, or in several.
   *
   * @throws TlsError `not-open`, `sequence-limit`
   */
  send(data: Uint8Array): Uint8Array {
    if (this.#state !== "open") throw new TlsError("not-open", `there is no TLS session (${this.#state})`);
    try {
      return sealRecords(contentType.applicationData, data, this.#outgoing);
    } catch (error) {
      throw error instanceof Fatal ? error.failure : error;
    }
  }

  /**
   * Opens the records of one whole message. Unlike `receive` it takes what does not verify for noise and changes
   * nothing, as DTLS does: a serial line damages bytes, and its messages have a beginning and an end without TLS.
   */
  openMessage(bytes: Uint8Array): TlsMessage {
    const cipher = this.#incoming;
    if (this.#state !== "open" || cipher === undefined) return { type: "rejected" };
    const parts: Uint8Array[] = [];
    let alert: Uint8Array | undefined;
    let records = 0;
    try {
      const reader = new RecordReader();
      reader.push(bytes);
      for (let record = reader.next(true, false); record !== undefined; record = reader.next(true, false)) {
        const plain = cipher.peek(record, records++);
        if (plain === undefined) return { type: "rejected" };
        if (record.type === contentType.applicationData) parts.push(plain);
        else if (record.type === contentType.alert && plain.length === 2) alert = plain;
        else return { type: "rejected" };
      }
      if (records === 0 || reader.pending > 0 || (alert !== undefined && records > 1)) return { type: "rejected" };
      cipher.advance(records);
    } catch (error) {
      if (error instanceof Fatal) return { type: "rejected" };
      throw error;
    }
    if (alert === undefined) return { type: "data", bytes: concat(...parts) };
    const [level = 0, description = 0] = alert;
    if (level !== alertLevel.warning || description === alertCode.close_notify) this.#end(undefined);
    return { type: "alert", level, description, name: alertName(description) };
  }

  /** Ends the connection and forgets its keys. What it gives is to be sent: the alert close_notify; nothing where it has ended. */
  close(): Uint8Array {
    if (this.#state === "closed") return nothing;
    const farewell = this.#state === "idle" ? nothing : this.#farewell(alertLevel.warning, "close_notify");
    this.#end(undefined);
    return farewell;
  }

  /** Takes a handshake message; its answer, in records. @throws Fatal if it must not come now */
  protected abstract onHandshake(message: Handshake): Uint8Array;
  /** Whether a first hello may stand in a record of version 3.0 or 3.1. */
  protected abstract acceptsAnyVersion(): boolean;
  /** Whether a peer that asks for another handshake is told no, or ignored. */
  protected abstract isRenegotiation(type: number): "refuse" | "ignore" | undefined;

  protected begin(): void {
    this.#state = "handshaking";
  }

  /** A message of ours as a record; it counts for the transcript. */
  protected say(message: Uint8Array): Uint8Array {
    this.#transcript.update(message);
    return sealRecord(contentType.handshake, message, this.#outgoing);
  }

  /** Derives all keys, once both randoms are known and ClientKeyExchange counts. */
  protected agree(key: Uint8Array, randoms: Randoms, extended: boolean): void {
    this.#extended = extended;
    const premaster = premasterSecret(key);
    this.#master = masterSecret(premaster, randoms, extended ? this.#hash() : undefined);
    premaster.fill(0);
    this.#keys = sessionKeys(this.#master, randoms);
  }

  /** From now on the peer's ChangeCipherSpec is due. */
  protected expectChange(): void {
    this.#expectsChange = true;
  }

  /** Our ChangeCipherSpec and Finished. */
  protected sayFinished(): Uint8Array {
    const change = sealRecord(contentType.changeCipherSpec, Uint8Array.of(1), undefined);
    const keys = this.#keys as SessionKeys;
    this.#outgoing = new Cipher(this.#from === "client" ? keys.client : keys.server, this.#lifetime);
    return concat(change, this.say(finished(verifyData(this.#master, this.#from, this.#hash()))));
  }

  /** Checks the peer's Finished against all messages before it. @throws Fatal */
  protected checkFinished(body: Uint8Array): void {
    const peer = this.#from === "client" ? "server" : "client";
    const expected = verifyData(this.#master, peer, this.#finishedHash);
    if (!equalBytes(expected, body))
      throw violation("decrypt_error", `the ${peer}'s Finished does not fit the handshake`);
  }

  protected opened(): void {
    this.#state = "open";
    this.#master.fill(0);
    this.#keys = undefined;
  }

  #finishedHash: Uint8Array = nothing;

  #hash(): Uint8Array {
    return this.#transcript.clone().digest();
  }

  #record(record: RawRecord, out: Uint8Array[], data: Uint8Array[]): void {
    const { type } = record;
    const fragment = this.#open(record);
    if (fragment.length === 0 && type !== contentType.applicationData)
      throw violation("unexpected_message", "an empty record that carries no data");
    if (this.#handshake.length > 0 && type !== contentType.handshake)
      throw violation("unexpected_message", "a record of another kind inside a handshake message");
    if (type === contentType.alert) this.#onAlert(fragment);
    else if (type === contentType.changeCipherSpec) this.#onChange(fragment);
    else if (type === contentType.handshake) this.#onFragment(fragment, out);
    else {
      if (this.#state !== "open")
        throw violation("unexpected_message", "application data before the handshake is done");
      if (fragment.length === 0) this.#putUpWith("empty records");
      else this.#idle = 0;
      data.push(fragment);
    }
  }

  #open(record: RawRecord): Uint8Array {
    const cipher = this.#incoming;
    if (cipher === undefined) return record.fragment;
    const plain = cipher.peek(record);
    if (plain === undefined) {
      const early = this.#state === "handshaking";
      throw new Fatal(
        "bad_record_mac",
        early ? "wrong-key" : "bad-record",
        early
          ? "the peer's first encrypted record does not verify: it has another key, or the record was damaged"
          : "a record does not verify: it was damaged, repeated, or forged",
      );
    }
    cipher.advance(1);
    return plain;
  }

  #onChange(fragment: Uint8Array): void {
    if (!this.#expectsChange || this.#keys === undefined)
      throw violation("unexpected_message", "ChangeCipherSpec at the wrong moment");
    if (fragment.length !== 1 || fragment[0] !== 1) throw violation("decode_error", "a malformed ChangeCipherSpec");
    this.#expectsChange = false;
    this.#incoming = new Cipher(this.#from === "client" ? this.#keys.server : this.#keys.client, this.#lifetime);
  }

  #onFragment(fragment: Uint8Array, out: Uint8Array[]): void {
    let bytes = this.#handshake.length === 0 ? fragment : concat(this.#handshake, fragment);
    while (bytes.length >= messageHeader && this.#state !== "closed") {
      const length = ((bytes[1] as number) << 16) | ((bytes[2] as number) << 8) | (bytes[3] as number);
      if (length > messageLimit) throw violation("decode_error", `a handshake message announces ${length} bytes`);
      const end = messageHeader + length;
      if (bytes.length < end) break;
      this.#onMessage(bytes.slice(0, end), bytes.length > end, out);
      bytes = bytes.slice(end);
    }
    this.#handshake = bytes;
  }

  #onMessage(whole: Uint8Array, more: boolean, out: Uint8Array[]): void {
    const type = whole[0] as number;
    const again = this.isRenegotiation(type);
    if (again !== undefined) {
      this.#putUpWith("requests to renegotiate");
      if (again === "refuse") out.push(this.#alert(alertLevel.warning, "no_renegotiation"));
      return;
    }
    if (this.#state === "open") throw violation("unexpected_message", "a handshake message in an open session");
    if (type === handshakeType.finished) {
      if (this.#incoming === undefined) throw violation("unexpected_message", "Finished before ChangeCipherSpec");
      if (more) throw violation("unexpected_message", "bytes of a message after Finished");
      this.#finishedHash = this.#hash();
    } else if (this.#incoming !== undefined) {
      throw violation("unexpected_message", "another message in place of Finished");
    }
    this.#transcript.update(whole);
    out.push(this.onHandshake({ type, body: whole.slice(messageHeader) }));
    // Keys change between records only: what follows in the same one would be read under the wrong key.
    if (more && this.#expectsChange) throw violation("unexpected_message", "a message in place of ChangeCipherSpec");
  }

  #onAlert(fragment: Uint8Array): void {
    if (fragment.length !== 2) throw violation("decode_error", "a malformed alert");
    const [level = 0, description = 0] = fragment;
    if (description === alertCode.close_notify) {
      const early = this.#state !== "open";
      this.#end(early ? new TlsError("alert", "the peer closed the session before it was open") : undefined);
    } else if (level === alertLevel.warning) this.#putUpWith("warnings");
    else this.#end(alertError(description));
  }

  #putUpWith(what: string): void {
    if (++this.#idle > patience) throw violation("unexpected_message", `too many ${what}`);
  }

  #alert(level: number, name: AlertName): Uint8Array {
    return sealRecord(contentType.alert, Uint8Array.of(level, alertCode[name]), this.#outgoing);
  }

  #abandon({ alert, failure }: Fatal): Uint8Array {
    const farewell = this.#farewell(alertLevel.fatal, alert);
    this.#end(failure);
    return farewell;
  }

  /** The last alert; nothing where the key is worn out, which encrypts no farewell either. */
  #farewell(level: number, name: AlertName): Uint8Array {
    try {
      return this.#alert(level, name);
    } catch (error) {
      if (error instanceof Fatal) return nothing;
      throw error;
    }
  }

  /** Keys that were agreed and are not in use yet. */
  #forgetKeys(): void {
    if (this.#keys !== undefined) for (const key of Object.values(this.#keys)) forget(key);
    this.#keys = undefined;
  }

  #end(failure: TlsError | undefined): void {
    this.#state = "closed";
    this.#failure = failure;
    this.#incoming?.forget();
    this.#outgoing?.forget();
    this.#master.fill(0);
    this.#handshake = nothing;
    this.#forgetKeys();
    this.#incoming = undefined;
    this.#outgoing = undefined;
  }
}

const identityAlerts: readonly number[] = [alertCode.unknown_psk_identity];
const keyAlerts: readonly number[] = [alertCode.bad_record_mac, alertCode.decrypt_error];

const alertError = (description: number): TlsError => {
  const name = alertName(description);
  if (identityAlerts.includes(description))
    return new TlsError("unknown-identity", `the peer knows no such identity (${name})`);
  if (keyAlerts.includes(description))
    return new TlsError(
      "wrong-key",
      `the peer cannot verify what was sent (${name}): the keys differ, or bytes were damaged`,
    );
  return new TlsError("alert", `the peer ended the session (${name})`);
};
