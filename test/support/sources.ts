/** The project's own files and their imports, for the tests of its shape. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The root of the checkout, with a slash at its end. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Text of a file, by its path from the root. */
export const textOf = (path: string): string => readFileSync(join(root, path), "utf8");

const ignored = new Set([".git", "node_modules", ".node", ".cache", "dist", ".data", "coverage"]);

const walk = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (ignored.has(entry.name)) return [];
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(path) : [path];
  });

/** Every file of the project: what git tracks or would track, or without git all files. */
export const projectFiles = (): readonly string[] => {
  if (!existsSync(join(root, ".git"))) return walk("").sort();
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  const paths = listed.split("\0").filter((path) => path !== "" && existsSync(join(root, path)));
  return [...new Set(paths)].sort();
};

/** Our code files. */
export const codeFiles = (): readonly string[] => projectFiles().filter((path) => /\.(ts|mjs|js|svelte)$/.test(path));

/** One import, export-from, import type or dynamic import. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Gone when types are stripped; `import { type A }` is not, it leaves an empty import. */
  readonly typeOnly: boolean;
  /** Whether it is an `import()`, which loads nothing until it runs. */
  readonly dynamic?: boolean;
}

/** The code of a file: all of it, or the scripts of a Svelte component, at their lines. */
export const scriptOf = (path: string, text: string): string => {
  if (!path.endsWith(".svelte")) return text;
  let script = "";
  let at = 0;
  for (const match of text.matchAll(/(<script\b[^>]*>)([\s\S]*?)<\/script>/g)) {
    const start = match.index + (match[1] as string).length;
    script += text.slice(at, start).replace(/[^\n]/g, " ") + match[2];
    at = start + (match[2] as string).length;
  }
  return script;
};

/** All imports of a TypeScript, JavaScript or Svelte text. */
export const importsIn = (path: string, text: string): readonly Import[] => {
  const file = ts.createSourceFile(path, scriptOf(path, text), ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
  const found: Import[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean, dynamic = false): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    found.push({ specifier: specifier.text, line: line + 1, typeOnly, dynamic });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, node.importClause?.isTypeOnly === true);
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node, node.arguments[0], false, true);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
};

/** Whether a text has an `export default`. */
export const hasDefaultExport = (path: string, text: string): boolean => {
  const file = ts.createSourceFile(path, scriptOf(path, text), ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
  return file.statements.some(
    (statement) =>
      ts.isExportAssignment(statement) ||
      (ts.canHaveModifiers(statement) &&
        (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword)) ||
      (ts.isExportDeclaration(statement) &&
        statement.exportClause !== undefined &&
        ts.isNamedExports(statement.exportClause) &&
        statement.exportClause.elements.some((element) => element.name.text === "default")),
  );
};
