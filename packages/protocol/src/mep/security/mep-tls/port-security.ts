/** The meter's side of both suites on one port: RC4, TLS, or whichever the client begins with (MEP guide 1.1, p. 14). */

import type { Entropy } from "../../../ports.ts";
import { frameOf } from "../../frame/frame.ts";
import { type Rc4Keys, rc4Opener } from "../rc4/opener.ts";
import type { Received, ServerSeal } from "../seal.ts";
import { TlsServer } from "../tls/server.ts";
import {
  beginsRecord,
  type ClientName,
  clientNameIn,
  tlsCode,
  tlsFrame,
  tlsReadLimit,
  tlsResponse,
} from "./envelope.ts";

/** What a port is configured to speak. */
export type PortTls = "off" | "optional" | "required";

export interface PortSecurityOptions {
  readonly keys: Rc4Keys;
  readonly tls: PortTls;
  /** For randoms and session ids. */
  readonly entropy: Entropy;
  /** Whether the extended master secret is taken up; false if omitted, as the guide's own example. */
  readonly extendedMasterSecret?: boolean | undefined;
  /** Records that one key protects in each direction; 2^24 if omitted. */
  readonly recordsPerKey?: number | undefined;
}

/** The security of one port. */
export interface PortSecurity extends ServerSeal {
  /** The client that has a session: its id and the level of its key. */
  readonly session: ClientName | undefined;
  /** Loses the session, as a restarted meter does. */
  dropSession(): void;
}

const keyLength = 16;
const sessionIdLength = 32;

const direct = (response: number): Received => ({
  type: "direct",
  frame: frameOf(Uint8Array.of(response)),
  reason: response === tlsResponse.success ? "handshake" : "not-authentic",
});

const isTlsCode = (byte: number | undefined): boolean =>
  byte === tlsCode.handshake || byte === tlsCode.handshakeContinued || byte === tlsCode.table;

class Port implements PortSecurity {
  readonly readLimit: number;
  readonly #options: PortSecurityOptions;
  readonly #rc4: ServerSeal;
  #tls: TlsServer | undefined;

  constructor(options: PortSecurityOptions) {
    this.#options = options;
    this.#rc4 = rc4Opener(options.keys);
    this.readLimit = this.#rc4.readLimit;
  }

  get session(): PortSecurity["session"] {
    const identity = this.#tls?.state === "open" ? this.#tls.identity : undefined;
    return identity === undefined ? undefined : clientNameIn(identity);
  }

  dropSession(): void {
    this.#tls?.close();
    this.#tls = undefined;
  }

  open(body: Uint8Array): Received {
    if (this.#options.tls === "off") return this.#rc4.open(body);
    // An encrypted RC4 request may begin with any byte, so a code counts only with a record after it.
    if (isTlsCode(body[0]) && beginsRecord(body.subarray(1))) return this.#openTls(body);
    const open = this.#tls?.state === "open";
    if (open && body[0] === tlsCode.terminate && body.length > 1) return this.#terminate();
    // Page 14: no RC4 as long as a session lives. No page says with which code it is refused; 0x0A is "wrong state".
    if (open || this.#options.tls === "required") return direct(tlsResponse.noSession);
    return this.#rc4.open(body);
  }

  #openTls(body: Uint8Array): Received {
    const [code] = body;
    const records = body.subarray(1);
    if (code === tlsCode.handshake) {
      this.dropSession();
      this.#tls = this.#newServer();
      return this.#shake(this.#tls, records);
    }
    const tls = this.#tls;
    if (tls === undefined) return direct(tlsResponse.noSession);
    if (code === tlsCode.handshakeContinued)
      return tls.state === "open" ? direct(tlsResponse.error) : this.#shake(tls, records);
    if (tls.state === "open" && !tls.worn) return this.#request(tls, records);
    this.dropSession();
    return direct(tlsResponse.noSession);
  }

  #newServer(): TlsServer {
    const { keys, entropy, extendedMasterSecret = false, recordsPerKey } = this.#options;
    const keyOf = (identity: Uint8Array): Uint8Array | undefined => {
      const level = clientNameIn(identity)?.level;
      return level === undefined ? undefined : keys[level].subarray(0, keyLength);
    };
    const lifetime = { recordsPerKey };
    return new TlsServer({ keyOf, entropy, sessionIdLength, extendedMasterSecret, ...lifetime });
  }

  #shake(tls: TlsServer, records: Uint8Array): Received {
    const { reply, failure, closed } = tls.receive(records);
    // A flight may come in pieces, each with an answer of its own: only its end has something to say.
    if (failure === undefined && !closed)
      return { type: "direct", frame: tlsFrame(tlsResponse.success, reply), reason: "handshake" };
    this.dropSession();
    const known = failure?.code !== "wrong-key" && failure?.code !== "unknown-identity";
    return direct(known ? tlsResponse.error : tlsResponse.invalidIdentityOrKey);
  }

  #request(tls: TlsServer, records: Uint8Array): Received {
    const { data, failure, closed } = tls.receive(records);
    const session = this.session;
    if (failure !== undefined || closed || session === undefined || data.length === 0) {
      // A record that does not verify is fatal to the meter's stack, and what comes next finds no session.
      this.dropSession();
      return direct(tlsResponse.error);
    }
    return {
      type: "request",
      apdu: data,
      level: session.level,
      encrypted: true,
      sequence: undefined,
      readLimit: tlsReadLimit,
      // The session may have gone while the request was executed; 0x0A would say that it was not.
      reply: (response) =>
        tls.state === "open"
          ? tlsFrame(tlsResponse.success, tls.send(response))
          : frameOf(Uint8Array.of(tlsResponse.error)),
    };
  }

  #terminate(): Received {
    this.dropSession();
    return direct(tlsResponse.success);
  }
}

/**
 * What one port of a meter opens and answers.
 *
 * @throws RangeError for a key of fewer than 16 bytes
 */
export const portSecurity = (options: PortSecurityOptions): PortSecurity => new Port(options);
