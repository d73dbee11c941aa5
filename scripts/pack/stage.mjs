/** Lays out the folder of a package for npm to pack. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { root } from "../setup.mjs";
import { javaScriptOf, lineMapOf } from "./javascript.mjs";
import { isLibrary, publishedManifest } from "./manifest.mjs";

const write = (path, text) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

/** Paths of all files below a folder, with slashes. */
const filesBelow = (folder, inner = "") =>
  readdirSync(join(folder, inner), { withFileTypes: true }).flatMap((entry) => {
    const path = inner === "" ? entry.name : `${inner}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(folder, path) : [path];
  });

/** Code that is published, as opposed to code for tests. */
const isProduct = (path) => !/\.(test|test-kit|vectors)\.ts$|(^|\/)testing\//.test(path);

const stageJavaScript = (from, name, to) => {
  for (const path of filesBelow(from)) {
    if (!path.endsWith(".ts") || !isProduct(path)) continue;
    const file = path.replace(/\.ts$/, ".js");
    const code = javaScriptOf(readFileSync(join(from, path), "utf8"));
    write(join(to, file), `${code}//# sourceMappingURL=${basename(file)}.map\n`);
    // A URL and not a path, so that no tool looks for sources that are not published.
    write(join(to, `${file}.map`), lineMapOf(code, `meterport://packages/${name}/src/${path}`));
  }
};

/** A declaration must name its neighbours by their real extension; the compiler leaves that of the source. */
const withJavaScriptNames = (text) => text.replace(/((?:from|import)\s*\(?\s*"\.{1,2}\/[^"\n]+)\.ts"/g, '$1.js"');

/** A tenth of a declaration is indentation, at four spaces a step. */
const withTabs = (text) => text.replace(/^(?: {4})+/gm, (spaces) => "\t".repeat(spaces.length / 4));

/**
 * Types of Node and of optional packages may be missing where these declarations are used: types derived from them
 * are then unknown, and only those.
 */
const forgivingAbsence = (text, { peerDependenciesMeta = {} }) => {
  const names = ["node:[a-z/_]+", ...Object.keys(peerDependenciesMeta)].join("|");
  const imports = new RegExp(`^.*(?:from|import)\\s*\\(?\\s*"(?:${names})".*$`, "gm");
  return text.replace(imports, (line) => `// @ts-ignore: it may not be installed\n${line}`);
};

const stageTypes = (from, to, manifest) => {
  for (const path of filesBelow(from)) {
    const text = withTabs(withJavaScriptNames(readFileSync(join(from, path), "utf8")));
    write(join(to, path), forgivingAbsence(text, manifest));
  }
};

/** Files among the sources that are used unchanged, such as the dissector's Lua files. */
const stageAssets = (from, to) => {
  for (const path of filesBelow(from)) {
    if (path.endsWith(".ts") || !isProduct(path)) continue;
    write(join(to, path), readFileSync(join(from, path)));
  }
};

/** The page with the licenses of what is bundled into it. */
const stageDashboard = (to) => {
  cpSync(join(root, "packages", "dashboard", "dist"), to, { recursive: true });
  const licenses = [
    ["svelte", "LICENSE.md"],
    ["uplot", "LICENSE"],
  ].map(([name, file]) => `${name}\n\n${readFileSync(join(root, "node_modules", name, file), "utf8").trim()}\n`);
  write(join(to, "third-party-licenses.txt"), licenses.join("\n\n"));
};

/**
 * @param name the package's folder below `packages`
 * @param types what `compileDeclarations` filled
 * @param to the folder to lay out, which is not there yet
 */
export const stagePackage = (name, types, to) => {
  const own = join(root, "packages", name);
  const manifest = JSON.parse(readFileSync(join(own, "package.json"), "utf8"));
  const dist = join(to, "dist");
  stageJavaScript(join(own, "src"), name, dist);
  if (isLibrary(manifest)) stageTypes(join(types, name, "src"), dist, manifest);
  stageAssets(join(own, "src"), dist);
  if (existsSync(join(own, "bin"))) cpSync(join(own, "bin"), join(to, "bin"), { recursive: true });
  if (name === "gateway") stageDashboard(join(to, "dashboard"));
  cpSync(join(root, "LICENSE"), join(to, "LICENSE"));
  const readme = join(own, "README.md");
  if (existsSync(readme)) cpSync(readme, join(to, "README.md"));
  else write(join(to, "README.md"), `# ${manifest.name}\n\n${manifest.description}.\n`);
  const files = ["bin", "dashboard", "dist"].filter((file) => existsSync(join(to, file)));
  write(join(to, "package.json"), `${JSON.stringify(publishedManifest(manifest, files), null, 2)}\n`);
  return manifest;
};
