/** The keys of the configuration as tables in Markdown, for `docs/configuration.md`. */

import { outputNames } from "../outputs/list.ts";
import type { Setting } from "../settings/setting.ts";
import { settings } from "./config-schema.ts";
import { variableOf } from "./environment.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|");
const code = (text: string): string => `\`${cell(text)}\``;

const titles: readonly (readonly [title: string, of: (path: string) => boolean])[] = [
  ["All meters", (path) => !path.includes(".")],
  ["`http`", (path) => path.startsWith("http.")],
  ["`history`", (path) => path.startsWith("history.")],
  ["`log`", (path) => path.startsWith("log.")],
  ...outputNames.map((name) => [`\`outputs.${name}\``, (path: string) => path.startsWith(`outputs.${name}.`)] as const),
  ["`fleet`", (path) => path.startsWith("fleet.")],
  ["Each meter", (path) => path.startsWith("meters[].") && !/\.(rates|prices|device)\./.test(path)],
  ["`rates` of a meter", (path) => path.startsWith("meters[].rates.")],
  ["`prices` of a meter", (path) => path.startsWith("meters[].prices.")],
  ["`device` of a meter", (path) => path.startsWith("meters[].device.")],
];

/** A default is a value as in the file, or words with values in them. */
const fallbackOf = ({ fallback, required }: Setting): string => {
  if (required) return "required";
  if (fallback === undefined) return "";
  return /^[\w.:[\]-]+$/.test(fallback) && !["none"].includes(fallback) ? code(fallback) : cell(fallback);
};

const rowOf = (one: Setting): string => {
  const { path, text, unit, example, restart } = one;
  const variable = variableOf(path);
  const cells = [
    code(path.replace(/^meters\[\]\.|^outputs\.\w+\./, "")),
    `${cell(text)}${unit === undefined ? "" : ` In ${unit}.`}`,
    fallbackOf(one),
    code(example),
    variable === undefined ? "" : code(variable),
    restart ? "restart" : "reload",
  ];
  return `| ${cells.join(" | ")} |`;
};

/** A table for each section. */
export const configTables = (): string =>
  titles
    .map(([title, isIn]) =>
      [
        `### ${title}`,
        "",
        "| Key | Sets | Default | Example | Variable | Takes effect |",
        "| --- | --- | --- | --- | --- | --- |",
        ...settings.filter(({ path }) => isIn(path)).map(rowOf),
        "",
      ].join("\n"),
    )
    .join("\n");
