/** What PostgreSQL's own processes cost a bench that shares the machine with them. */
import { readFileSync } from "node:fs";
import type { Database } from "@meterport/fleet/books/database";

/** Processor time of the server's processes that serve us, seconds. */
export const serverCpu = async (database: Database): Promise<number> => {
  const { rows } = await database.run("SELECT pid FROM pg_stat_activity WHERE application_name = 'meterport'");
  return rows.reduce((sum, { pid }) => {
    const [, after = ""] = readFileSync(`/proc/${String(pid)}/stat`, "utf8").split(") ");
    const [user = 0, system = 0] = after.split(" ").slice(11, 13).map(Number);
    return sum + (user + system) / 100;
  }, 0);
};
