/** What the command does with the data of a daemon. Imported when such a command runs: it loads the database. */
export { type BackupResult, backupData, restoreData } from "./operation/backup.ts";
export { type DaemonRecord, daemonRecord } from "./operation/data-lock.ts";
export { type ReadConfigOptions, readConfig } from "./read-config.ts";
