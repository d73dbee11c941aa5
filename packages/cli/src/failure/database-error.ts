/** A database that is away or failed: the same command may work later. */
import { MeterportError } from "@meterport/protocol/errors";

class DatabaseError extends MeterportError {
  override readonly name = "DatabaseError";
  readonly code = "database";
}

/** The driver's errors as ours, which are told in one sentence; all others as they are. */
export const databaseFailure = (error: unknown): unknown =>
  // By its name, so that no command loads the driver for it.
  error instanceof Error && error.name === "PostgresError" ? new DatabaseError(error.message, { cause: error }) : error;
