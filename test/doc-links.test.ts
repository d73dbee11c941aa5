/** Links between the pages of the documentation lead somewhere, and the index of docs/ lists every page. */
import assert from "node:assert/strict";
import { posix } from "node:path";
import { describe, test } from "node:test";
import { projectFiles, textOf } from "./support/sources.ts";

const files = new Set(projectFiles());
const pages = [...files].filter((path) => path.endsWith(".md"));

const withoutFences = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, "");

/** "## 8. The command line" is "#8-the-command-line", as on GitHub. */
const anchorsIn = (text: string): ReadonlySet<string> =>
  new Set(
    [...withoutFences(text).matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );

const linksIn = (text: string): readonly string[] =>
  [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** The links of a page that lead nowhere. */
const brokenIn = (path: string, text: string): readonly string[] =>
  linksIn(text).filter((target) => {
    const [file = "", anchor] = target.split("#");
    const to = file === "" ? path : posix.join(posix.dirname(path), file);
    const exists = to === path || files.has(to) || [...files].some((each) => each.startsWith(`${to}/`));
    if (!exists) return true;
    return anchor !== undefined && !anchorsIn(to === path ? text : textOf(to)).has(anchor);
  });

describe("links of the documentation", () => {
  test("lead to files and headings that exist", () => {
    const broken = pages.flatMap((path) => brokenIn(path, textOf(path)).map((target) => `${path}: ${target}`));
    assert.deepEqual(broken, []);
  });

  test("broken ones are found", () => {
    const text =
      "# One thing\n[a](#one-thing) [b](#other) [c](links.md) [d](gone.md) [e](links.md#gone) [f](https://x.y)";
    assert.deepEqual(brokenIn("docs/page.md", text), ["#other", "gone.md", "links.md#gone"]);
  });

  test("the index of docs/ lists every page", () => {
    const listed = linksIn(textOf("docs/README.md"));
    const missing = pages.filter(
      (path) => /^docs\/[^/]+\.md$/.test(path) && path !== "docs/README.md" && !listed.includes(path.slice(5)),
    );
    assert.deepEqual(missing, []);
  });
});
