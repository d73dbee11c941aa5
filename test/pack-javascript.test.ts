/** The published JavaScript is the same program as the sources, line for line. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { transformSync } from "esbuild";
import { javaScriptOf, lineMapOf } from "./support/project-scripts.ts";
import { codeFiles, textOf } from "./support/sources.ts";

const sources = codeFiles().filter((path) =>
  /^packages\/(?!dashboard\/)[^/]+\/src\/.*(?<!\.test|\.vectors)\.ts$/.test(path),
);

/** A program reduced to what the machine executes, by another compiler than the one under test. */
const essence = (code: string): string => {
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true, target: "es2023" } };
  const { code: plain } = transformSync(code, { loader: "ts", format: "esm", minifyWhitespace: true, tsconfigRaw });
  return plain.replaceAll(/(["']\.{1,2}\/[^"']+)\.ts(?=["'])/g, "$1.js");
};

test("every source becomes the same program without types and comments, and each token keeps its line", () => {
  assert.ok(sources.length > 500);
  for (const path of sources) {
    const source = textOf(path);
    const code = javaScriptOf(source);
    assert.equal(essence(code), essence(source), path);
    const exported = /^export (?:const|class|function\*?|async function\*?)\b.*?(\w+)/;
    const lines = source.split("\n");
    code.split("\n").forEach((line, n) => {
      const [, name = ""] = exported.exec(line) ?? [];
      assert.ok(lines[n]?.includes(name), `${path}:${n + 1} does not name ${name}`);
    });
  }
});

test("templates, regular expressions and comments inside them stay unchanged", () => {
  const hole = "${";
  const source = [
    "#!/usr/bin/env node",
    "/** Documentation. */",
    "export const a: string = `one // no comment",
    `    /* nor this */ ${hole} /* but this */ b as string } \\${hole}c}   \`; // gone`,
    'const b = /\\/\\*[/*]\\s{2}"/u, d = a! .length',
    "  /* gone */ ? 1 : 2;",
    "class E<T> { readonly f = new Map<string, number>(); private g?(h: number, i?: T): void; }",
    "",
  ].join("\n");
  assert.deepEqual(javaScriptOf(source).split("\n"), [
    "#!/usr/bin/env node",
    "",
    "export const a=`one // no comment",
    `    /* nor this */ ${hole}b} \\${hole}c}   \`;`,
    'const b=/\\/\\*[/*]\\s{2}"/u,d=a.length',
    "?1:2;",
    "class E{f=new Map();}",
    "",
  ]);
});

test("tokens that would become another one keep a space", () => {
  const source =
    'a + +b;\na - -b;\na / /c/;\nconst { d } = e;\nif ("f" in g) for (const h of [1]) continue;\n1 .toFixed();\nk ++ + l;\n';
  const code = 'a+ +b;\na- -b;\na/ /c/;\nconst{d}=e;\nif("f"in g)for(const h of[1])continue;\n1 .toFixed();\nk++ +l;\n';
  assert.equal(javaScriptOf(source), code);
});

test("imports name JavaScript, and nothing else that ends in .ts does", () => {
  const source =
    'import { a } from "./a.ts";\nexport * from "../b.ts";\nawait import("./c.ts");\nconst d = "./d.ts";\n';
  const code = 'import{a}from"./a.js";\nexport*from"../b.js";\nawait import("./c.js");\nconst d="./d.ts";\n';
  assert.equal(javaScriptOf(source), code);
});

test("the map points each line at the same line of the source", () => {
  const { sources, mappings } = JSON.parse(lineMapOf("a;\n\nb;\n", "x.ts")) as { sources: string[]; mappings: string };
  assert.deepEqual([sources, mappings], [["x.ts"], "AAAA;AACA;AACA"]);
});
