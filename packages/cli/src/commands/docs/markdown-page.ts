/** The reference as Markdown. */
import { markdownRows } from "@meterport/protocol/layout/markdown";
import type { Reference, Section } from "./reference.ts";

const sectionText = ({ id, number, title, notes, parts }: Section): string =>
  [
    `### ${id} (${number}): ${title}`,
    notes.join(" "),
    ...parts.flatMap((part) => [...(part.title === "" ? [] : [`**${part.title}**`]), markdownRows(part.layout)]),
  ].join("\n\n");

export const markdownPage = ({ title, introduction, sections, named }: Reference): string => {
  const of = (kind: Section["kind"]): string[] => sections.filter((section) => section.kind === kind).map(sectionText);
  const list = named.map(({ id, number, title }) => `- ${id} (${number}): ${title}`).join("\n");
  return `${[
    `# ${title}`,
    ...introduction,
    "## Tables",
    ...of("table"),
    "## Procedures",
    ...of("procedure"),
    "## Named only",
    "The guides name these without a layout; Meterport reads such tables as bytes.",
    list,
  ].join("\n\n")}\n`;
};
