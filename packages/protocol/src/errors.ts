/** Error classes by whose fault: ours to decode, the meter's refusal, the link's, the caller's. */

/** What every Meterport error has: a stable `code` for programs and one sentence for people. */
export abstract class MeterportError extends Error {
  abstract readonly code: string;
}

/** Where in a value a layout failed. */
export interface LayoutErrorWhere {
  /** Dotted path from the root of the table, "" for the root. */
  readonly path: string;
  /** Byte offset from the start of the table. */
  readonly offset: number;
  /** The field on whose value the layout hangs, where that value is all that is missing. */
  readonly missing?: string;
}

/** Bytes that do not fit a layout, or a value that does not. Thrown by decode, encode, size and locate only. */
export class LayoutError extends MeterportError {
  override readonly name = "LayoutError";
  /** `truncated` too few bytes, `trailing` too many, `range` a number that does not fit, `shape` anything else. */
  readonly code: "truncated" | "trailing" | "range" | "shape";
  readonly path: string;
  readonly offset: number;
  /** The message without the place. */
  readonly detail: string;
  /** The field on whose value the layout hangs, where that value is all that is missing. */
  readonly missing: string | undefined;
  constructor(code: LayoutError["code"], where: LayoutErrorWhere, detail: string) {
    super(`${where.path === "" ? "table" : where.path} at byte ${where.offset}: ${detail}`);
    this.code = code;
    this.detail = detail;
    this.path = where.path;
    this.offset = where.offset;
    this.missing = where.missing;
  }
}

/** The meter answered, authentically, with a code other than 0x00. */
export class ResponseError extends MeterportError {
  override readonly name = "ResponseError";
  readonly code: "refused" | "unsupported" | "no-permission" | "not-possible" | "no-such-table" | "unknown-response";
  /** The response code byte, e.g. 0x05. */
  readonly response: number;
  /** What was asked, e.g. "read ET13". */
  readonly request: string;
  /** The message without the request and the code. */
  readonly detail: string;
  constructor(code: ResponseError["code"], response: number, request: string, detail: string) {
    super(`${request}: ${detail} (response 0x${response.toString(16).padStart(2, "0")})`);
    this.code = code;
    this.detail = detail;
    this.response = response;
    this.request = request;
  }
}

/** A procedure ran and reported a result other than success. */
export class ProcedureError extends MeterportError {
  override readonly name = "ProcedureError";
  readonly code: string;
  readonly result: number;
  readonly request: string;
  constructor(code: string, result: number, request: string, detail: string) {
    super(`${request}: ${detail} (result ${result})`);
    this.code = code;
    this.result = result;
    this.request = request;
  }
}

/** Why there is no trustworthy answer. */
export type LinkFailure =
  /** Nothing at all came back. */
  | "no-answer"
  /** Only the two zero bytes of an alert came back. */
  | "only-alerts"
  /** Our own bytes came back: transmit and receive are joined, or an adapter echoes. */
  | "echo"
  /** A reply began and stopped before its announced length. */
  | "half-reply"
  /** Frames came, but their digest does not fit the request: noise, or a forgery. */
  | "bad-digest"
  /** An authentic reply, but to an earlier request of ours. */
  | "other-reply"
  /** The meter says 0x0B: it knows no key that fits the digest. */
  | "wrong-key"
  /** The port does not speak TLS. */
  | "no-tls"
  /** The port speaks TLS only. */
  | "tls-required"
  /** A TLS session could not be set up, for another reason than the key. */
  | "tls"
  /** A session on the optical port could not be set up, for another reason than the key. */
  | "session"
  /** Packets of the optical port came instead: it shares the line, and MEP is silent until its session is over. */
  | "optical-session"
  /** 0x0C replies, but with a digest that does not fit. */
  | "bad-resync"
  /** The meter keeps asking for another sequence number. */
  | "sequence"
  /** Not executed: the meter's dimensions changed after the request was laid out. */
  | "moved"
  /** Bytes came that form no frame. */
  | "garbage"
  /** Not sent: too many requests are waiting already. */
  | "queue-full"
  /** The meter may have executed the request, but its answer was lost, and doing it twice would do harm. */
  | "reply-lost"
  /** The transport cannot be opened. */
  | "not-open"
  /** The transport is closed or broke. */
  | "closed"
  /** The caller's signal ended it. */
  | "aborted";

/** Why a transport could not be opened, where the system tells. */
export type OpenFailure =
  /** There is no such device. */
  | "missing"
  /** It exists, and this user may not open it. */
  | "denied"
  /** Another program has it. */
  | "busy"
  /** It is not a serial port, or does not take the settings. */
  | "unsuitable"
  /** The host is there, and nothing listens. */
  | "refused"
  /** There is no route to the host, or it does not answer. */
  | "unreachable"
  /** The other side hung up at once. */
  | "hung-up";

/** There is no trustworthy answer. */
export class LinkError extends MeterportError {
  override readonly name = "LinkError";
  readonly code: LinkFailure;
  /** Of `not-open`, where it is known. */
  readonly reason: OpenFailure | undefined;
  /** What was asked, e.g. "read ET13"; the transport's name where nothing was asked yet. */
  readonly request: string;
  /** The message without the request. */
  readonly detail: string;
  constructor(
    code: LinkFailure,
    request: string,
    detail: string,
    options: { readonly cause?: unknown; readonly reason?: OpenFailure | undefined } = {},
  ) {
    super(`${request}: ${detail}`, "cause" in options ? { cause: options.cause } : {});
    this.code = code;
    this.detail = detail;
    this.request = request;
    this.reason = options.reason;
  }
}

/** A TLS-PSK session could not be set up or broke. */
export class TlsError extends MeterportError {
  override readonly name = "TlsError";
  readonly code: string;
  constructor(code: string, detail: string, options?: { readonly cause?: unknown }) {
    super(detail, options);
    this.code = code;
  }
}

/** The caller asked for something impossible: an unknown table, a key of the wrong length, a write on a read-only meter. */
export class UsageError extends MeterportError {
  override readonly name = "UsageError";
  readonly code: string;
  constructor(code: string, detail: string, options?: { readonly cause?: unknown }) {
    super(detail, options);
    this.code = code;
  }
}
