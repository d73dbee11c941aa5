/** What the command does with the data of a daemon. Imported when such a command runs: it loads the database. */
export { type AccessBook, accessBook } from "./access/access-book.ts";
export { isScope, type Scope, scopes } from "./access/scope.ts";
export { type ExportRequest, exportFormats, exportKinds } from "./exports/export-request.ts";
export { exportStream } from "./exports/export-stream.ts";
export { type BackupResult, backupData, restoreData } from "./operation/backup.ts";
export { type DaemonRecord, daemonRecord } from "./operation/data-lock.ts";
export { type ReadConfigOptions, readConfig } from "./read-config.ts";
export { databaseCommandsOf, openStoreToRead, placeOf } from "./stores/open-store.ts";
