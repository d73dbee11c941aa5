/** The thread that copies the database: the copy takes as long as the disk, and no meter should wait for it. */
import { parentPort, workerData } from "node:worker_threads";
import { UsageError } from "@meterport/protocol/errors";
import { backupData } from "./backup.ts";
import type { BackupOrder, BackupReport } from "./backup-archive.ts";

const { data, target, now, valuesElsewhere } = workerData as BackupOrder;
const report = (told: BackupReport): void => parentPort?.postMessage(told);
try {
  const { created, files } = await backupData(data, target, { now, valuesElsewhere });
  report({ created, files: files.map(({ name, bytes }) => ({ name, bytes })) });
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  report({ problem: error.message });
}
