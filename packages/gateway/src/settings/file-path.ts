/** The name of a file in the configuration, which is relative to the configuration. */
import { textUpTo } from "./leaves.ts";

/** Told apart from other text, so that it is resolved where the configuration is read. */
export interface NamedFile {
  readonly kind: "path";
  readonly path: string;
}

export const filePath = textUpTo(4_096, "because no path is longer").transform(
  (path): NamedFile => ({ kind: "path", path }),
);
