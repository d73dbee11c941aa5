/** What the duties of a device share: each is a generator that yields steps and is told how they went. Pure. */
import type { AnyTable } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import type { Answer, Ask, FieldPath, RoleOptions, Step, StepFailure } from "./actions.ts";
import type { DeviceEvent } from "./events.ts";
import type { RoleMemory } from "./memory.ts";

export type Reply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: StepFailure };
/** Something to do, step by step. */
export type Steps<T> = Generator<Step, T, Reply>;

/** Ends a duty whose step failed. Never leaves the role. */
export class StepFailed extends Error {
  readonly failure: StepFailure;
  constructor(failure: StepFailure) {
    super(failure.detail);
    this.failure = failure;
  }
}

/** What can be due, the most urgent first. */
export const duties = ["look", "answers", "flags", "follow", "downlink"] as const;
export type DutyName = (typeof duties)[number];

/** What the meter says of this client in ET51 (MEP guide 1.1, pp. 133-136). */
export interface PortSettings {
  /** Whether silence counts. */
  readonly monitored: boolean;
  readonly healthTimeout: Millis;
  readonly onDemandTimeout: Millis;
}

/** An entry of ET15 that waits for an answer. */
export interface Entry {
  readonly transaction: number;
  readonly handle: number;
  readonly type: number;
  /** Its place in the queue. */
  readonly index: number;
}

/** The bits of ET13 that ask for an answer of their own (MEP guide 1.1, p. 88). */
export const alertKinds = ["scheduled-read", "clear-mbus-alert", "clear-delta-alert"] as const;
export type AlertKind = (typeof alertKinds)[number];

/** What an ask is about. */
export type Subject = { readonly kind: AlertKind } | { readonly kind: "on-demand"; readonly entry: Entry };

/** How an ask ended. */
export type Outcome =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly why: "refused" | "no-answer"; readonly detail: string };

/** What is known of one kind of alert. */
export interface AlertRecord {
  /** Not asked again before. */
  notBefore: Millis;
  rest: Millis;
  /** Whether it was answered and has not been seen cleared since. */
  posted: boolean;
}

/** What is known of alerts; forgotten with the program. */
export interface AlertState {
  readAt: Millis;
  /** Least time to the next look. */
  gap: Millis;
  flags: number;
  readonly kinds: Readonly<Record<AlertKind, AlertRecord>>;
}

/** What is known of on-demand requests; forgotten with the program. */
export interface OnDemandState {
  /** Answers whose posting failed: the same entry gets them without asking again. At most 8. */
  readonly kept: Map<string, { readonly success: boolean; readonly data: Uint8Array; readonly tries: number }>;
  /** The entry answered last. */
  last: { readonly key: string; readonly at: Millis } | undefined;
  /** The repeated request that was told last. */
  repeated: string | undefined;
}

/** The role as its duties see it. */
export interface Duty {
  readonly options: RoleOptions;
  /** This client's element in ET50 and ET51, and its slot in ET13 and ET14. */
  readonly place: { readonly index: 0 | 1; readonly slot: 4 | 5 };
  readonly now: Millis;
  readonly wall: Millis;
  memory: RoleMemory;
  settings: PortSettings;
  /** Null until the registration is known. */
  handle: number | null;
  readonly tell: (event: DeviceEvent) => void;
  /** Tells what lasts once, until something else lasts. */
  readonly tellState: (event: DeviceEvent) => void;
  /** Makes a duty due; an earlier time stays. */
  readonly due: (name: DutyName, at: Millis) => void;
  readonly alerts: AlertState;
  readonly onDemand: OnDemandState;
  /** Asks the application. */
  readonly ask: (request: Ask, subject: Subject, time: Millis) => void;
  /** Whether the application still thinks about it. */
  readonly isAsked: (subject: Subject) => boolean;
}

const newRecord = (): AlertRecord => ({ notBefore: 0, rest: 0, posted: false });

export const newAlertState = (): AlertState => ({
  readAt: Number.NEGATIVE_INFINITY,
  gap: 0,
  flags: 0,
  kinds: { "scheduled-read": newRecord(), "clear-mbus-alert": newRecord(), "clear-delta-alert": newRecord() },
});

export const newOnDemandState = (): OnDemandState => ({ kept: new Map(), last: undefined, repeated: undefined });

/** Names an entry: the same number at another place is another entry. */
export const entryKey = ({ transaction, handle, type, index }: Entry): string =>
  [transaction, handle, type, index].join(" ");

export const subjectKey = (subject: Subject): string =>
  subject.kind === "on-demand" ? entryKey(subject.entry) : subject.kind;

const taken = (reply: Reply): unknown => {
  if (reply.ok) return reply.value;
  throw new StepFailed(reply.failure);
};

/** @throws StepFailed */
export function* take(step: Step): Steps<unknown> {
  return taken(yield step);
}

/** The values at these paths, from one read. @throws StepFailed */
export function* read(table: AnyTable, paths: readonly FieldPath[], urgent = false): Steps<readonly unknown[]> {
  return taken(yield { type: "read", table, paths, urgent }) as readonly unknown[];
}

/** The values; undefined if the meter refuses or lacks them. @throws StepFailed if the link fails */
export function* readIfThere(table: AnyTable, paths: readonly FieldPath[]): Steps<readonly unknown[] | undefined> {
  const reply = yield { type: "read", table, paths, urgent: false };
  if (!reply.ok && reply.failure.kind === "link") throw new StepFailed(reply.failure);
  return reply.ok ? (reply.value as readonly unknown[]) : undefined;
}

/** Keeps the memory before anything else is done. @throws StepFailed */
export function* remember(duty: Duty, memory: RoleMemory): Steps<void> {
  taken(yield { type: "remember", memory });
  duty.memory = memory;
}
