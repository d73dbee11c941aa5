/**
 * The examples in docstrings are true. Each line `expression // value` of an `@example` is run with the exports of its
 * module in scope, and of the modules that the example imports. Lines without a value are run for the lines after them.
 * `// throws LayoutError` expects that error. In a ```ts fence only the syntax is checked.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { runInThisContext } from "node:vm";
import ts from "typescript";
import { codeFiles, root, textOf } from "./support/sources.ts";

interface Example {
  readonly line: number;
  readonly code: string;
  readonly fenced: boolean;
}

const examplesIn = (text: string): readonly Example[] =>
  [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
    const first = text.slice(0, comment.index).split("\n").length;
    const lines = comment[0]
      .split("\n")
      .map((line) => line.replace(/^\s*(\/\*\*|\*\/|\*)? ?/, "").replace(/\s*\*\/$/, ""));
    return lines.flatMap((line, index) => {
      if (!line.startsWith("@example")) return [];
      const rest = lines.slice(index + 1);
      const next = rest.findIndex((other) => other.startsWith("@"));
      const body = (next === -1 ? rest : rest.slice(0, next)).join("\n").trim();
      const fence = /^```ts\n([\s\S]*?)\n```/.exec(body);
      return [{ line: first + index, code: fence?.[1] ?? body, fenced: fence !== null }];
    });
  });

/** One line of an example: what to run, the name it is kept under, and what it should give. */
interface Step {
  readonly statement: string;
  readonly expression: string | undefined;
  readonly expected: string | undefined;
}

const stepOf = (line: string): Step => {
  const [, source = line, expected] = /^(.*\S)\s+\/\/ (.+)$/.exec(line) ?? [];
  const expression = source.replace(/^const [\w{}[\], ]+ = /, "").replace(/;$/, "");
  return { statement: source, expression: expected === undefined ? undefined : expression, expected };
};

/** `Uint8Array(2) [ 0, 44 ]` and `Uint8Array [0, 44]` say the same. */
const plain = (text: string): string =>
  text
    .replace(/\b([A-Z]\w*)\(\d+\)/g, "$1")
    .replaceAll("'", '"')
    .replace(/\s+/g, "");

type Scope = Readonly<Record<string, unknown>>;

const evaluate = async (code: string, scope: Scope): Promise<unknown> => {
  const wrapped = `(async ({ ${Object.keys(scope).join(", ")} }) => { ${code} })`;
  return await (runInThisContext(wrapped) as (scope: Scope) => Promise<unknown>)(scope);
};

const isSame = async (actual: unknown, expected: string, scope: Scope): Promise<boolean> => {
  if (plain(inspect(actual, { depth: null, maxArrayLength: null, breakLength: Infinity })) === plain(expected))
    return true;
  try {
    assert.deepStrictEqual(actual, await evaluate(`return (${expected});`, scope));
    return true;
  } catch {
    return false;
  }
};

/** What is wrong with an example; undefined if it holds. */
const check = async (code: string, exported: Scope): Promise<string | undefined> => {
  let scope = exported;
  let before = "";
  let asserted = 0;
  for (const line of code.split("\n")) {
    const imported = /^import \{ (.+) \} from "(.+)";?$/.exec(line.trim());
    if (imported !== null) {
      const names = (imported[1] as string).split(",").map((name) => name.trim());
      const from = (await import(imported[2] as string)) as Scope;
      scope = { ...scope, ...Object.fromEntries(names.map((name) => [name, from[name]])) };
      continue;
    }
    const { statement, expression, expected } = stepOf(line);
    if (expression !== undefined && expected !== undefined) {
      asserted++;
      const [, error] = /^throws (\w+)/.exec(expected) ?? [];
      try {
        const actual = await evaluate(`${before}\nreturn (${expression});`, scope);
        if (error !== undefined || !(await isSame(actual, expected, scope)))
          return `${expression} gives ${inspect(actual)}, not ${expected}`;
      } catch (thrown) {
        if (error === undefined || (thrown as Error).name !== error) return `${expression} throws ${inspect(thrown)}`;
        continue;
      }
    }
    before += `${statement}\n`;
  }
  return asserted === 0 ? "has no line `expression // value`; put a flow to read into a ```ts fence" : undefined;
};

const syntaxErrors = (code: string): readonly string[] =>
  (
    ts.transpileModule(code, { reportDiagnostics: true, compilerOptions: { module: ts.ModuleKind.ESNext } })
      .diagnostics ?? []
  ).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));

const documented = codeFiles().filter((path) => /^packages\/(protocol|client)\/src\/.*(?<!\.test)\.ts$/.test(path));

describe("examples in docstrings", () => {
  for (const path of documented) {
    const examples = examplesIn(textOf(path));
    if (examples.length === 0) continue;
    test(`${path} (${examples.length})`, async () => {
      const exported = (await import(pathToFileURL(join(root, path)).href)) as Scope;
      const wrong: string[] = [];
      for (const { line, code, fenced } of examples) {
        const complaint = fenced ? syntaxErrors(code)[0] : await check(code, exported);
        if (complaint !== undefined) wrong.push(`${path}:${line}: ${complaint}`);
      }
      assert.deepEqual(wrong, []);
    });
  }

  test("a wrong example is found", async () => {
    const scope = {
      twice: (n: number) => 2 * n,
      bytes: Uint8Array.of(0, 44),
      fail: () => {
        throw new RangeError("no");
      },
    };
    const holds = [
      "twice(2) // 4",
      "const a = twice(2);\ntwice(a) // 8",
      "const a = twice(2) // 4\na + 1 // 5",
      "bytes // Uint8Array [0, 44]",
      '({ name: "a", list: [1, 2] }) // { name: "a", list: [1, 2] }',
      '"tcp://host" // "tcp://host"',
      "fail() // throws RangeError",
      'import { sep } from "node:path/posix";\nsep // "/"',
    ];
    for (const code of holds) assert.equal(await check(code, scope), undefined, code);
    const wrong = [
      "twice(2) // 5",
      "fail() // 1",
      "fail() // throws TypeError",
      "twice(1) // throws RangeError",
      "twice(2)",
      "bytes // [0, 44]",
      "missing() // 1",
    ];
    for (const code of wrong) assert.notEqual(await check(code, scope), undefined, code);
    assert.notDeepEqual(syntaxErrors("const a = ;"), []);
  });
});
