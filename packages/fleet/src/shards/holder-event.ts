/** What happens to a holder of shards, and how people read it. */
import type { Millis } from "@meterport/protocol/ports";

export type HolderEvent =
  | { readonly type: "taken" | "given-back" | "lost" | "slow"; readonly shard: number; readonly attempt: number }
  /** Tending a shard ended although nobody asked for that. */
  | { readonly type: "failed"; readonly shard: number; readonly attempt: number; readonly reason: string }
  /** Positive if it was set forward. */
  | { readonly type: "clock-step"; readonly clock: "machine" | "database"; readonly by: Millis }
  /** Positive if this machine's clock is ahead of the database's. */
  | { readonly type: "clocks-apart"; readonly by: Millis }
  | { readonly type: "other-version"; readonly holder: string; readonly version: string; readonly own: string }
  | { readonly type: "problem"; readonly text: string };

const seconds = (time: Millis): string => `${(Math.abs(time) / 1_000).toFixed(0)} s`;

const clocks = { machine: "this machine's clock", database: "the clock of the database's machine" } as const;

const effects = {
  machine: "plans go on unchanged; check the time service of this machine",
  database: "shards may change their holder once; check the time service of that machine",
} as const;

/** What is wrong with clocks that are `by` apart; positive if this machine's is ahead. */
export const sayApart = (by: Millis): string =>
  `this machine's clock is ${seconds(by)} ${by > 0 ? "ahead of" : "behind"} the database's, so the meters' clocks look wrong here or there, and load profiles may wait: check the time service of both machines`;

/** One sentence for the log. */
export const sayEvent = (event: HolderEvent): string => {
  switch (event.type) {
    case "taken":
      return `took shard ${event.shard}, attempt ${event.attempt}`;
    case "given-back":
      return `gave back shard ${event.shard}`;
    case "lost":
      return `lost shard ${event.shard}: this process was silent for longer than its heartbeat, so another may have it`;
    case "slow":
      return `shard ${event.shard} did not close its links in time, so two clients may meet at a meter for a while`;
    case "failed":
      return `shard ${event.shard} cannot be tended (${event.reason}): it is given back, and this process waits before it takes another`;
    case "clock-step":
      return `${clocks[event.clock]} was set ${event.by > 0 ? "forward" : "back"} by ${seconds(event.by)}, or the machine slept: ${effects[event.clock]}`;
    case "clocks-apart":
      return sayApart(event.by);
    case "other-version":
      return `holder ${event.holder} runs Meterport ${event.version}, this one ${event.own}: bring all to one version soon`;
    case "problem":
      return event.text;
  }
};
