/** The client of a TLS 1.2 connection with TLS_PSK_WITH_AES_256_GCM_SHA384. */
import { concat } from "../../../bytes.ts";
import { UsageError } from "../../../errors.ts";
import type { Entropy } from "../../../ports.ts";
import { handshakeType } from "./codes.ts";
import { type Handshake, TlsConnection } from "./connection.ts";
import { violation } from "./fatal.ts";
import {
  clientHello,
  clientKeyExchange,
  identityLimit,
  randomLength,
  readServerHello,
  readServerKeyExchange,
} from "./messages.ts";

export interface TlsClientOptions {
  /** Any bytes, zeros among them; at most 128. */
  readonly identity: Uint8Array;
  /** The pre-shared key, 1 to 64 bytes; copied. */
  readonly key: Uint8Array;
  /** Asked once, for the 32 bytes of the client random. */
  readonly entropy: Entropy;
  /** Whether the extended master secret is offered; true if omitted. */
  readonly extendedMasterSecret?: boolean | undefined;
  /** Records that one key protects in each direction; 2^24 if omitted. */
  readonly recordsPerKey?: number | undefined;
}

const longestKey = 64;

type Expected = "start" | "server-hello" | "key-exchange-or-done" | "done" | "finished" | "nothing";

/**
 * One connection, from its client's side.
 *
 * @example
 * const entropy = (length) => new Uint8Array(length);
 * new TlsClient({ identity: Uint8Array.of(0x64, 0, 1), key: new Uint8Array(16), entropy, extendedMasterSecret: false }).start().length // 52
 */
export class TlsClient extends TlsConnection {
  readonly #identity: Uint8Array;
  readonly #key: Uint8Array;
  readonly #offersExtended: boolean;
  readonly #random: Uint8Array;
  #serverRandom: Uint8Array = new Uint8Array(0);
  #extended = false;
  #expected: Expected = "start";
  #hint: Uint8Array | undefined;

  /** @throws UsageError for an identity or a key that is too long, and for an empty key */
  constructor({ identity, key, entropy, extendedMasterSecret = true, recordsPerKey }: TlsClientOptions) {
    super("client", recordsPerKey);
    if (identity.length > identityLimit)
      throw new UsageError("identity", `an identity has at most ${identityLimit} bytes, not ${identity.length}`);
    if (key.length === 0 || key.length > longestKey)
      throw new UsageError("key", `a pre-shared key has 1 to ${longestKey} bytes, not ${key.length}`);
    this.#identity = identity.slice();
    this.#key = key.slice();
    this.#offersExtended = extendedMasterSecret;
    this.#random = entropy(randomLength);
  }

  /** What the server hinted at; meters send no hint. */
  get hint(): Uint8Array | undefined {
    return this.#hint;
  }

  /** The first record, a ClientHello. @throws UsageError if it was called before */
  start(): Uint8Array {
    if (this.#expected !== "start") throw new UsageError("started", "a TLS connection starts once");
    this.#expected = "server-hello";
    this.begin();
    return this.say(clientHello(this.#random, this.#offersExtended));
  }

  override close(): Uint8Array {
    this.#key.fill(0);
    return super.close();
  }

  protected override acceptsAnyVersion(): boolean {
    return false;
  }

  protected override isRenegotiation(type: number): "refuse" | "ignore" | undefined {
    if (type !== handshakeType.helloRequest) return undefined;
    return this.state === "open" ? "refuse" : "ignore";
  }

  protected override onHandshake({ type, body }: Handshake): Uint8Array {
    const expected = this.#expected;
    if (type === handshakeType.serverHello && expected === "server-hello") {
      const { random, extendedMasterSecret } = readServerHello(body, this.#offersExtended);
      this.#serverRandom = random;
      this.#extended = extendedMasterSecret;
      this.#expected = "key-exchange-or-done";
    } else if (type === handshakeType.serverKeyExchange && expected === "key-exchange-or-done") {
      this.#hint = readServerKeyExchange(body);
      this.#expected = "done";
    } else if (type === handshakeType.serverHelloDone && (expected === "key-exchange-or-done" || expected === "done")) {
      if (body.length > 0) throw violation("decode_error", "a ServerHelloDone that is not empty");
      return this.#answer();
    } else if (type === handshakeType.finished && expected === "finished") {
      this.checkFinished(body);
      this.#expected = "nothing";
      this.opened();
    } else throw violation("unexpected_message", `handshake message ${type} at the wrong moment`);
    return new Uint8Array(0);
  }

  #answer(): Uint8Array {
    this.#expected = "finished";
    const exchange = this.say(clientKeyExchange(this.#identity));
    this.agree(this.#key, { client: this.#random, server: this.#serverRandom }, this.#extended);
    this.#key.fill(0);
    this.expectChange();
    return concat(exchange, this.sayFinished());
  }
}
