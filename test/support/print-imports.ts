/** Prints the picture of imports: of all packages, or of the folders of the one that is named. */
import { circlesOf, foldersOf, graphOf, grouped, packageFolderOf, productGraph } from "./import-graph.ts";
import { mermaidOf } from "./import-picture.ts";
import { codeFiles, importsIn, textOf } from "./sources.ts";

const [name] = process.argv.slice(2);
const product = productGraph(graphOf(new Map(codeFiles().map((path) => [path, importsIn(path, textOf(path))]))));
const shown = name === undefined ? grouped(product, packageFolderOf) : foldersOf(product, `packages/${name}`);
if (shown.size === 0) {
  process.stderr.write(`imports: unknown package "${name}"\n`);
  process.exitCode = 2;
} else {
  process.stdout.write(mermaidOf(shown, name === undefined ? "packages/" : `packages/${name}/src/`));
  for (const circle of circlesOf(shown)) process.stderr.write(`circle: ${[...circle, circle[0]].join(" → ")}\n`);
}
