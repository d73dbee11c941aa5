/**
 * What no store may take. The limits are the same for each store: otherwise one would keep what another refuses or fails to read, or a
 * server would refuse a whole batch again and again because of one value.
 */
import type { RegisterValues } from "@meterport/engine/model/device";
import type { Proof } from "@meterport/engine/model/proof";
import type { StoreBatch } from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";

/** Whatever the unit is, no meter shows a number beyond it; sums of such numbers are still numbers. */
const largest = 1e18;
/** The largest whole number of four bytes. */
const mostWhole = 2 ** 31 - 1;
/** Readings of these years have a place in every store. */
const readingYears = [Date.UTC(1970, 0), Date.UTC(2109, 0)] as const;
/** A store may keep intervals year by year, each of which needs a next one. */
const intervalYears = [Date.UTC(1900, 0), Date.UTC(10_000, 0)] as const;
/** Everything that a `Date` can be. */
const anyTime = [-8.64e15, 8.64e15 + 1] as const;

/** @throws RangeError that names the value */
const finite = (value: number | null, what: string, point: string): void => {
  if (value === null) return;
  if (!Number.isFinite(value)) throw new RangeError(`${point}: ${what} is ${value}, not a number`);
  if (Math.abs(value) > largest) throw new RangeError(`${point}: ${what} is ${value}, which no meter can show`);
};

/** @throws RangeError that names the value */
const moment = (
  time: Millis | null,
  what: string,
  point: string,
  [first, end]: readonly [Millis, Millis] = anyTime,
): void => {
  if (time === null || (Number.isSafeInteger(time) && time >= first && time < end)) return;
  if (!Number.isSafeInteger(time))
    throw new RangeError(`${point}: the time of ${what} is ${time}, not whole milliseconds since 1970`);
  const [from, to] = [new Date(first), new Date(end - 1)].map((date) => date.toISOString().split("T")[0]);
  throw new RangeError(
    `${point}: the time of ${what} is ${time} ms since 1970, and only ${from} to ${to} can be stored`,
  );
};

/** @throws RangeError that names the value */
const held = (value: number | null, what: string, point: string): void => {
  finite(value, what, point);
  if (value !== null && Math.abs(value) > Number.MAX_SAFE_INTEGER)
    throw new RangeError(`${point}: ${what} is ${value}, beyond 2^53`);
};

const checkProof = (proof: Proof | undefined, what: string, point: string): void => {
  if (proof === undefined) return;
  held(proof.time, `the time of the proof of ${what}`, point);
  held(proof.offset, `the offset in the proof of ${what}`, point);
  held(proof.clockOffset, `the clock's offset in the proof of ${what}`, point);
};

/** @throws RangeError that names the value */
const whole = (value: number, what: string, point: string, least: number): void => {
  if (!Number.isSafeInteger(value) || value < least || value > mostWhole)
    throw new RangeError(`${point}: ${what} is ${value}, not a whole number from ${least} to ${mostWhole}`);
};

/** Half of a character comes back as another one, so what was stored under such a name would not be found. */
const brokenText = /\0|\p{Surrogate}/u;

/** @throws RangeError that names it */
const name = (text: string): void => {
  if (brokenText.test(text)) throw new RangeError(`${JSON.stringify(text.slice(0, 40))} cannot be stored as a name`);
};

const registers = (values: RegisterValues | null | undefined, what: string, point: string): void => {
  for (const [key, value] of Object.entries(values ?? {})) finite(value, `${key} at the ${what} of a device`, point);
};

/** @throws RangeError if a part of the batch cannot be stored, before anything is */
export const checkBatch = (batch: StoreBatch): void => {
  const { readings = [], intervals = [], events = [], devices = [], memos = [] } = batch;
  for (const list of [readings, intervals, batch.registers ?? [], events, devices, memos])
    for (const point of new Set(list.map((each) => each.point))) name(point);
  for (const { point, reading } of readings) {
    moment(Date.parse(reading.time), "a reading", point, readingYears);
    for (const key in reading) {
      const value: unknown = reading[key as keyof typeof reading];
      if (typeof value === "number") finite(value, key, point);
    }
  }
  for (const { point, channel, end, seconds, value, register, proof } of intervals) {
    name(channel);
    moment(end, `an interval of ${channel}`, point, intervalYears);
    whole(seconds, `the length of an interval of ${channel}`, point, 1);
    finite(value, `an interval of ${channel}`, point);
    finite(register, `the register of an interval of ${channel}`, point);
    checkProof(proof, `an interval of ${channel}`, point);
  }
  for (const { point, register, tier, time, value, proof } of batch.registers ?? []) {
    moment(time, register, point);
    whole(tier, `the tier of ${register}`, point, 0);
    finite(value, register, point);
    checkProof(proof, register, point);
  }
  for (const { point, kind, time, until, number } of events) {
    moment(time, `an event (${kind})`, point);
    moment(until, `the end of an event (${kind})`, point);
    held(number, `the number of an event (${kind})`, point);
  }
  for (const { point, from, to, start, end, carried } of devices) {
    moment(from, "a device", point);
    moment(to, "the end of a device", point);
    registers(start, "begin", point);
    registers(end, "end", point);
    registers(carried, "count", point);
  }
};
