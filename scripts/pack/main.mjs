/** Packs into the named folder, and prints the results. */
import { relative } from "node:path";
import { orExplain } from "../setup.mjs";
import { packPackages } from "./packages.mjs";

orExplain(() => {
  for (const { tarball, size } of packPackages(process.argv[2]))
    process.stdout.write(`${relative(process.cwd(), tarball)}  ${(size / 1000).toFixed(1)} kB\n`);
});
