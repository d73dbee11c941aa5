/**
 * Notices that somebody deleted or replaced the files of an open database. SQLite goes on with the files that it has open, and all
 * that it acknowledges is gone when it closes them.
 */
import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import type { SqliteConnection } from "./sqlite-driver.ts";
import { copyDatabase } from "./sqlite-file.ts";

interface Seen {
  readonly id: string;
  readonly changed: bigint;
}

const seenAt = (path: string): Seen | undefined => {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : { id: `${found.dev} ${found.ino}`, changed: found.ctimeNs };
};

const tails = ["-wal", "-shm"] as const;

/** The other program that has the log open is asked to wait, as for any lock. */
const locked = (): Error => Object.assign(new Error("the log of the database is in use"), { errcode: 5 });

export class SqliteWatch {
  readonly #path: string;
  #file: Seen | undefined;
  readonly #logs = new Map<string, string>();

  constructor(path: string) {
    this.#path = path;
    this.note();
  }

  /** After each call: what the database itself did to its files. Some network drives number a file again while it stays the same. */
  note(): void {
    const now = seenAt(this.#path);
    if (now !== undefined && (this.#file === undefined || now.id === this.#file.id)) this.#file = now;
    for (const tail of tails) {
      const log = seenAt(this.#path + tail);
      if (log !== undefined && !this.#logs.has(tail)) this.#logs.set(tail, log.id);
    }
  }

  /**
   * Before each call that writes. If the files are not those of the connection, it puts everything that the connection knows where
   * it can be opened again, and tells what happened; the connection must be closed then.
   *
   * @param stamp for the name of a copy
   * @throws what SQLite or the disk throws; then nothing has changed
   */
  look(db: SqliteConnection, stamp: string): string | undefined {
    const path = this.#path;
    const now = seenAt(path);
    if (now === undefined) {
      this.#putBack(db);
      return `the database ${path} was deleted while it was in use, and has been written again; nothing was lost`;
    }
    if (now.id !== this.#file?.id) {
      if (now.changed !== this.#file?.changed) return this.#keepAside(db, stamp);
      this.#file = now;
    }
    const isLost = [...this.#logs].some(([tail, id]) => seenAt(path + tail)?.id !== id);
    if (!isLost) return undefined;
    const done = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
    if (Number(done?.busy) !== 0) throw locked();
    return `the log of the database ${path} was deleted while it was in use; nothing was lost`;
  }

  #putBack(db: SqliteConnection): void {
    const copy = `${this.#path}.restored`;
    rmSync(copy, { force: true });
    copyDatabase(db, copy);
    // A log of the old file would be taken for that of the new one.
    this.#removeLogs();
    renameSync(copy, this.#path);
  }

  #keepAside(db: SqliteConnection, stamp: string): string {
    const path = this.#path;
    const copy = `${path}.replaced-${stamp}`;
    if (!existsSync(copy)) copyDatabase(db, copy);
    this.#removeLogs();
    return `another file took the place of the database ${path} while it was in use, and is used now; what was stored before is in ${copy}`;
  }

  #removeLogs(): void {
    for (const tail of tails)
      if (seenAt(this.#path + tail)?.id === this.#logs.get(tail)) rmSync(this.#path + tail, { force: true });
  }
}
