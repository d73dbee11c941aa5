/** The declarations of all packages, in one run of the compiler. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root, SetupError } from "../setup.mjs";

const compiler = join(root, "node_modules", "@typescript", "native", "bin", "tsc");

/**
 * Fills a folder: the declarations of a package's source go to `<package>/src/<path>.d.ts`.
 *
 * @param checks whether the types of all code are checked as well, which takes twice as long
 */
export const compileDeclarations = (folder, checks) => {
  // Several threads would each look at what they share.
  const flags = ["--outDir", folder, "--singleThreaded", ...(checks ? [] : ["--noCheck"])];
  const result = spawnSync(process.execPath, [compiler, "-p", join(root, "tsconfig.pack.json"), ...flags], {
    encoding: "utf8",
  });
  if (result.status !== 0)
    throw new SetupError(`the packages do not compile. The compiler said:\n${result.stdout.trim()}`);
};
