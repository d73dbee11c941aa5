/**
 * What no store may take: numbers that are none, and whole numbers that JavaScript does not hold. One store would keep them, one
 * turn them into nulls, and one fail at each query that meets them.
 */
import type { Proof } from "@meterport/engine/model/proof";
import type { StoreBatch } from "@meterport/engine/ports/store";

/** @throws RangeError that names the value */
const finite = (value: number | null, what: string, point: string): void => {
  if (value !== null && !Number.isFinite(value)) throw new RangeError(`${point}: ${what} is ${value}, not a number`);
};

/** @throws RangeError that names the value */
const moment = (time: number | null, what: string, point: string): void => {
  if (time !== null && !Number.isSafeInteger(time))
    throw new RangeError(`${point}: the time of ${what} is ${time}, not whole milliseconds since 1970`);
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

/** @throws RangeError if a number of the batch is not one, before anything is stored */
export const checkBatch = (batch: StoreBatch): void => {
  for (const { point, reading } of batch.readings ?? []) {
    moment(Date.parse(reading.time), "a reading", point);
    for (const key in reading) {
      const value: unknown = reading[key as keyof typeof reading];
      if (typeof value === "number") finite(value, key, point);
    }
  }
  for (const { point, channel, end, seconds, value, register, proof } of batch.intervals ?? []) {
    moment(end, `an interval of ${channel}`, point);
    moment(seconds, `an interval of ${channel} (its length)`, point);
    finite(value, `an interval of ${channel}`, point);
    finite(register, `the register of an interval of ${channel}`, point);
    checkProof(proof, `an interval of ${channel}`, point);
  }
  for (const { point, register, tier, time, value, proof } of batch.registers ?? []) {
    moment(time, register, point);
    moment(tier, `${register} (its tier)`, point);
    finite(value, register, point);
    checkProof(proof, register, point);
  }
  for (const { point, kind, time, until, number } of batch.events ?? []) {
    moment(time, `an event (${kind})`, point);
    moment(until, `the end of an event (${kind})`, point);
    held(number, `the number of an event (${kind})`, point);
  }
  for (const { point, from, to } of batch.devices ?? []) {
    moment(from, "a device", point);
    moment(to, "the end of a device", point);
  }
};
