/** A file as an export makes it. */
import type { CarriedVersion } from "./export-day.ts";

export interface ExportFile {
  /** Letters, digits, ".", "_" and "-". */
  readonly name: string;
  readonly mediaType: string;
  /** Pieces of the file, made one by one as they are taken; once only. */
  readonly parts: Iterable<string>;
  /** Which versions of which values it carries. */
  readonly carried: () => readonly CarriedVersion[];
}
