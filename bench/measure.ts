/** Measures runs per second: the best of several rounds after a warm-up, so that other work on the machine matters little. */
import { performance } from "node:perf_hooks";

export interface Figure {
  readonly name: string;
  /** Runs per second. */
  readonly perSecond: number;
}

const rounds = 5;

/** Runs `work` (which does `size` units of it) for a while and returns units per second. */
export const measure = (name: string, size: number, work: () => void, roundMillis = 200): Figure => {
  for (const end = performance.now() + roundMillis; performance.now() < end; ) work();
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    let runs = 0;
    let elapsed = 0;
    do {
      work();
      runs++;
      elapsed = performance.now() - start;
    } while (elapsed < roundMillis);
    best = Math.max(best, (runs * size * 1000) / elapsed);
  }
  return { name, perSecond: best };
};

/** The same for asynchronous work. */
export const measureAsync = async (
  name: string,
  size: number,
  work: () => Promise<void>,
  roundMillis = 500,
): Promise<Figure> => {
  await work();
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    let runs = 0;
    let elapsed = 0;
    do {
      await work();
      runs++;
      elapsed = performance.now() - start;
    } while (elapsed < roundMillis);
    best = Math.max(best, (runs * size * 1000) / elapsed);
  }
  return { name, perSecond: best };
};

const grouped = (n: number): string => Math.round(n).toLocaleString("en");

export const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
/** Prints one line: the figure, and its ratio to what it is compared with. */
export const report = (
  figure: Figure,
  unit: string,
  beside?: { readonly figure: Figure; readonly what: string },
): void => {
  const ratio =
    beside === undefined ? "" : `  ${(figure.perSecond / beside.figure.perSecond).toFixed(2)} x ${beside.what}`;
  say(`${figure.name.padEnd(52)} ${grouped(figure.perSecond).padStart(14)} ${unit}${ratio}`);
};
