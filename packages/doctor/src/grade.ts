/** Grades of loss that people understand. */

/** A loss above this harms readings; below it repetitions make up for it. */
export const tolerableLoss = 0.05;

/**
 * The grade of a lost share.
 *
 * @example
 * [0, 0.01, 0.05, 0.1].map(gradeOf) // ["A", "B", "C", "D"]
 */
export const gradeOf = (loss: number): "A" | "B" | "C" | "D" =>
  loss === 0 ? "A" : loss <= 0.02 ? "B" : loss <= tolerableLoss ? "C" : "D";

/**
 * The quantile of sorted values; 0 if there are none.
 *
 * @example
 * quantile([1, 2, 3, 4], 0.5) // 3
 */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
