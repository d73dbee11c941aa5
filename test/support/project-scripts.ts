/** The parts of `scripts/` that tests use; it is JavaScript because it runs before anything is installed. */
import type { SpawnSyncOptions, SpawnSyncReturns } from "node:child_process";

export interface PackedPackage {
  readonly name: string;
  readonly version: string;
  /** Path of the tarball. */
  readonly tarball: string;
  /** Bytes of the tarball. */
  readonly size: number;
}

const script = (path: string): Promise<unknown> => import(new URL(`../../scripts/${path}`, import.meta.url).href);

/** npm, and the lines of its error message. */
export const { npm, npmComplaint } = (await script("runtime.mjs")) as {
  readonly npm: (args: readonly string[], options: SpawnSyncOptions) => SpawnSyncReturns<Buffer>;
  readonly npmComplaint: (result: SpawnSyncReturns<Buffer>) => string;
};

/** `npm run pack`, into another folder. */
export const { packPackages } = (await script("pack/packages.mjs")) as {
  readonly packPackages: (output: string, options?: { readonly checks: boolean }) => readonly PackedPackage[];
};

/** How the sources become what is published. */
export const { javaScriptOf, lineMapOf } = (await script("pack/javascript.mjs")) as {
  readonly javaScriptOf: (source: string) => string;
  readonly lineMapOf: (javaScript: string, source: string) => string;
};
