/** What a place that takes files has to do, and how it says that it did not. */

/** The files of one export in the order in which they are handed over: what describes the data first, the data last. */
export interface Parcel {
  /** Folder that holds the files. */
  readonly folder: string;
  readonly files: readonly ParcelFile[];
}

export interface ParcelFile {
  /** A plain name, see `isFileName`. */
  readonly name: string;
  readonly mediaType: string;
  /** Hex. */
  readonly sha256: string;
}

export interface Target {
  /** For messages: "sftp://mdm.example/in". Without secrets. */
  readonly name: string;
  /**
   * Resolves when the target has all files for good. The same parcel may come again, and must not be there twice then.
   * `attempt` counts from 1 for each parcel.
   *
   * @throws DeliveryError
   */
  readonly deliver: (parcel: Parcel, attempt: number, signal: AbortSignal) => Promise<void>;
}

/** Why a target did not take a parcel, in a sentence without secrets. */
export class DeliveryError extends Error {
  override readonly name: string = "DeliveryError";
}

/** The target answers, and does not want this very file: another one it may take. */
export class FileRefused extends DeliveryError {
  override readonly name = "FileRefused";
}

/** Names that are safe in any file system, in a batch of sftp and in a header. */
export const isFileName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,180}$/.test(name);
