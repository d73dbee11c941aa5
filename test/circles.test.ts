/** No import cycles between files, packages or rooms, not even of types or dynamic imports. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  circlesOf,
  foldersOf,
  graphOf,
  grouped,
  importedFile,
  packageFolderOf,
  productGraph,
} from "./support/import-graph.ts";
import { mermaidOf } from "./support/import-picture.ts";
import { codeFiles, type Import, importsIn, textOf } from "./support/sources.ts";

const imports = new Map(codeFiles().map((path) => [path, importsIn(path, textOf(path))]));
const graph = graphOf(imports);

const product = productGraph(graph);

const shown = (circles: readonly (readonly string[])[]): string[] =>
  circles.map((circle) => [...circle, circle[0]].join(" → "));

const graphFrom = (arrows: Readonly<Record<string, readonly string[]>>) =>
  new Map(Object.entries(arrows).map(([from, to]) => [from, new Set(to)]));

describe("import circles", () => {
  test("there are none between files, types included", () => {
    assert.ok(graph.size > 500, "the files were found");
    assert.deepEqual(shown(circlesOf(graph)), []);
  });

  for (const name of new Set([...product.keys()].map(packageFolderOf)))
    test(`there are none between the folders of ${name}`, () => {
      assert.deepEqual(shown(circlesOf(foldersOf(product, name))), []);
    });

  test("there are none between packages", () => {
    assert.deepEqual(shown(circlesOf(grouped(product, packageFolderOf))), []);
  });

  test("the picture in ARCHITECTURE.md matches the packages", () => {
    const picture = mermaidOf(grouped(product, packageFolderOf), "packages/");
    assert.ok(
      textOf("ARCHITECTURE.md").includes(`\`\`\`mermaid\n${picture}\`\`\``),
      `put the output of npm run imports there:\n${picture}`,
    );
  });

  test("every import of our own code is followed", () => {
    const files = new Set(imports.keys());
    const lost = [...imports].flatMap(([path, list]) =>
      list
        .filter(({ specifier }) => /^(\.|@meterport\/)/.test(specifier) && /(\.ts|\/[\w-]+)$/.test(specifier))
        .filter(({ specifier }) => importedFile(path, specifier, files) === undefined)
        .map(({ specifier, line }) => `${path}:${line} ${specifier}`),
    );
    assert.deepEqual(lost, []);
  });

  test("a cycle of any kind of import is found", () => {
    const importing = (specifier: string, typeOnly = false): Import => ({ specifier, line: 1, typeOnly });
    const made = graphOf(
      new Map([
        ["packages/client/src/a.ts", [importing("./b.ts", true), importing("@meterport/protocol/x")]],
        ["packages/client/src/b.ts", [importing("../../../test/c.ts")]],
        ["test/c.ts", [importing("@meterport/client/a"), importing("@meterport/protocol"), importing("node:fs")]],
        ["packages/protocol/src/x.ts", []],
        ["packages/protocol/src/index.ts", [importing("./x.ts")]],
      ]),
    );
    assert.deepEqual(circlesOf(made), [["packages/client/src/a.ts", "packages/client/src/b.ts", "test/c.ts"]]);
    assert.deepEqual(circlesOf(graphFrom({ a: ["a"] })), [["a"]]);
    assert.deepEqual(circlesOf(graphFrom({ c: ["b"], b: ["c", "a"], a: ["b"] })), [
      ["a", "b"],
      ["b", "c"],
    ]);
  });

  test("folders can form a cycle although no files do", () => {
    const files = graphFrom({ "x/1": ["y/1"], "y/2": ["x/2"], "y/1": [], "x/2": [] });
    assert.deepEqual(circlesOf(files), []);
    assert.deepEqual(circlesOf(grouped(files, (path) => path.slice(0, 1))), [["x", "y"]]);
  });
});
