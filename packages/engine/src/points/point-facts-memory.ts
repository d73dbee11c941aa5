/** What the facts of a point rest on after a restart. */
import type { Millis } from "@meterport/protocol/ports";
import type { RegisterSample, Rival } from "../devices/serial-watch.ts";
import type { Device, RegisterValues } from "../model/device.ts";
import type { Store } from "../ports/store.ts";

/** Name of the memo in the store. */
export const factsMemoName = "facts";

export interface FactsMemory {
  /** The meter that hangs there; null before the first. */
  readonly device: Device | null;
  /** The registers last stored. */
  readonly last: RegisterSample | null;
  /** The local date of the last daily state; null before the first. */
  readonly day: string | null;
  /** Another serial number that has not stayed long enough yet. */
  readonly rival: Rival | null;
}

export const factsMemo = ({ day, rival }: Pick<FactsMemory, "day" | "rival">): string | null =>
  day === null && rival === null ? null : JSON.stringify({ day, rival });

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSample = (value: unknown): value is RegisterSample =>
  isObject(value) && Number.isSafeInteger(value.time) && isValues(value.values);

const isValues = (value: unknown): value is RegisterValues =>
  isObject(value) && Object.values(value).every((each) => typeof each === "number");

const isRival = (value: unknown): value is Rival =>
  isObject(value) &&
  typeof value.serial === "string" &&
  Number.isSafeInteger(value.since) &&
  [value.before, value.first].every((sample) => sample === null || isSample(sample));

/** A damaged memo is as good as none. */
export const readFactsMemo = (text: string | undefined): Pick<FactsMemory, "day" | "rival"> => {
  try {
    const memo: unknown = JSON.parse(text ?? "null");
    if (!isObject(memo)) return { day: null, rival: null };
    return { day: typeof memo.day === "string" ? memo.day : null, rival: isRival(memo.rival) ? memo.rival : null };
  } catch {
    return { day: null, rival: null };
  }
};

/**
 * What is stored of a point. Registers with a time after now were stored with a wrong clock: they are not from later than now.
 *
 * @throws what the store throws
 */
export const loadFactsMemory = async (
  store: Pick<Store, "devices" | "lastRegisters" | "memo">,
  point: string,
  wall: Millis,
): Promise<FactsMemory> => {
  const [devices, last, memo] = await Promise.all([
    store.devices(point),
    store.lastRegisters(point),
    store.memo(point, factsMemoName),
  ]);
  return {
    device: devices.find(({ to }) => to === null) ?? null,
    last: last === undefined ? null : { time: Math.min(last.time, wall), values: last.registers },
    ...readFactsMemo(memo),
  };
};
