/** A backup as one file, made and given away while the daemon runs. */
import { rmSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { BackupArchive } from "../http/backup/backup-access.ts";
import { manifestName } from "./backup.ts";
import { type TarFile, tarLength, tarOf } from "./tar.ts";

export interface BackupOrder {
  readonly data: string;
  readonly target: string;
  readonly now: Millis;
  readonly valuesElsewhere: boolean;
}

export type BackupReport =
  | { readonly created: string; readonly files: readonly { readonly name: string; readonly bytes: number }[] }
  | { readonly problem: string };

export interface BackupArchivesOptions {
  /** The data folder. */
  readonly data: string;
  readonly wall: () => Millis;
  /** Whether the values are in another database, which is not copied. */
  readonly valuesElsewhere: boolean;
}

/** The published package holds JavaScript where a checkout holds TypeScript. */
const workerFile = new URL(`./backup-worker${extname(import.meta.url)}`, import.meta.url);

const inThread = (order: BackupOrder): Promise<BackupReport> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(workerFile, { workerData: order, execArgv: ["--disable-warning=ExperimentalWarning"] });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new UsageError("backup", "the backup ended early: try again")));
  });

/** Makes one backup at a time, in the data folder. */
export class BackupArchives {
  readonly #options: BackupArchivesOptions;
  readonly #folder: string;
  #busy = false;

  constructor(options: BackupArchivesOptions) {
    this.#options = options;
    this.#folder = join(options.data, "backup-in-progress");
  }

  /**
   * Copies the data, as of one moment.
   *
   * @returns undefined while another backup is made or taken
   * @throws UsageError if there is nothing to copy, or no room for it
   */
  async make(): Promise<BackupArchive | undefined> {
    if (this.#busy) return undefined;
    this.#busy = true;
    try {
      return await this.#made();
    } catch (error) {
      this.clear();
      throw error;
    }
  }

  async #made(): Promise<BackupArchive> {
    const { data, wall, valuesElsewhere } = this.#options;
    const report = await inThread({ data, target: this.#folder, now: wall(), valuesElsewhere });
    if ("problem" in report) throw new UsageError("backup", report.problem);
    const manifest = join(this.#folder, manifestName);
    const files: TarFile[] = [
      { name: manifestName, path: manifest, bytes: statSync(manifest).size },
      ...report.files.map(({ name, bytes }) => ({ name, bytes, path: join(this.#folder, name) })),
    ];
    const name = `meterport-backup-${report.created.slice(0, 19).replaceAll(":", "-")}Z.tar`;
    let isDone = false;
    const done = (): void => {
      if (isDone) return;
      isDone = true;
      this.clear();
    };
    return { name, bytes: tarLength(files), pieces: tarOf(files, Date.parse(report.created)), done };
  }

  /** Removes what is left, also of a daemon that was killed meanwhile. */
  clear(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    rmSync(`${this.#folder}.part`, { recursive: true, force: true });
    this.#busy = false;
  }
}
