/** Answers requests in ET15: the oldest entry, if it is for this device. MEP guide 1.1, pp. 31, 95-98 and 135. */
import { ET15 } from "@meterport/protocol/tables/extended/et15-on-demand-requests";
import type { Ask } from "./actions.ts";
import { type Duty, type Entry, entryKey, type Outcome, read, remember, type Steps } from "./duty.ts";
import { serveFile } from "./file-transfer.ts";
import { type RequestState, servedBefore, withServed } from "./memory.ts";
import { mostTries, parametersOf, post } from "./posting.ts";

const billingRead = 2;
const writeData = 4;
const writeByIndex = 10;
const codePacket = 8;
/** Types 7, 8 and 9: start, code packet, switch-over. */
const isOfFile = (type: number): boolean => type >= 7 && type <= 9;
const waiting = 0;
const noResponse = 2;
/** The application's answer must arrive before the meter gives up; posting takes some seconds. */
const margin = 5_000;
const leastTime = 5_000;
/** How long an answered entry may still show as waiting. */
const settlingTime = 3_000;
const mostKept = 8;

interface QueueEntry {
  readonly transactionNbr: number;
  readonly deviceHandleOrGroupMask: number;
  readonly requestType: number;
  readonly result: number;
}

interface Queue {
  readonly entries: readonly QueueEntry[];
  readonly oldest: Entry | undefined;
}

const entryAt = (entries: readonly QueueEntry[], index: number): Entry | undefined => {
  const found = entries[index];
  if (found === undefined) return undefined;
  const { transactionNbr, deviceHandleOrGroupMask, requestType } = found;
  return { transaction: transactionNbr, handle: deviceHandleOrGroupMask, type: requestType, index };
};

/** The first entry from the read pointer on that waits. */
const oldestOf = (entries: readonly QueueEntry[], readPointer: number): Entry | undefined => {
  for (let i = 0; i < entries.length; i++) {
    const index = (readPointer + i) % entries.length;
    const entry = entries[index];
    if (entry !== undefined && entry.requestType !== 0 && entry.result === waiting) return entryAt(entries, index);
  }
  return undefined;
};

/** An answer whose end was not seen: the queue tells whether the meter has it. */
const settle = (duty: Duty, entries: readonly QueueEntry[]): void => {
  for (const served of duty.memory.served) {
    if (served.state !== "posting") continue;
    const there = entryAt(entries, served.index);
    const same = there !== undefined && entryKey(there) === entryKey(served);
    if (same && entries[served.index]?.result === waiting) continue;
    duty.onDemand.kept.delete(entryKey(served));
    duty.memory = withServed(duty.memory, served, "answered", duty.wall);
  }
};

function* queue(duty: Duty): Steps<Queue> {
  const [readPointer, entries] = (yield* read(ET15, [["readPointer"], ["requestQueue"]], true)) as [
    number,
    readonly QueueEntry[],
  ];
  settle(duty, entries);
  return { entries, oldest: oldestOf(entries, readPointer) };
}

/** The lowest set bit of a bitmask of devices names the one that is meant (MEP guide 1.1, p. 252). */
const slotIn = (mask: number): number => 31 - Math.clz32(mask & -mask);

const isOwn = ({ handle, place }: Duty, entry: Entry): boolean => {
  if (entry.handle === handle) return true;
  return entry.type === writeByIndex && slotIn(entry.handle) === place.slot;
};

/**
 * Whether this entry is to be left alone because it was dealt with. An answer on its way when the program ended is offered
 * again: the entry still waits, so the meter never got it. The numbers of a file's entries are the meter's own, and its
 * packets have numbers of their own.
 */
const isDone = (duty: Duty, entry: Entry): boolean => {
  const { last } = duty.onDemand;
  const key = entryKey(entry);
  if (last !== undefined && last.key === key && duty.now - last.at < settlingTime) return true;
  if (isOfFile(entry.type)) return false;
  const before = servedBefore(duty.memory, entry, duty.wall);
  if (before === undefined || (before.state === "posting" && before.index === entry.index)) return false;
  if (duty.onDemand.repeated !== key && before.state === "answered")
    duty.tell({ type: "repeated-request", transaction: entry.transaction });
  duty.onDemand.repeated = key;
  return true;
};

/** The message of an entry; undefined if its length is impossible. */
function* messageOf(entry: Entry): Steps<Uint8Array | undefined> {
  const [{ writeDataLength, writeData }] = (yield* read(ET15, [["writeMessages", entry.index]])) as [
    { readonly writeDataLength: number; readonly writeData: Uint8Array },
  ];
  return writeDataLength > writeData.length ? undefined : writeData.slice(0, writeDataLength);
}

function* askOf({ type, ...entry }: Entry): Steps<Ask | "bad-length" | "unsupported"> {
  const { transaction } = entry;
  if (type === billingRead) return { kind: "on-demand-read", transaction };
  if (type !== writeData && type !== writeByIndex) return "unsupported";
  const data = yield* messageOf({ type, ...entry });
  return data === undefined ? "bad-length" : { kind: "message", transaction, requestType: type, data };
}

/** Deals with the oldest entry; gives whether something began. */
export function* serveOnDemand(duty: Duty): Steps<boolean> {
  const { oldest: entry } = yield* queue(duty);
  // Only the oldest can be cleared; one of another device is for that device.
  if (entry === undefined || !isOwn(duty, entry) || duty.isAsked({ kind: "on-demand", entry })) return false;
  if (isDone(duty, entry)) return false;
  const kept = duty.onDemand.kept.get(entryKey(entry));
  if (kept !== undefined) {
    yield* answer(duty, entry, kept);
    return true;
  }
  const { transaction, type } = entry;
  // A file has thousands of packets, which tell how far they are by themselves.
  if (type !== codePacket) duty.tell({ type: "asked", kind: "on-demand", transaction, requestType: type });
  if (isOfFile(type)) {
    yield* answer(duty, entry, { success: yield* serveFile(duty, entry) });
    return true;
  }
  const ask = yield* askOf(entry);
  if (typeof ask === "string") {
    const detail = ask === "unsupported" ? `type ${type}` : "";
    duty.tell({ type: "not-answered", kind: "on-demand", transaction, why: ask, detail });
    yield* answer(duty, entry, { success: false });
    return true;
  }
  duty.ask(ask, { kind: "on-demand", entry }, Math.max(leastTime, duty.settings.onDemandTimeout - margin));
  return true;
}

interface OwnAnswer {
  readonly success: boolean;
  readonly data?: Uint8Array | undefined;
  readonly tries?: number;
}
const nothing = new Uint8Array(0);

/** Leaves the entry alone from now on. */
function* close(duty: Duty, entry: Entry, state: RequestState): Steps<void> {
  duty.onDemand.kept.delete(entryKey(entry));
  yield* remember(duty, withServed(duty.memory, entry, state, duty.wall));
}

/** Posts an answer; the entry was seen to be the oldest a moment ago. */
function* answer(duty: Duty, entry: Entry, { success, data = nothing, tries = 0 }: OwnAnswer): Steps<void> {
  const { handle } = duty;
  if (handle === null) return;
  const { kept } = duty.onDemand;
  const message = { kind: "on-demand", transaction: entry.transaction, handle, success, data } as const;
  const parameters = parametersOf(duty.options.forms, message);
  const form = parameters !== "no-form";
  if (form && "unfit" in parameters) {
    yield* post(duty, message);
    return success ? yield* answer(duty, entry, { success: false }) : yield* close(duty, entry, "closed");
  }
  // Kept before it is sent: after a crash the queue shows whether the meter has it.
  if (!isOfFile(entry.type) && form) yield* remember(duty, withServed(duty.memory, entry, "posting", duty.wall));
  const posted = yield* post(duty, message, { tries, quiet: entry.type === codePacket });
  if (posted === "posted") {
    kept.delete(entryKey(entry));
    duty.onDemand.last = { key: entryKey(entry), at: duty.now };
    // On disk with the next change: until then the queue tells the same.
    if (!isOfFile(entry.type)) duty.memory = withServed(duty.memory, entry, "answered", duty.wall);
    else duty.memory = { ...duty.memory, count: duty.memory.count + 1 };
    // The next entry may wait already.
    duty.due("flags", duty.now);
    return;
  }
  if (posted === "refused") duty.due("look", duty.now);
  if (posted === "no-form" || tries + 1 >= mostTries) return yield* close(duty, entry, "closed");
  if (kept.size >= mostKept) kept.delete(kept.keys().next().value as string);
  kept.set(entryKey(entry), { success, data, tries: tries + 1 });
}

/** Posts the application's answer, if the entry still waits for it. */
export function* answerOnDemand(duty: Duty, entry: Entry, outcome: Outcome): Steps<void> {
  const { transaction } = entry;
  const tell = (why: "gone" | "expired" | "refused" | "no-answer", detail = ""): void =>
    duty.tell({ type: "not-answered", kind: "on-demand", transaction, why, detail });
  const { entries, oldest } = yield* queue(duty);
  if (oldest === undefined || entryKey(oldest) !== entryKey(entry)) {
    const there = entryAt(entries, entry.index);
    const same = there !== undefined && entryKey(there) === entryKey(entry);
    const expired = same && entries[entry.index]?.result === noResponse;
    tell(expired ? "expired" : "gone");
    // With a device its requests go, too.
    if (!expired) duty.due("look", duty.now);
    return;
  }
  if (!outcome.ok) tell(outcome.why, outcome.detail);
  yield* answer(duty, entry, outcome.ok ? { success: true, data: outcome.answer.data } : { success: false });
}
