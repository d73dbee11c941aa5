/** The client's side of TLS on the MEP port, as a seal: a handshake before the first request, no sequence number, no digest. */
import { hexByte } from "../../../digits.ts";
import { UsageError } from "../../../errors.ts";
import type { Entropy } from "../../../ports.ts";
import type { Level, Opened, Seal, Sealed } from "../seal.ts";
import { TlsClient } from "../tls/client.ts";
import { contentType } from "../tls/codes.ts";
import {
  beginsRecord,
  bringsAlert,
  endsSession,
  identityOf,
  isBareCode,
  tlsCode,
  tlsFrame,
  tlsOverhead,
  tlsReadLimit,
  tlsResponse,
  tlsWriteLimit,
} from "./envelope.ts";

export interface TlsSealOptions {
  /** The MBK or the MAK; the first 16 bytes are the pre-shared key. */
  readonly key: Uint8Array;
  /** Which of the two it is: the meter has to be told. */
  readonly level: Level;
  /** 0 to 65535; the meter records it with events and checks nothing. */
  readonly clientId: number;
  readonly entropy: Entropy;
  /** Whether the extended master secret is offered; true if omitted. */
  readonly extendedMasterSecret?: boolean | undefined;
  /** Records that one key protects in each direction; 2^24 if omitted. */
  readonly recordsPerKey?: number | undefined;
}

const keyLength = 16;
const forged: Opened = { type: "forged" };

class TlsSeal implements Seal {
  readonly name = "tls";
  readonly readLimit: number = tlsReadLimit;
  readonly writeLimit: number = tlsWriteLimit;
  readonly #options: TlsSealOptions;
  #tls: TlsClient | undefined;
  /** Records that the next message of the handshake carries. */
  #flight: Uint8Array | undefined;
  /** The message that has not been answered: only its answer may be opened. */
  #outstanding: Sealed | undefined;

  constructor(options: TlsSealOptions) {
    this.#options = options;
  }

  resync(): void {}

  prepare(): Sealed | undefined {
    const tls = this.#tls;
    // A session that left a message without an answer is out of step: either end may have counted a record that the other did not.
    if (tls?.state === "open" && this.#outstanding === undefined && !tls.worn) return undefined;
    const flight = this.#flight;
    if (tls?.state === "handshaking" && this.#outstanding === undefined && flight !== undefined)
      return this.#step(tls, tlsCode.handshakeContinued, flight);
    return this.#begin();
  }

  seal(apdu: Uint8Array): Sealed {
    const tls = this.#tls;
    if (tls === undefined) throw new UsageError("not-open", "a TLS seal is prepared before it seals");
    const packet = tlsFrame(tlsCode.table, tls.send(apdu));
    // An answer in several records is longer; after noise it is not found, and asked for again.
    return this.#await(packet, (body) => this.#openTable(tls, body), tlsOverhead);
  }

  farewell(): Uint8Array | undefined {
    const tls = this.#tls;
    if (tls?.state !== "open") return undefined;
    const farewell = tls.close();
    this.#drop();
    return tlsFrame(tlsCode.terminate, farewell);
  }

  #begin(): Sealed {
    this.#drop();
    const { key, level, clientId, entropy, extendedMasterSecret = true, recordsPerKey } = this.#options;
    const identity = identityOf(clientId, level);
    const tls = new TlsClient({
      identity,
      key: key.subarray(0, keyLength),
      entropy,
      extendedMasterSecret,
      ...(recordsPerKey === undefined ? {} : { recordsPerKey }),
    });
    this.#tls = tls;
    return this.#step(tls, tlsCode.handshake, tls.start());
  }

  #step(tls: TlsClient, code: number, records: Uint8Array): Sealed {
    this.#flight = undefined;
    const first = code === tlsCode.handshake;
    return this.#await(tlsFrame(code, records), (body) => this.#openStep(tls, body, first));
  }

  #await(packet: Uint8Array, open: (body: Uint8Array) => Opened, answerOverhead?: number): Sealed {
    const sealed: Sealed = {
      packet,
      sequence: undefined,
      ...(answerOverhead === undefined ? {} : { answerOverhead }),
      open: (body) => (this.#outstanding === sealed ? open(body) : forged),
    };
    this.#outstanding = sealed;
    return sealed;
  }

  #openStep(tls: TlsClient, body: Uint8Array, first: boolean): Opened {
    const [answer, type] = body;
    const alert = bringsAlert(body);
    if (answer !== tlsResponse.success && !alert) return this.#refused(body, first);
    const records = body.subarray(1);
    // The answer to a request of an earlier session looks different, and must not disturb this one.
    const expected = first ? contentType.handshake : contentType.changeCipherSpec;
    if (!beginsRecord(records) || (type !== expected && !alert)) return forged;
    const { reply, failure } = tls.receive(records);
    if (failure !== undefined) {
      this.#drop();
      const wrong =
        answer === tlsResponse.invalidIdentityOrKey ||
        failure.code === "unknown-identity" ||
        (failure.code === "wrong-key" && alert);
      return { type: "refused", failure: wrong ? "wrong-key" : "tls", detail: failure.message };
    }
    // Part of a flight is not an answer: the port sends each whole, in one message.
    if (reply.length === 0 && tls.state !== "open") return forged;
    this.#flight = reply.length === 0 ? undefined : reply;
    this.#outstanding = undefined;
    return { type: "step" };
  }

  #refused(body: Uint8Array, first: boolean): Opened {
    if (!isBareCode(body)) return forged;
    const { level, clientId } = this.#options;
    const said = hexByte(body[0] as number);
    if (body[0] === tlsResponse.invalidIdentityOrKey) {
      const key = level === "advanced" ? "the advanced one (MAK)" : "the basic one (MBK)";
      return { type: "refused", failure: "wrong-key", detail: `as ${key} of client ${clientId}, ${said}` };
    }
    if (!first) return { type: "refused", failure: "tls", detail: `the meter answers ${said}` };
    return { type: "refused", failure: "no-tls", detail: `it answers a handshake with ${said}` };
  }

  #openTable(tls: TlsClient, body: Uint8Array): Opened {
    const records = body.subarray(1);
    if (body[0] === tlsResponse.success) {
      const message = tls.openMessage(records);
      if (message.type === "data") {
        this.#outstanding = undefined;
        return { type: "apdu", apdu: message.bytes };
      }
      if (message.type === "rejected") return forged;
      this.#drop();
      const detail = `the meter ended the TLS session (${message.name})`;
      return { type: "session-lost", detail };
    }
    if (!endsSession(body)) return forged;
    this.#drop();
    const said = hexByte(body[0] as number);
    // Outside of TLS anybody can say so, 0x0A too, and 0x01 also answers a damaged repetition of a message that was executed.
    return { type: "session-lost", detail: `the meter has no TLS session with us, ${said}` };
  }

  #drop(): void {
    this.#tls?.close();
    this.#tls = undefined;
    this.#flight = undefined;
    this.#outstanding = undefined;
  }
}

/**
 * Requests inside TLS.
 *
 * @throws UsageError for a client id that does not fit into 16 bits, or a key of fewer than 16 bytes
 * @example
 * const seal = tlsSeal({ key: new Uint8Array(16), level: "basic", clientId: 0, entropy: (n) => new Uint8Array(n) });
 * seal.prepare?.()?.packet[2] // 88
 */
export const tlsSeal = (options: TlsSealOptions): Seal => {
  const { key, clientId } = options;
  if (!Number.isInteger(clientId) || clientId < 0 || clientId > 0xffff)
    throw new UsageError("client-id", `a client id is a whole number from 0 to 65535, not ${clientId}`);
  if (key.length < keyLength)
    throw new UsageError("key", `a key has at least ${keyLength} bytes, this one has ${key.length}`);
  return new TlsSeal(options);
};
