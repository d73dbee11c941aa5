/** How much a browser fetches of the built page, compressed. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

export interface PageSize {
  /** Bytes until the first view is there: document, script, styles, and the view with its own. */
  readonly first: number;
  /** Bytes of each view alone, by its name: what it shares with others, as the charts, comes once. */
  readonly views: ReadonlyMap<string, number>;
}

/** Static imports only: what is loaded by `import()` comes later. */
const importsIn = (script: string): string[] =>
  [...script.matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)].flatMap(([, name]) => name ?? []);

/** @param folder the built page */
export const pageSize = (folder: string, views: readonly string[], firstView: string): PageSize => {
  const assets = join(folder, "assets");
  const names = readdirSync(assets);
  const read = (name: string): Buffer => readFileSync(join(assets, name));
  const size = (files: Iterable<string>): number =>
    [...files].reduce((sum, name) => sum + gzipSync(read(name)).length, 0);
  const withImports = (name: string, found = new Set<string>()): Set<string> => {
    if (found.has(name)) return found;
    found.add(name);
    for (const next of importsIn(read(name).toString("utf8"))) withImports(next, found);
    return found;
  };
  const document = readFileSync(join(folder, "index.html"));
  const namedBy = (pattern: RegExp): string[] =>
    [...document.toString("utf8").matchAll(pattern)].flatMap(([, name]) => name ?? []);
  const styles = namedBy(/assets\/(index-[\w-]+\.css)/g);
  const shell = new Set([
    ...styles,
    ...namedBy(/src="\.\/assets\/([\w.-]+\.js)/g).flatMap((name) => [...withImports(name)]),
  ]);
  const ownFiles = (view: string): string[] => {
    const own = names.filter((name) => new RegExp(`^${view}-[\\w-]{8}\\.(js|css)$`).test(name));
    if (!own.some((name) => name.endsWith(".js"))) throw new Error(`the built page has no view "${view}"`);
    return own;
  };
  const firstFiles = ownFiles(firstView).flatMap((name) => (name.endsWith(".js") ? [...withImports(name)] : [name]));
  return {
    first: gzipSync(document).length + size(new Set([...shell, ...firstFiles])),
    views: new Map(views.map((view) => [view, size(ownFiles(view))])),
  };
};
