/** Security as a strategy: what sealed a request is the only thing that can open its response. */

/**
 * What a response turned out to be. Opening has no side effect where it fails: old replies may be opened without harm, and
 * what was sealed before the newest message of a session opens nothing any more.
 */
export type Opened =
  /** Authentic: the response from its code on, without digest. */
  | { readonly type: "apdu"; readonly apdu: Uint8Array }
  /** Authentic 0x0C: the request was not executed, the meter names the sequence number it expects. */
  | { readonly type: "resync"; readonly sequence: number }
  /**
   * The meter will have nothing to do with it: 0x0B where it knows no key that fits. Cannot be authentic, since there is no
   * common key. `failure` says what it stands for, `wrong-key` if omitted; `detail` explains.
   */
  | { readonly type: "refused"; readonly failure?: Refusal; readonly detail?: string }
  /** A step of a handshake went well: `prepare` gives the next one, or nothing where the session stands. */
  | { readonly type: "step" }
  /**
   * The session is gone, or never was; `prepare` begins a new one. It is unknown whether the meter has executed the request:
   * the words are not authentic, or may belong to an earlier message of ours.
   */
  | { readonly type: "session-lost"; readonly detail: string }
  /** 0x0C with a digest that does not fit: its number must not be believed. */
  | { readonly type: "bad-resync" }
  /** Anything else that does not verify: noise, the reply to another request, or a forgery. */
  | { readonly type: "forged" };

/** Why a port will not talk under this suite. */
export type Refusal = "wrong-key" | "no-tls" | "tls-required" | "tls";

/** One request made ready for the wire. */
export interface Sealed {
  /** The whole frame with its length. */
  readonly packet: Uint8Array;
  /** The sequence number inside; undefined where the suite has none. */
  readonly sequence: number | undefined;
  /** Bytes that the suite adds to an answer; undefined where that is not the same for every answer. */
  readonly answerOverhead?: number;
  /** Opens the body of a response frame (what follows the length). Any bytes give a result; nothing is thrown. */
  open(body: Uint8Array): Opened;
}

/** The client's side of a security suite. */
export interface Seal {
  /** For people: "rc4 authentication", "rc4 encryption". */
  readonly name: string;
  /** Most data bytes that one read may ask for. */
  readonly readLimit: number;
  /** Most data bytes of one partial write. */
  readonly writeLimit: number;
  /** Seals with the next sequence number: call it when the request is sent, not when it is queued. */
  seal(apdu: Uint8Array): Sealed;
  /**
   * What `seal` gave, made of its packet again, so that nobody needs to keep more than that. Suites whose packets do not say everything
   * have none.
   */
  again?(packet: Uint8Array): Sealed;
  /** Adopts the number of an authentic 0x0C. */
  resync(sequence: number): void;
  /**
   * The next message that has to be exchanged before a request can be sealed; undefined where the session stands. Asked
   * again although its last one was not answered, it begins again. Suites without a session have none.
   */
  prepare?(): Sealed | undefined;
  /** The message that ends the session in order, where one stands. */
  farewell?(): Uint8Array | undefined;
}

/** Which key the client showed: MBK gives `basic`, MAK `advanced` (MEP guide 1.1, p. 19). */
export type Level = "basic" | "advanced";

/** What a request frame turned out to be on the meter's side. */
export type Received =
  | {
      readonly type: "request";
      /** The request from its code on, without sequence number and digest. */
      readonly apdu: Uint8Array;
      readonly level: Level;
      readonly encrypted: boolean;
      /** Undefined where the suite has no sequence numbers. */
      readonly sequence: number | undefined;
      /** Most data bytes of the response, where it differs from that of the port. */
      readonly readLimit?: number;
      /** The whole response frame for a response, protected as the request was. To be called once. */
      reply(apdu: Uint8Array): Uint8Array;
    }
  /** The suite answers by itself: a refusal, or a step of a handshake. */
  | { readonly type: "direct"; readonly frame: Uint8Array; readonly reason: "not-authentic" | "handshake" };

/** The meter's side of a security suite. */
export interface ServerSeal {
  /** Most data bytes that fit into one response. */
  readonly readLimit: number;
  /** Opens the body of a request frame. Any bytes give a result; nothing is thrown. */
  open(body: Uint8Array): Received;
}
