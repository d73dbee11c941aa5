/** Shares a whole amount by weights, so that the parts add up to it. */
import { UsageError } from "@meterport/protocol/errors";

/** The same where no product is too large for a number, which is nearly always. */
const shared = (amount: number, weights: readonly number[], total: number): number[] => {
  const remainders = weights.map((weight) => (amount * weight) % total);
  const parts = weights.map((weight, n) => (amount * weight - (remainders[n] ?? 0)) / total);
  let left = amount - parts.reduce((sum, one) => sum + one, 0);
  const order = weights.map((_, n) => n).sort((a, b) => (remainders[b] ?? 0) - (remainders[a] ?? 0) || a - b);
  for (const n of order) {
    if (left-- <= 0) break;
    parts[n] = (parts[n] ?? 0) + 1;
  }
  return parts;
};

/**
 * Whole parts of `amount` in the ratio of `weights`, whose sum is `amount`: each part is rounded down, and the units that are left go to the
 * largest remainders, of equal ones to the first. If all weights are 0 the parts are equal.
 *
 * @param weights whole numbers, 0 or more
 * @throws UsageError (`share`) if the amount or a weight is not a whole number of 0 or more
 * @example
 * share(10, [1, 1, 1]) // [4, 3, 3]
 */
export const share = (amount: number, weights: readonly number[]): number[] => {
  if (![amount, ...weights].every((one) => Number.isSafeInteger(one) && one >= 0))
    throw new UsageError("share", "an amount and its weights are whole numbers of 0 or more");
  const sum = weights.reduce((all, one) => all + one, 0);
  if (sum > 0 && Number.isSafeInteger(sum) && Number.isSafeInteger(amount * Math.max(...weights)))
    return shared(amount, weights, sum);
  const given = weights.map(BigInt);
  const known = given.reduce((sum, one) => sum + one, 0n);
  const [used, total] = known > 0n ? [given, known] : [given.map(() => 1n), BigInt(given.length)];
  if (total === 0n) return [];
  const whole = BigInt(amount);
  const parts = used.map((weight) => (whole * weight) / total);
  const left = Number(whole - parts.reduce((sum, one) => sum + one, 0n));
  const order = used
    .map((weight, n) => ({ n, remainder: (whole * weight) % total }))
    .sort((a, b) => (a.remainder === b.remainder ? a.n - b.n : a.remainder > b.remainder ? -1 : 1));
  for (const { n } of order.slice(0, left)) parts[n] = (parts[n] ?? 0n) + 1n;
  return parts.map(Number);
};

/**
 * Twice the median of whole numbers, which is whole as well; undefined of none.
 *
 * @example
 * doubleMedian([3, 1, 2, 10]) // 5
 */
export const doubleMedian = (values: readonly number[]): number | undefined => {
  const sorted = values.toSorted((a, b) => a - b);
  const high = sorted[sorted.length >> 1];
  const low = sorted[(sorted.length - 1) >> 1];
  return high === undefined || low === undefined ? undefined : low + high;
};
