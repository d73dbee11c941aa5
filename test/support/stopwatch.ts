/** A clock that stands still while a busy machine keeps what it measures waiting. */
import { readFileSync } from "node:fs";

/** Milliseconds, since the machine was started, in which something waited for a processor; 0 where the system does not count them. */
const waited = (): number => {
  try {
    return Number(/^some .*total=(\d+)$/m.exec(readFileSync("/proc/pressure/cpu", "utf8"))?.[1] ?? 0) / 1_000;
  } catch {
    return 0;
  }
};

/** Starts the clock; the function gives its milliseconds, without those in which anything waited for a processor. */
export const stopwatch = (): (() => number) => {
  const [began, before] = [performance.now(), waited()];
  return () => performance.now() - began - (waited() - before);
};

/** Starts a clock of what this process computes, on all its threads; the function gives its milliseconds. */
export const computing = (): (() => number) => {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
};
