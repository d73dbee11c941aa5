/** What this process costs. */
import { monitorEventLoopDelay } from "node:perf_hooks";

export interface ProcessFigures {
  readonly memory_bytes: number;
  readonly heap_bytes: number;
  readonly cpu_s: number;
  /** Longest delay of the event loop since the figures were last taken. */
  readonly loop_delay_s: number;
}

export interface ProcessWatch {
  readonly figures: () => ProcessFigures;
  readonly stop: () => void;
}

/** Watches the process until `stop`. */
export const watchProcess = (): ProcessWatch => {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  return {
    figures: () => {
      const { rss, heapUsed } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      const loop_delay_s = Number.isFinite(delay.max) ? delay.max / 1e9 : 0;
      delay.reset();
      return { memory_bytes: rss, heap_bytes: heapUsed, cpu_s: (user + system) / 1e6, loop_delay_s };
    },
    stop: () => delay.disable(),
  };
};
