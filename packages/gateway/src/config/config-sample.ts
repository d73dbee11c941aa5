/** A configuration with every key, as comments: what `meterport config example` prints. */

import type { Setting } from "../settings/setting.ts";
import { settings } from "./config-schema.ts";

const width = 100;

/** Words in lines. */
const wrapped = (text: string, columns: number): readonly string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
};

const plain = (text: string): string => text.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1").replaceAll("`", "");

const head = [
  "## Every key of Meterport's configuration. A line takes effect when its first # is removed.",
  "## `meterport config check` tells what is wrong, and where; docs/configuration.md explains it.",
  "",
];

interface Branch {
  readonly name: string;
  readonly setting?: Setting | undefined;
  readonly parts: Branch[];
}

/** The keys as a tree, in order. */
const treeOf = (all: readonly Setting[]): readonly Branch[] => {
  const root: Branch[] = [];
  for (const one of all) {
    const names = one.path.split(".");
    let level = root;
    for (const [n, name] of names.entries()) {
      let branch = level.find((other) => other.name === name || other.name === `${name}[]`);
      if (branch === undefined) {
        branch = n === names.length - 1 ? { name, setting: one, parts: [] } : { name, parts: [] };
        level.push(branch);
      }
      level = branch.parts;
    }
  }
  return root;
};

const allAside = ({ setting, parts }: Branch): boolean =>
  parts.length > 0 ? parts.every(allAside) : setting?.aside === true;

const proseOf = ({ text, fallback, restart }: Setting): string =>
  plain(`${text}${fallback === undefined ? "" : ` Default: ${fallback}.`}${restart ? " Needs a restart." : ""}`);

/** Lines of a branch, each to be commented out; those aside are comments beforehand. */
const linesOf = (branch: Branch, indent: string, aside: boolean): readonly string[] => {
  const { name, setting, parts } = branch;
  const off = aside || allAside(branch);
  const mark = off ? "# " : "";
  const prose =
    setting === undefined ? [] : wrapped(proseOf(setting), width - indent.length).map((line) => `${indent}# ${line}`);
  if (parts.length === 0) return [...prose, `${indent}${mark}${name}: ${setting?.example ?? ""}`];
  const inner = parts.flatMap((part) => linesOf(part, `${indent}  `, off));
  return [...prose, `${indent}${mark}${name}:`, ...inner];
};

/** The list of meters, with one in it. */
const meterLines = (parts: readonly Branch[]): readonly string[] => {
  const [first, ...others] = parts;
  const [id = "", ...prose] = [...(first === undefined ? [] : linesOf(first, "    ", false))].reverse();
  return [...prose.reverse(), id.replace("    ", "  - "), ...others.flatMap((part) => linesOf(part, "    ", false))];
};

/** The sample, which configures nothing as it is. */
export const configSample = (): string => {
  const meters = settings.filter(({ path }) => path.startsWith("meters[]."));
  const others = settings.filter(({ path }) => !path.startsWith("meters"));
  const list = treeOf(meters.map((one) => ({ ...one, path: one.path.slice("meters[].".length) })));
  const blocks = [...treeOf(others).map((branch) => linesOf(branch, "", false)), ["meters:", ...meterLines(list)]];
  const lines = blocks.flatMap((block) => [...block.map((line) => `#${line}`), ""]);
  return [...head, ...lines].join("\n");
};
