/** What the command does with a fleet. Imported when such a command runs: it loads the driver of the database and the job engine. */
export { parseExportPlan } from "./administration/export-plan-file.ts";
export {
  type Acting,
  finishRotation,
  importFleet,
  pauseFleetSite,
  planExport,
  rotateKeys,
  setMeterKey,
} from "./administration/fleet-actions.ts";
export { type FleetStatus, fleetStatus } from "./administration/fleet-status.ts";
export { type InitReport, initFleet } from "./administration/init-fleet.ts";
export { type AuditEnd, verifyAudit } from "./audit/audit.ts";
export { Database } from "./books/database.ts";
export { checkPresent, type Fleet, fleetIn } from "./books/migrate.ts";
export { keyText } from "./keys/fleet-keys.ts";
export { KeyBook } from "./keys/key-book.ts";
export { checkAllKeys, newFleetKey } from "./keys/rotate.ts";
