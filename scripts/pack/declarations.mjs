/** The declarations of all packages, in one run of the compiler, which checks the types as well. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root, SetupError } from "../setup.mjs";

const compiler = join(root, "node_modules", "@typescript", "native", "bin", "tsc");

/** Fills a folder: the declarations of a package's source go to `<package>/src/<path>.d.ts`. */
export const compileDeclarations = (folder) => {
  const result = spawnSync(process.execPath, [compiler, "-p", join(root, "tsconfig.pack.json"), "--outDir", folder], {
    encoding: "utf8",
  });
  if (result.status !== 0)
    throw new SetupError(`the packages do not compile. The compiler said:\n${result.stdout.trim()}`);
};
