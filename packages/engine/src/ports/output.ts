/** One way out of the gateway: a broker, a database, a protocol that others read. */
import type { Clock, Entropy, Millis, Signal } from "@meterport/protocol/ports";
import type { RegisterKey } from "../guard/measured.ts";
import type { JournalEntry } from "../model/journal-entry.ts";
import type { LiveAnswer, MeterDetail } from "../model/point-model.ts";
import type { Log } from "./log.ts";
import type { Store } from "./store.ts";

/** What an output may see of a metering point. Asking costs no request to the meter. */
export interface PointView {
  readonly id: string;
  /** For people; may change while it runs. */
  readonly name: string;
  /** IANA zone of its days and months. */
  readonly zone: string;
  /** Fresh values, or nulls with quality "stale": the only law of staleness. */
  readonly live: () => LiveAnswer;
  /** Its link and its meter. */
  readonly detail: () => MeterDetail;
  /**
   * A register of the point in Wh or varh, which goes on when the meter is exchanged and never falls. Null if it is unknown,
   * as it is while values are stale and until an exchange is understood.
   */
  readonly total: (register: RegisterKey) => number | null;
  /** What a kWh costs at this moment; null if nobody knows. */
  readonly price: () => PriceNow | null;
  /** What it costs in the quarters of a time, oldest first, as far as that is known; null if the point has no prices. */
  readonly prices: (from: Millis, to: Millis) => Promise<readonly PriceNow[] | null>;
}

/** The price of a quarter of an hour, in a currency per kWh; null is unknown. */
export interface PriceNow {
  /** ISO 4217. */
  readonly currency: string;
  /** Milliseconds since 1970. */
  readonly start: Millis;
  readonly end: Millis;
  /** Before charges and tax. */
  readonly energy: number | null;
  /** With everything. */
  readonly total: number | null;
  /** What is paid for a kWh that flows out. */
  readonly feedIn: number | null;
}

/** Another meter that the meter of a point reads, such as a water meter on M-Bus. Its changes are in the journal under its own id. */
export interface ChildView {
  /** "home.12345678" */
  readonly id: string;
  /** Id of the point whose meter reads it. */
  readonly parent: string;
  readonly serial: string;
  /** As in "water"; null if it is not known. */
  readonly medium: string | null;
  /** Three letters; null if it does not say. */
  readonly manufacturer: string | null;
  /** Whether the meter reaches it. */
  readonly state: "up" | "down" | "unknown";
  /** Names of its alarms that are active. */
  readonly alarms: readonly string[];
  /** When the meter read it last, milliseconds since 1970; null if it has not yet. */
  readonly readAt: Millis | null;
  /** What it answered then: quantity and unit as in "volume_m3"; tier 0 is the sum of all tariffs. */
  readonly values: readonly { readonly register: string; readonly tier: number; readonly value: number }[];
}

/** A newest value of a point, as it became known. Often only the time differs from the one before. */
export type Snapshot = LiveAnswer;

/** What the journal has for an output. */
export interface Batch {
  /** Ascending; only points that the output sees. May be empty if something was lost. */
  readonly entries: readonly JournalEntry[];
  /** Entries that were deleted before they could be delivered; null if there are none. What they said is still in the store. */
  readonly lost: { readonly after: number; readonly before: number } | null;
}

/** What surrounds an output. */
export interface OutputContext {
  /** The points that it may see, now. */
  readonly points: () => readonly PointView[];
  /** The meters behind those of its points, as they were read last. */
  readonly children: () => readonly ChildView[];
  /** Calls the listener when meters behind others were read or have gone, until the returned function is called or the output ends. */
  readonly onChildren: (listener: () => void) => () => void;
  /** Calls the listener with each newest value, until the returned function is called or the output ends. */
  readonly onSnapshot: (listener: (point: PointView, snapshot: Snapshot) => void) => () => void;
  /** Calls the listener when points come, go or get another name, until the returned function is called or the output ends. */
  readonly onPoints: (listener: () => void) => () => void;
  /** What is stored, only to be read. */
  readonly history: Pick<
    Store,
    | "readings"
    | "channels"
    | "intervalSums"
    | "intervalCoverage"
    | "intervals"
    | "intervalProofs"
    | "registers"
    | "registerProof"
    | "events"
  >;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Lines name the output already. */
  readonly log: Log;
  /** Counts live values that a consumer took. */
  readonly sent: (count: number) => void;
  /** Counts live values that a slow consumer did not get, because newer ones came. */
  readonly skipped: (count: number) => void;
  /** Version of Meterport. */
  readonly version: string;
}

/** An output that has reached its consumer, or listens for some. */
export interface RunningOutput {
  /** Settles when its work cannot go on: the consumer is gone, its port failed. Rejects with the reason, one sentence. */
  readonly ended: Promise<void>;
  /**
   * Delivers changes, in this order. What is acknowledged is never delivered again; what is not will be, perhaps a second time. Undefined
   * for an output without history. A rejection ends the output, which is opened again later. If it resolves, the consumer has all of them,
   * unless the output goes `ahead`.
   *
   * @param acknowledge call it with the number of an entry once the consumer has it and all entries before it
   */
  readonly deliver?:
    | ((batch: Batch, acknowledge: (number: number) => void, signal: Signal) => Promise<void>)
    | undefined;
  /**
   * True if `deliver` resolves as soon as the next batch may follow, and acknowledges the rest later: then a consumer that acknowledges each
   * change does not wait for a page of the journal. It must hold back `deliver` while much is on its way.
   */
  readonly ahead?: true | undefined;
  /** Tries whether the consumer takes something, and says in one sentence what it saw. @throws Error with one sentence */
  readonly test: (signal: Signal) => Promise<string>;
  /**
   * Lets the next program in that asks for it, as the button of a device does, and says in one sentence for how long. Undefined if the
   * consumers of this output need no such leave.
   */
  readonly pair?: (() => string) | undefined;
  /** Says goodbye and lets go. It is abandoned if that takes too long. */
  readonly close: () => Promise<void>;
}

/**
 * One way out. What is true of all of them is outside of it: choosing points, cursors, retries, staleness, status, supervision.
 * `open` connects once and may reject with one sentence; the retries are not its own.
 */
export interface Output {
  /** "mqtt" */
  readonly name: string;
  /**
   * Where the changes of a new output begin: with the next one after its first start, or with the oldest that is kept. Undefined for
   * an output without history.
   */
  readonly begins?: "now" | "oldest" | undefined;
  /** True if it takes changes of points that are not read here any more too, such as those that wait since before a point left. */
  readonly takesFormerPoints?: true | undefined;
  readonly open: (context: OutputContext, signal: Signal) => Promise<RunningOutput>;
}

/**
 * - `connecting`: on its first way to its consumer, or on the way back.
 * - `up`: its consumer is there.
 * - `failing`: its last try failed; the next one follows.
 * - `stopped`: it does not run.
 */
export const outputStates = ["connecting", "up", "failing", "stopped"] as const;
export type OutputState = (typeof outputStates)[number];

/** How an output is doing. */
export interface OutputStatus {
  readonly name: string;
  readonly state: OutputState;
  /** Milliseconds since 1970. */
  readonly since: Millis;
  /** What is wrong, one sentence; null if nothing is. */
  readonly problem: string | null;
  /** Milliseconds since 1970 of the newest thing that a consumer took; null before the first. */
  readonly lastDelivered: Millis | null;
  /** Since the start: live values and changes that were taken, live values that were skipped, changes that were lost. */
  readonly sent: number;
  readonly delivered: number;
  readonly skipped: number;
  readonly lost: number;
  /** How often it failed, and how often it was stuck, since the start. */
  readonly failures: number;
  readonly stuck: number;
  /** Points that it sees. */
  readonly points: number;
  /** How far it has come in the journal, and how many entries follow; null without history, or before the store was asked. */
  readonly journal: { readonly cursor: number; readonly behind: number } | null;
}
