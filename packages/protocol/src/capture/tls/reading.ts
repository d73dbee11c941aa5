/**
 * The TLS sessions of a capture, read without being part of them. With the meter's key every session opens whose handshake is
 * in the capture; what stays closed says why.
 */
import { concat, toHex } from "../../bytes.ts";
import { lengthField } from "../../mep/frame/frame.ts";
import { answersInTls, asksInTls, endsSession, tlsCode } from "../../mep/security/mep-tls/envelope.ts";
import { contentType } from "../../mep/security/tls/codes.ts";
import type { CutCapture, Piece } from "../pieces.ts";
import { Handshake } from "./handshake.ts";
import { type RecordPlace, wholeRecordsIn } from "./records-in.ts";
import { type CapturedSession, type OpenedRecord, WorkBudget } from "./session.ts";

/** Why records stay closed. */
export type Closed =
  /** The key to open them with was not given. */
  | "no-key"
  /** The capture begins in the middle of the session, or lacks a part of its handshake. */
  | "no-handshake"
  /** The handshake fits another key, or was damaged. */
  | "handshake-unverified"
  /** Damaged, or of another session. */
  | "unverified"
  /** What it answers is not in the capture. */
  | "no-request"
  /** So much of the capture fails that no more is tried. */
  | "exhausted";

/** Records that a session opened. */
interface Inside {
  readonly session: CapturedSession;
  readonly records: readonly OpenedRecord[];
}

export interface TlsRequest extends Inside {
  readonly piece: Piece;
  readonly kind: "request";
  readonly apdu: Uint8Array;
  /** The first of a session that replaced one which the client had not ended: what it asks again was not answered. */
  readonly inNewSession: boolean;
}

/** A frame that carries TLS. */
export type TlsFrame =
  /** `says`: what it adds to the handshake, by name. */
  | {
      readonly piece: Piece;
      readonly kind: "handshake";
      readonly handshake: Handshake;
      readonly says: readonly string[];
    }
  | TlsRequest
  /** `late`: its client does not wait for it any more, and inside TLS cannot take it. */
  | (Inside & {
      readonly piece: Piece;
      readonly kind: "response";
      readonly apdu: Uint8Array;
      readonly answers: TlsRequest;
      readonly late: boolean;
    })
  /** `inside`: undefined where it came in the clear. */
  | {
      readonly piece: Piece;
      readonly kind: "alert";
      readonly level: number;
      readonly description: number;
      readonly inside: Inside | undefined;
    }
  /** The bytes of an earlier frame once more: repeated, or an echo. */
  | { readonly piece: Piece; readonly kind: "repeat"; readonly of: TlsFrame }
  | { readonly piece: Piece; readonly kind: "closed"; readonly why: Closed };

export interface TlsReading {
  /** Frames that carry TLS, by their piece. */
  readonly frames: ReadonlyMap<Piece, TlsFrame>;
  /** In their order. */
  readonly handshakes: readonly Handshake[];
}

/** A repetition or a late answer may come when as many later ones have been sent. */
const recent = 8;
/** A late answer may belong to the session before. */
const recentSessions = 2;
/** Openings that may fail: half a minute of work, and more than a bad line brings in a day. */
const mostFailures = 200_000;

const alertLength = 2;

/** Behind length and code. */
const recordsAt = lengthField + 1;

class Reader {
  readonly #key: Uint8Array | undefined;
  readonly #budget: WorkBudget;
  readonly handshakes: Handshake[] = [];
  #handshake: Handshake | undefined;
  #sessions: { readonly session: CapturedSession; readonly requests: TlsRequest[] }[] = [];
  /** Whether the client has ended its session, and has none now. */
  #parted = true;
  /** What the client waits for an answer to. */
  #outstanding: TlsRequest | undefined;
  #recent: { readonly frame: TlsFrame; readonly dir: "tx" | "rx"; readonly body: string }[] = [];

  constructor(key: Uint8Array | undefined, failures: number) {
    this.#key = key;
    this.#budget = new WorkBudget(failures);
  }

  /** What a frame is; undefined where it carries no TLS. */
  take(piece: Piece, body: Uint8Array): TlsFrame | undefined {
    const sent = piece.dir === "tx";
    if (!sent && endsSession(body)) this.#outstanding = undefined;
    const carries = asksInTls(body) || (!sent && answersInTls(body));
    if (!carries) return undefined;
    const hex = toHex(body);
    const before = sent && this.#beginsAnew(body) ? undefined : this.#before(piece, hex);
    if (before !== undefined) return { piece, kind: "repeat", of: before.frame };
    const frame = sent ? this.#sent(piece, body) : this.#received(piece, body);
    this.#recent = [...this.#recent, { frame, dir: piece.dir, body: hex }].slice(-2 * recent);
    return frame;
  }

  #before(piece: Piece, hex: string) {
    return this.#recent.find(({ body, dir }) => body === hex && (dir === piece.dir || dir === "tx"));
  }

  /** A hello that is repeated before it was taken up may be answered several times; after that it begins a handshake, even if it is the same. */
  #beginsAnew(body: Uint8Array): boolean {
    return (
      body[0] === tlsCode.handshake && (this.#handshake === undefined || this.#handshake.client.messages.length > 1)
    );
  }

  #sent(piece: Piece, body: Uint8Array): TlsFrame {
    const records = body.subarray(1);
    const [code] = body;
    if (code === tlsCode.handshake) {
      this.#handshake = new Handshake();
      this.handshakes.push(this.#handshake);
      this.#outstanding = undefined;
    }
    if (code === tlsCode.handshake || code === tlsCode.handshakeContinued) {
      const says = this.#handshake?.ask(piece, records, recordsAt);
      if (this.#handshake === undefined || says === undefined) return { piece, kind: "closed", why: "no-handshake" };
      return this.#shake(piece, this.#handshake, says);
    }
    const opened = this.#open("client", records);
    if (typeof opened === "string") return { piece, kind: "closed", why: opened };
    const message = messageIn(piece, opened.inside);
    if (message?.kind === "alert") this.#parted = true;
    if (message?.kind !== "data") return message ?? { piece, kind: "closed", why: "unverified" };
    const inNewSession = opened.requests.length === 0 && !this.#parted;
    this.#parted = false;
    const request: TlsRequest = { piece, kind: "request", apdu: message.bytes, inNewSession, ...opened.inside };
    opened.requests.push(request);
    if (opened.requests.length > recent) opened.requests.shift();
    this.#outstanding = request;
    return request;
  }

  #received(piece: Piece, body: Uint8Array): TlsFrame {
    const records = body.subarray(1);
    const [first, ...more] = wholeRecordsIn(records) ?? [];
    if (first === undefined) return { piece, kind: "closed", why: "unverified" };
    if (first.type === contentType.alert && first.end - first.start === alertLength && more.length === 0) {
      const [level = 0, description = 0] = records.subarray(first.start);
      return { piece, kind: "alert", level, description, inside: undefined };
    }
    if (first.type === contentType.handshake || first.type === contentType.changeCipherSpec) {
      const says = this.#handshake?.answer(piece, records, recordsAt);
      if (this.#handshake === undefined || says === undefined) return { piece, kind: "closed", why: "no-handshake" };
      return this.#shake(piece, this.#handshake, says);
    }
    const opened = this.#open("server", records);
    if (typeof opened === "string") return { piece, kind: "closed", why: opened };
    const message = messageIn(piece, opened.inside);
    if (message?.kind === "alert") this.#outstanding = undefined;
    if (message?.kind !== "data") return message ?? { piece, kind: "closed", why: "unverified" };
    return this.#response(piece, message.bytes, opened);
  }

  /** Request and answer have the same number, unless either end said something in between. */
  #response(piece: Piece, apdu: Uint8Array, { inside, requests }: Opened): TlsFrame {
    const sequence = inside.records[0]?.sequence;
    const answers = requests.find(({ records }) => records[0]?.sequence === sequence) ?? requests.at(-1);
    if (answers === undefined) return { piece, kind: "closed", why: "no-request" };
    const late = answers !== this.#outstanding;
    if (!late) this.#outstanding = undefined;
    return { piece, kind: "response", apdu, ...inside, answers, late };
  }

  #shake(piece: Piece, handshake: Handshake, says: readonly string[]): TlsFrame {
    const before = handshake.session;
    if (this.#key !== undefined) handshake.settle(this.#key, this.#budget);
    const { session } = handshake;
    if (session !== undefined && before === undefined)
      this.#sessions = [...this.#sessions, { session, requests: [] }].slice(-recentSessions);
    return { piece, kind: "handshake", handshake, says };
  }

  #open(from: "client" | "server", bytes: Uint8Array): Opened | Closed {
    const places = wholeRecordsIn(bytes);
    if (places !== undefined)
      for (const { session, requests } of this.#sessions.toReversed()) {
        const raw = places.map(({ type, start, end }: RecordPlace) => ({ type, fragment: bytes.slice(start, end) }));
        const records = session[from].open(raw, this.#budget);
        if (records !== undefined) return { inside: { session, records }, requests };
      }
    if (this.#key === undefined) return "no-key";
    if (this.#budget.exhausted) return "exhausted";
    if (this.#handshake?.failed === true) return "handshake-unverified";
    return this.#sessions.length === 0 ? "no-handshake" : "unverified";
  }
}

interface Opened {
  readonly inside: Inside;
  readonly requests: TlsRequest[];
}

/** The data of a message, or its alert; undefined for what is neither. */
const messageIn = (
  piece: Piece,
  inside: Inside,
): { kind: "data"; bytes: Uint8Array } | (TlsFrame & { kind: "alert" }) | undefined => {
  const { records } = inside;
  const [first, ...more] = records;
  if (first?.type === contentType.alert && first.plain.length === alertLength && more.length === 0)
    return { piece, kind: "alert", level: first.plain[0] ?? 0, description: first.plain[1] ?? 0, inside };
  if (!records.every(({ type }) => type === contentType.applicationData)) return undefined;
  return { kind: "data", bytes: concat(...records.map(({ plain }) => plain)) };
};

/**
 * Reads the TLS of a capture; without a key handshakes are named, and nothing is opened.
 *
 * @param failures how many openings may fail before no more is tried
 */
export const readTls = (
  { streams, pieces }: CutCapture,
  key: Uint8Array | undefined,
  failures: number = mostFailures,
): TlsReading => {
  const reader = new Reader(key?.subarray(0, keyLength), failures);
  const frames = new Map<Piece, TlsFrame>();
  for (const piece of pieces) {
    if (piece.kind !== "frame") continue;
    const frame = reader.take(piece, streams[piece.dir].slice(piece.start + lengthField, piece.end));
    if (frame !== undefined) frames.set(piece, frame);
  }
  return { frames, handshakes: reader.handshakes };
};

/** Of a key, as the pre-shared key (MEP guide 1.1, p. 24). */
const keyLength = 16;
