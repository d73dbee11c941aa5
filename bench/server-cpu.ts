/** What PostgreSQL's own processes cost a bench that shares the machine with them. */
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import type { Database, Run } from "@meterport/fleet/books/database";

/** Settings of a small server that is measured: those of tests are smaller. */
export const usualServer = ["shared_buffers=256MB", "max_wal_size=4GB"] as const;

const cpuOf = (pid: unknown): number => {
  const [, after = ""] = readFileSync(`/proc/${String(pid)}/stat`, "utf8").split(") ");
  const [user = 0, system = 0] = after.split(" ").slice(11, 13).map(Number);
  return (user + system) / 100;
};

/** Processor time of the server's processes that serve us, seconds. One that has ended does not count: a connection that is idle for 10 s is closed. */
export const serverCpu = async (database: Database): Promise<number> => {
  const { rows } = await database.run("SELECT pid FROM pg_stat_activity WHERE application_name = 'meterport'");
  return rows.reduce((sum, { pid }) => sum + cpuOf(pid), 0);
};

/** What one call of something costs, milliseconds: by the clock, and processor time of this process and of the server. */
export interface CallCost {
  readonly clock: number;
  readonly client: number;
  readonly server: number;
}

/** The mean of some calls on one connection, after as many as it takes until its statements have their plans. */
export const callCost = (database: Database, times: number, call: (run: Run) => Promise<unknown>): Promise<CallCost> =>
  database.session(async (run) => {
    for (let n = 0; n < 7; n++) await call(run);
    const [row] = (await run("SELECT pg_backend_pid() AS pid")).rows;
    const [server, cpu, began] = [cpuOf(row?.pid), process.cpuUsage(), performance.now()];
    for (let n = 0; n < times; n++) await call(run);
    const clock = (performance.now() - began) / times;
    const { user, system } = process.cpuUsage(cpu);
    return { clock, client: (user + system) / 1_000 / times, server: (1_000 * (cpuOf(row?.pid) - server)) / times };
  });
