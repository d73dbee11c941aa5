/** Builds all packages that are published and packs them as npm does. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { npm, npmComplaint } from "../runtime.mjs";
import { root, SetupError } from "../setup.mjs";
import { compileDeclarations } from "./declarations.mjs";
import { stagePackage } from "./stage.mjs";
import { reorderTarball } from "./tarball.mjs";

const isPublished = (name) =>
  JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")).private !== true;

/**
 * Writes the tarballs to `output`, and what they were made of to its folders `types` and `packages`.
 *
 * @param checks whether the types of all code are checked
 * @returns the name, version, tarball and tarball size in bytes of each package
 */
export const packPackages = (output, { checks = true } = {}) => {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const types = join(output, "types");
  compileDeclarations(types, checks);
  const staged = readdirSync(join(root, "packages"))
    .filter(isPublished)
    .map((name) => {
      const folder = join(output, "packages", name);
      return { folder, ...stagePackage(name, types, folder) };
    });
  const pack = npm(["pack", ...staged.map(({ folder }) => folder), "--pack-destination", output, "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (pack.status !== 0) throw new SetupError(`npm pack failed. It said:\n${npmComplaint(pack)}`);
  return staged.map(({ name, version }) => {
    const tarball = join(output, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`);
    reorderTarball(tarball);
    return { name, version, tarball, size: statSync(tarball).size };
  });
};
