/** What the benches with thousands of meters in one process share: the meters' side, and the processor time of each thread. */
import { type ChildProcess, fork } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface ManyMeters {
  readonly process: ChildProcess;
  /** The link of a meter by its number, behind the bridge that is its turn. */
  readonly link: (index: number) => string;
}

/** Starts `fleet-meters.ts` with so many bridges. */
export const startMeters = async (bridges: number): Promise<ManyMeters> => {
  const child = fork(fileURLToPath(new URL("fleet-meters.ts", import.meta.url)), [String(bridges)]);
  const ports = await new Promise<readonly number[]>((resolve) =>
    child.once("message", (message) => resolve(message as readonly number[])),
  );
  const link = (index: number): string => {
    const bridge = index % bridges;
    return `tcp://127.0.${1 + Math.floor(bridge / 250)}.${1 + (bridge % 250)}:${ports[bridge]}`;
  };
  return { process: child, link };
};

/** Processor time of this process by the name of the thread, seconds; nothing where the system does not tell. */
export const threadTimes = (): ReadonlyMap<string, number> => {
  const times = new Map<string, number>();
  try {
    for (const task of readdirSync("/proc/self/task")) {
      const stat = readFileSync(`/proc/self/task/${task}/stat`, "latin1");
      const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
      // User and system time, which come 11 fields after the state.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      times.set(name, (times.get(name) ?? 0) + (Number(fields[11]) + Number(fields[12])) / 100);
    }
  } catch {
    // Another system, or a thread that has just ended.
  }
  return times;
};
