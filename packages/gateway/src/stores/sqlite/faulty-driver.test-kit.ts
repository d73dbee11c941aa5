/** A SQLite whose calls fail when a test says so: what a disk that is full, broken or locked does, without luck. */
import type { SqliteConnection, SqliteDriver, SqliteStatement } from "./sqlite-driver.ts";

export const faultCodes = { locked: 5, "input-output": 10, damaged: 11, full: 13 } as const;
export type FaultKind = keyof typeof faultCodes;

export interface FaultPlan {
  /** Counts the calls of all connections. */
  calls: number;
  /** The call that fails, from 1; none if it is 0. */
  at: number;
  /** How many calls in a row fail. */
  times: number;
  kind: FaultKind;
  /** Whether the call has its effect before it fails, as when an answer of the disk is lost. */
  after: boolean;
}

const fault = (kind: FaultKind): Error =>
  Object.assign(new Error(`injected: ${kind}`), { code: "ERR_SQLITE_ERROR", errcode: faultCodes[kind] });

export const faultyDriver = (driver: SqliteDriver, plan: FaultPlan): SqliteDriver => {
  const through = <T>(call: () => T): T => {
    plan.calls++;
    const fails = plan.at > 0 && plan.calls >= plan.at && plan.calls < plan.at + plan.times;
    if (!fails) return call();
    if (plan.after) call();
    throw fault(plan.kind);
  };
  const faulty = (statement: SqliteStatement): SqliteStatement => ({
    all: (...values) => through(() => statement.all(...values)),
    get: (...values) => through(() => statement.get(...values)),
    run: (...values) => through(() => statement.run(...values)),
  });
  return (path): SqliteConnection => {
    const db = driver(path);
    return {
      exec: (sql) => through(() => db.exec(sql)),
      prepare: (sql) => faulty(db.prepare(sql)),
      close: () => db.close(),
    };
  };
};
