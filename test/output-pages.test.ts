/** The documentation of the outputs: none is forgotten. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { demoFaces } from "@meterport/gateway/outputs/demo-faces";
import { outputKinds, outputNames } from "@meterport/gateway/outputs/list";
import { projectFiles, textOf } from "./support/sources.ts";

const files = new Set(projectFiles());
const folderOf = (name: string): string => `packages/gateway/src/outputs/${name.replaceAll("_", "-")}`;

/** Rows of the table that begins the page. */
const rows = textOf("docs/outputs.md")
  .split("\n")
  .filter((line) => line.startsWith("| ["));

describe("the pages of the outputs", () => {
  test("docs/outputs.md lists each output once, with a link to its README", () => {
    for (const name of outputNames) {
      const entry = `[\`${name}\`](../${folderOf(name)}/README.md)`;
      assert.equal(rows.filter((row) => row.includes(entry)).length, 1, name);
    }
    const listed = rows.flatMap((row) => [...row.matchAll(/\[`(\w+)`\]\(/g)].map(([, name = ""]) => name));
    assert.deepEqual([...listed].sort(), [...outputNames].sort());
  });

  test("each output has a README, which names it and shows how to set it up", () => {
    for (const name of outputNames) {
      const path = `${folderOf(name)}/README.md`;
      assert.ok(files.has(path), path);
      const text = textOf(path);
      assert.ok(text.startsWith(`# The output \`${name}\`\n`), path);
      assert.match(text, /\]\((?:\.\.\/)+docs\/|^outputs:$/m, path);
    }
  });

  test("--demo all has each output that listens", () => {
    const shown: readonly string[] = demoFaces("127.0.0.1").map(({ output }) => output);
    // A face has a network that may read it, or an interface to which it sends.
    const listens = outputNames.filter((name) =>
      /^(allow|interface)$/m.test(Object.keys(outputKinds[name].schema.shape).join("\n")),
    );
    assert.deepEqual([...shown].sort(), [...listens].sort());
  });
});
