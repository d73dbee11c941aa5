/** What a device keeps through a restart: its registration, the requests it dealt with, and a file in progress. JSON. */
import type { Millis } from "@meterport/protocol/ports";
import { type FileProgress, parseProgress } from "./file-progress.ts";

/**
 * `posting`: the answer is on its way; whether the meter has it, its queue shows. `answered`: it has. `closed`: it is not
 * to be answered any more.
 */
export type RequestState = "posting" | "answered" | "closed";

/** An entry of ET15 that was dealt with. */
export interface ServedRequest {
  readonly transaction: number;
  readonly handle: number;
  readonly type: number;
  /** Its place in the queue. */
  readonly index: number;
  readonly state: RequestState;
  /** When, Unix milliseconds. */
  readonly at: Millis;
  /** How many requests had been served before. */
  readonly count: number;
}

/** What tells one request from another, wherever it stands in the queue. */
export type RequestIdentity = Pick<ServedRequest, "transaction" | "handle" | "type">;

export interface RoleMemory {
  readonly version: 1;
  /** The meter's serial number; another meter starts with an empty memory. */
  readonly meter: string;
  /** Null: not registered as far as is known. */
  readonly handle: number | null;
  /** When it registered, Unix milliseconds, oldest first; at most 16. */
  readonly registrations: readonly Millis[];
  /** Newest last; at most 64. */
  readonly served: readonly ServedRequest[];
  /** How many requests were served, packets of files included. */
  readonly count: number;
  readonly file: FileProgress | null;
}

const mostRegistrations = 16;
const mostServed = 64;

/**
 * A memory of nothing.
 *
 * @example
 * emptyMemory("12345678").handle // null
 */
export const emptyMemory = (meter: string): RoleMemory => ({
  version: 1,
  meter,
  handle: null,
  registrations: [],
  served: [],
  count: 0,
  file: null,
});

const isNumber = (value: unknown, most: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;

const isServed = (value: unknown): value is ServedRequest => {
  const { transaction, handle, type, index, state, at, count } = (value ?? {}) as Partial<ServedRequest>;
  return (
    isNumber(transaction, 0xffff) &&
    isNumber(handle, 0xffff) &&
    isNumber(type, 0xff) &&
    isNumber(index, 0xff) &&
    isNumber(at, Number.MAX_SAFE_INTEGER) &&
    isNumber(count, Number.MAX_SAFE_INTEGER) &&
    (state === "posting" || state === "answered" || state === "closed")
  );
};

/**
 * What was kept, as far as it can be believed; an empty memory for another meter or anything malformed.
 *
 * @example
 * parseMemory("broken", "12345678").served // []
 */
export const parseMemory = (kept: unknown, meter: string): RoleMemory => {
  const memory = (kept ?? {}) as Partial<RoleMemory>;
  if (memory.version !== 1 || memory.meter !== meter) return emptyMemory(meter);
  const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
  return {
    version: 1,
    meter,
    handle: isNumber(memory.handle, 0xffff) ? memory.handle : null,
    registrations: list(memory.registrations)
      .filter((time): time is number => isNumber(time, Number.MAX_SAFE_INTEGER))
      .slice(-mostRegistrations),
    served: list(memory.served).filter(isServed).slice(-mostServed),
    count: isNumber(memory.count, Number.MAX_SAFE_INTEGER) ? memory.count : 0,
    file: parseProgress(memory.file),
  };
};

/** The memory with one more registration. */
export const withRegistration = (memory: RoleMemory, wall: Millis): RoleMemory => ({
  ...memory,
  registrations: [...memory.registrations, wall].slice(-mostRegistrations),
});

const sameRequest = (one: RequestIdentity, other: RequestIdentity): boolean =>
  one.transaction === other.transaction && one.handle === other.handle && one.type === other.type;

/** A head-end has 256 numbers (MEP guide 1.1, p. 251): one that comes back later belongs to a new request. */
const repetitionTime: Millis = 600_000;
const repetitionCount = 128;

/** What was done lately about a request with this transaction, handle and type. */
export const servedBefore = (memory: RoleMemory, request: RequestIdentity, wall: Millis): ServedRequest | undefined =>
  memory.served.findLast(
    (each) =>
      sameRequest(request, each) && wall - each.at < repetitionTime && memory.count - each.count < repetitionCount,
  );

/** The memory with this request in this state; the oldest ones are forgotten. */
export const withServed = (
  memory: RoleMemory,
  request: RequestIdentity & { readonly index: number },
  state: RequestState,
  wall: Millis,
): RoleMemory => {
  const { transaction, handle, type, index } = request;
  const served: ServedRequest = { transaction, handle, type, index, state, at: Math.max(0, wall), count: memory.count };
  const others = memory.served.filter((each) => !sameRequest(request, each));
  return { ...memory, served: [...others, served].slice(-mostServed), count: memory.count + 1 };
};

const week: Millis = 7 * 86_400_000;
const minute: Millis = 60_000;
/** After none, one, two … registrations within a week. A meter has 1000 handles for each port: a day apart they last for years. */
const rests: readonly Millis[] = [0, minute, 10 * minute, 60 * minute, 360 * minute];
const longestRest: Millis = 1440 * minute;

/**
 * When the device may register again, Unix milliseconds: repeated registrations exhaust the meter's handles (MEP guide 1.1,
 * p. 42).
 *
 * @example
 * registrationAllowedAt({ ...emptyMemory("1"), registrations: [1_000] }, 2_000) // 61000
 */
export const registrationAllowedAt = (memory: RoleMemory, wall: Millis): Millis => {
  // A clock that was set back must not lock the device out.
  const recent = memory.registrations.filter((time) => time > wall - week).map((time) => Math.min(time, wall));
  return (recent.at(-1) ?? wall) + (rests[recent.length] ?? longestRest);
};
