/** Which packets of a file have arrived: numbers as ascending ranges, so that a transfer in order takes a few bytes. */

/** A file in progress. */
export interface FileProgress {
  /** Bytes of code in each packet; null before the first. */
  readonly packetBytes: number | null;
  /** First and last number of each run of packets, ascending and apart. */
  readonly runs: readonly (readonly [number, number])[];
}

/** A transfer with more gaps is refused, because what is kept through a restart must stay small. */
const mostRuns = 128;

export const noPackets: FileProgress = { packetBytes: null, runs: [] };

/**
 * Whether a packet has arrived.
 *
 * @example
 * hasPacket({ packetBytes: 54, runs: [[0, 3]] }, 3) // true
 */
export const hasPacket = ({ runs }: FileProgress, number: number): boolean =>
  runs.some(([first, last]) => number >= first && number <= last);

/**
 * The progress with one more packet; undefined if it would have too many gaps.
 *
 * @example
 * withPacket({ packetBytes: 54, runs: [[0, 1], [3, 3]] }, 2)?.runs // [[0, 3]]
 */
export const withPacket = (progress: FileProgress, number: number): FileProgress | undefined => {
  if (hasPacket(progress, number)) return progress;
  const before = progress.runs.filter(([, last]) => last < number - 1);
  const after = progress.runs.filter(([first]) => first > number + 1);
  const touching = progress.runs.slice(before.length, progress.runs.length - after.length);
  const run = [Math.min(number, touching[0]?.[0] ?? number), Math.max(number, touching.at(-1)?.[1] ?? number)] as const;
  const runs = [...before, run, ...after];
  return runs.length > mostRuns ? undefined : { ...progress, runs };
};

/**
 * How many packets have arrived.
 *
 * @example
 * packetCount({ packetBytes: 54, runs: [[0, 1], [3, 3]] }) // 3
 */
export const packetCount = ({ runs }: FileProgress): number =>
  runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);

/**
 * How many of the packets `first` to `last` are missing; without `last`, up to the highest that arrived.
 *
 * @example
 * missingPackets({ packetBytes: 54, runs: [[0, 1], [3, 3]] }, 0) // 1
 */
export const missingPackets = ({ runs }: FileProgress, first: number, last = runs.at(-1)?.[1] ?? first): number => {
  const present = runs.reduce(
    (sum, [from, to]) => sum + Math.max(0, Math.min(to, last) - Math.max(from, first) + 1),
    0,
  );
  return last - first + 1 - present;
};

const isPacket = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 0xffff;

/** What was kept; null if it cannot be believed. */
export const parseProgress = (kept: unknown): FileProgress | null => {
  const { packetBytes, runs } = (kept ?? {}) as Partial<FileProgress>;
  if (packetBytes !== null && (!isPacket(packetBytes) || packetBytes < 1 || packetBytes > 0xff)) return null;
  if (!Array.isArray(runs) || runs.length > mostRuns) return null;
  let next = 0;
  for (const run of runs) {
    const [first, last] = Array.isArray(run) ? run : [];
    if (!isPacket(first) || !isPacket(last) || first < next || last < first) return null;
    next = last + 2;
  }
  return { packetBytes, runs: runs.map(([first, last]) => [first, last] as const) };
};
