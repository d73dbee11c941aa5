/** The server of a TLS 1.2 connection with TLS_PSK_WITH_AES_256_GCM_SHA384: the part of a meter. */
import { concat } from "../../../bytes.ts";
import { UsageError } from "../../../errors.ts";
import type { Entropy } from "../../../ports.ts";
import { handshakeType } from "./codes.ts";
import { type Handshake, TlsConnection } from "./connection.ts";
import { Fatal, violation } from "./fatal.ts";
import {
  identityLimit,
  randomLength,
  readClientHello,
  readClientKeyExchange,
  serverHello,
  serverHelloDone,
  serverKeyExchange,
} from "./messages.ts";

export interface TlsServerOptions {
  /** The key of an identity; undefined where there is none. */
  readonly keyOf: (identity: Uint8Array) => Uint8Array | undefined;
  /** Asked for the 32 bytes of the server random, then for those of the session id. */
  readonly entropy: Entropy;
  /** Sent in a ServerKeyExchange; none is sent if omitted, as by meters. */
  readonly hint?: Uint8Array | undefined;
  /** Bytes of the session id, 0 to 32. Sessions are not resumed, but the stack of the meters names them: with 32. */
  readonly sessionIdLength?: number | undefined;
  /** Whether the extended master secret is taken up where the client offers it; true if omitted. */
  readonly extendedMasterSecret?: boolean | undefined;
  /** Records that one key protects in each direction; 2^24 if omitted. */
  readonly recordsPerKey?: number | undefined;
}

type Expected = "client-hello" | "key-exchange" | "finished" | "nothing";

/** One connection, from its server's side. */
export class TlsServer extends TlsConnection {
  readonly #options: TlsServerOptions;
  #clientRandom: Uint8Array = new Uint8Array(0);
  #serverRandom: Uint8Array = new Uint8Array(0);
  #identity: Uint8Array | undefined;
  #extended = false;
  #expected: Expected = "client-hello";

  /** @throws UsageError for a hint or a session id that is too long */
  constructor(options: TlsServerOptions) {
    super("server", options.recordsPerKey);
    const { hint, sessionIdLength = 0 } = options;
    if (hint !== undefined && hint.length > identityLimit)
      throw new UsageError("hint", `a hint has at most ${identityLimit} bytes, not ${hint.length}`);
    if (!Number.isInteger(sessionIdLength) || sessionIdLength < 0 || sessionIdLength > 32)
      throw new UsageError("session-id", `a session id has 0 to 32 bytes, not ${sessionIdLength}`);
    this.#options = options;
  }

  /** Who the client says it is; believed once the connection is open. */
  get identity(): Uint8Array | undefined {
    return this.#identity;
  }

  protected override acceptsAnyVersion(): boolean {
    return this.#expected === "client-hello";
  }

  protected override isRenegotiation(type: number): "refuse" | "ignore" | undefined {
    return type === handshakeType.clientHello && this.state === "open" ? "refuse" : undefined;
  }

  protected override onHandshake({ type, body }: Handshake): Uint8Array {
    const expected = this.#expected;
    if (type === handshakeType.clientHello && expected === "client-hello") return this.#greet(body);
    if (type === handshakeType.clientKeyExchange && expected === "key-exchange") return this.#exchange(body);
    if (type === handshakeType.finished && expected === "finished") {
      this.checkFinished(body);
      this.#expected = "nothing";
      const answer = this.sayFinished();
      this.opened();
      return answer;
    }
    throw violation("unexpected_message", `handshake message ${type} at the wrong moment`);
  }

  #greet(body: Uint8Array): Uint8Array {
    const { entropy, hint, sessionIdLength = 0, extendedMasterSecret = true } = this.#options;
    const offer = readClientHello(body);
    this.begin();
    this.#clientRandom = offer.random;
    this.#extended = offer.extendedMasterSecret && extendedMasterSecret;
    this.#serverRandom = entropy(randomLength);
    const sessionId = sessionIdLength === 0 ? new Uint8Array(0) : entropy(sessionIdLength);
    const { renegotiationInfo } = offer;
    const hello = serverHello(this.#serverRandom, sessionId, {
      renegotiationInfo,
      extendedMasterSecret: this.#extended,
    });
    this.#expected = "key-exchange";
    return concat(
      this.say(hello),
      hint === undefined ? new Uint8Array(0) : this.say(serverKeyExchange(hint)),
      this.say(serverHelloDone()),
    );
  }

  #exchange(body: Uint8Array): Uint8Array {
    const identity = readClientKeyExchange(body);
    this.#identity = identity;
    const key = this.#options.keyOf(identity);
    if (key === undefined)
      throw new Fatal("unknown_psk_identity", "unknown-identity", "the client names an identity that is not known");
    this.agree(key, { client: this.#clientRandom, server: this.#serverRandom }, this.#extended);
    this.#expected = "finished";
    this.expectChange();
    return new Uint8Array(0);
  }
}
