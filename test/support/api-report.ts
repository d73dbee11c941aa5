/** Reports of the public entries: each name with its declaration, without comments, so that changes are found. */
import { join } from "node:path";
import ts from "typescript";
import { type PublicEntry, publicEntries } from "./public-entries.ts";
import { root } from "./sources.ts";

const configured = (): ts.CompilerOptions => {
  const path = join(root, "tsconfig.node.json");
  const { config } = ts.readConfigFile(path, ts.sys.readFile) as { readonly config: unknown };
  const { options } = ts.parseJsonConfigFileContent({ ...(config as object), include: [] }, ts.sys, root);
  return { ...options, noEmit: false, declaration: true, emitDeclarationOnly: true, incremental: false };
};

/** Prints what the compiler declares of each file, once a file. */
class Declarations {
  readonly #program: ts.Program;
  readonly #byFile = new Map<ts.SourceFile, ReadonlyMap<string, string>>();
  readonly #printer = ts.createPrinter({ removeComments: true });
  readonly checker: ts.TypeChecker;

  constructor(paths: readonly string[]) {
    this.#program = ts.createProgram(
      paths.map((path) => join(root, path)),
      configured(),
    );
    this.checker = this.#program.getTypeChecker();
  }

  exportsOf(path: string): readonly ts.Symbol[] {
    const file = this.#program.getSourceFile(join(root, path));
    const module = file === undefined ? undefined : this.checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${path} is not a module`);
    return this.checker.getExportsOfModule(module);
  }

  /** All declarations of a name in one file: a table is a constant and a type. */
  textOf(symbol: ts.Symbol): string {
    const target = symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
    const files = new Set((target.declarations ?? []).map((declaration) => declaration.getSourceFile()));
    return [...files].map((file) => this.#of(file).get(target.name) ?? "").join("\n");
  }

  #of(file: ts.SourceFile): ReadonlyMap<string, string> {
    const known = this.#byFile.get(file);
    if (known !== undefined) return known;
    let text = "";
    this.#program.emit(
      file,
      (_path, written) => {
        text = written;
      },
      undefined,
      true,
    );
    const declared = ts.createSourceFile("declared.d.ts", text, ts.ScriptTarget.ESNext, true);
    const byName = new Map<string, string>();
    for (const statement of declared.statements)
      for (const name of namesOf(statement)) {
        const printed = this.#print(statement, declared);
        byName.set(name, byName.has(name) ? `${byName.get(name)}\n${printed}` : printed);
      }
    this.#byFile.set(file, byName);
    return byName;
  }

  #print(statement: ts.Statement, file: ts.SourceFile): string {
    return this.#printer
      .printNode(ts.EmitHint.Unspecified, statement, file)
      .replace(/^export (declare )?/, "")
      .replace(/^ *#private;\n/gm, "");
  }
}

const namesOf = (statement: ts.Statement): readonly string[] => {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
};

const reportOf = (declarations: Declarations, { name, path, namesOnly = false }: PublicEntry): string => {
  const symbols = [...declarations.exportsOf(path)].sort((a, b) => (a.name < b.name ? -1 : 1));
  const lines = namesOnly ? symbols.map(({ name }) => name) : symbols.map((symbol) => declarations.textOf(symbol));
  return `# ${name}\n\n${lines.join("\n")}\n`;
};

/** The report of each package, by its name. */
export const apiReports = (
  entries: Readonly<Record<string, readonly PublicEntry[]>> = publicEntries,
): ReadonlyMap<string, string> => {
  const declarations = new Declarations(
    Object.values(entries)
      .flat()
      .map(({ path }) => path),
  );
  return new Map(
    Object.entries(entries).map(([name, list]) => [
      name,
      list.map((entry) => reportOf(declarations, entry)).join("\n"),
    ]),
  );
};
