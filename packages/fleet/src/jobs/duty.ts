/** A kind of job: when one is due, and what it does. */
import type { Millis } from "@meterport/protocol/ports";
import type { Database, Run } from "../books/database.ts";
import type { Perform } from "./job-engine.ts";

export interface Duty {
  /** Name of its queue. */
  readonly name: string;
  /** How many of them a process does at a time. */
  readonly atOnce: number;
  /** Keys of those that are due. One that is due still after it was done is done again. */
  readonly due: (run: Run, now: Millis) => Promise<readonly string[]>;
  readonly perform: Perform;
}

/** What duties work with. */
export interface DutyParts {
  readonly database: Database;
  /** By the database's clock, so that a machine whose clock is wrong opens nothing early. */
  readonly now: () => Promise<Millis>;
  /** Of the fleet. */
  readonly shards: number;
  readonly log: (line: string) => void;
}

/** Keys of the rows of a statement. */
export const keysOf = async (run: Run, text: string, values: readonly unknown[]): Promise<readonly string[]> =>
  (await run(text, values)).rows.map(({ key }) => String(key));
