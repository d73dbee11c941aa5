/** What the daemon lets the API do with its data. */

/** A backup that is ready. */
export interface BackupArchive {
  /** "meterport-backup-2026-01-01T12-00-00Z.tar" */
  readonly name: string;
  readonly bytes: number;
  readonly pieces: AsyncGenerator<Uint8Array, void, undefined>;
  /** Removes the copy; the one who takes the pieces calls it, whatever became of them. */
  readonly done: () => void;
}

/** What a backup holds. */
export interface BackupContents {
  /** ISO 8601 UTC. */
  readonly created: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** Whether the stored values are in it, not only users and tokens. */
  readonly hasValues: boolean;
}

export interface RestoreState {
  readonly state: "none" | "uploading" | "staged";
  /** Bytes that have arrived. */
  readonly received: number;
  /** Of a backup that is staged. */
  readonly backup: BackupContents | undefined;
}

/** How a part was taken. */
export type Appended =
  | { readonly result: "taken"; readonly received: number }
  /** It does not continue what is there, which has so many bytes. */
  | { readonly result: "elsewhere"; readonly received: number }
  | { readonly result: "no-room"; readonly message: string };

export interface BackupAccess {
  /**
   * Copies the data, as of one moment; undefined while another backup is made or taken.
   *
   * @throws UsageError if there is nothing to copy, or no room for it
   */
  readonly make: () => Promise<BackupArchive | undefined>;
  readonly restore: {
    readonly state: () => RestoreState;
    /** Takes the next part; one at offset 0 begins again. */
    readonly append: (offset: number, part: Uint8Array) => Promise<Appended>;
    /** Checks the upload of so many bytes, which then waits for the next start. @throws UsageError if it is not a whole backup */
    readonly stage: (bytes: number) => Promise<BackupContents>;
    /** Forgets what was uploaded or staged. */
    readonly discard: () => Promise<void>;
  };
}
