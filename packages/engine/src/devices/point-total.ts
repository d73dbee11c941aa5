/** Totals of a metering point: they go on when its meter is exchanged. */
import type { Device } from "../model/device.ts";

type Counted = Pick<Device, "start" | "end" | "carried" | "from" | "to">;

const carriedBy = (device: Counted, register: string): number => device.carried?.[register] ?? 0;

/** What a meter that is gone counted; undefined if it is unknown. */
const countedBy = (device: Counted, register: string): number | undefined => {
  const [start, end] = [device.start[register], device.end?.[register]];
  // It never had this register.
  if (start === undefined && end === undefined) return 0;
  return start === undefined || end === undefined ? undefined : end - start + carriedBy(device, register);
};

/**
 * What a register of the point would show if its first meter still hung there: `value` is what the present one shows. Null if what
 * an earlier meter counted is unknown.
 *
 * @example
 * const first = { from: 0, to: 99, start: { energy_import_wh: 1_000 }, end: { energy_import_wh: 5_000 } };
 * const second = { from: 100, to: null, start: { energy_import_wh: 3 }, end: null };
 * pointTotal([first, second], "energy_import_wh", 10) // 5_007
 */
export const pointTotal = (devices: readonly Counted[], register: string, value: number): number | null => {
  const inOrder = [...devices].sort((a, b) => a.from - b.from);
  const present = inOrder.pop();
  if (present === undefined) return value;
  const carried = value + carriedBy(present, register);
  const known = inOrder.filter((device) => (device.start[register] ?? device.end?.[register]) !== undefined);
  const first = known[0];
  if (first === undefined) return carried;
  const start = present.start[register];
  if (start === undefined || first.start[register] === undefined) return null;
  let total = first.start[register] + carried - start;
  for (const device of known) {
    const counted = countedBy(device, register);
    if (counted === undefined) return null;
    total += counted;
  }
  return total;
};
