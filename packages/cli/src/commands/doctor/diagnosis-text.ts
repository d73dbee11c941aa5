/** A diagnosis for a terminal. */
import type { Verdict } from "@meterport/doctor/diagnosis";
import type { Examined } from "@meterport/doctor/examined";
import { filled, findingText, wordsOf } from "@meterport/doctor/words/words";
import type { Paint, Style } from "../../format/paint.ts";
import { alignedTable, type Row, wrap } from "../../format/table.ts";

const marks: Readonly<Record<Verdict, readonly [string, Style]>> = {
  good: ["✓", "green"],
  warning: ["!", "yellow"],
  bad: ["✗", "red"],
  unknown: ["·", "dim"],
};

/** Longer lines are hard to read. */
const widest = 100;

const paragraph = (text: string, indent: string, width: number): string =>
  wrap(text, width - indent.length)
    .map((line) => `${indent}${line}\n`)
    .join("");

/** Ends with a line feed. */
export const diagnosisText = ({ diagnosis, kind, language }: Examined, paint: Paint, columns: number): string => {
  const words = wordsOf(language);
  const width = Math.min(columns, widest);
  const { sickness, usable, checks, broken, meter } = diagnosis;
  const rows = checks.map((check): Row => {
    const [mark, style] = marks[check.verdict];
    return [
      { text: mark, paint: (text) => paint(style, text) },
      words.checks[check.name],
      { text: findingText(words, check), paint: (text) => (check.verdict === "unknown" ? paint("dim", text) : text) },
    ];
  });
  const who = paint("dim", `${kind} · ${meter ?? words.unknownMeter}`);
  let out = `${paint("bold", words.title)}\n${who}\n\n${alignedTable(rows, { width })}`;
  if (broken.length > 0) {
    const lines = broken.map((lengths) => `  ${filled(words.brokenLine, { ...lengths })}\n`);
    out += `\n${words.brokenTitle}\n${lines.join("")}`;
  }
  if (sickness === null) return `${out}\n${paint(["bold", "green"], words.healthy)}\n`;
  const { name, cause, remedies } = words.sicknesses[sickness];
  out += `\n${paint(["bold", usable ? "yellow" : "red"], name)}\n${paragraph(cause, "", width)}`;
  out += `${paragraph(usable ? words.usable : words.unusable, "", width)}\n${paint("bold", words.remedy)}\n`;
  remedies.forEach((remedy, index) => {
    const [first = "", ...more] = wrap(remedy, width - 4);
    out += ` ${index + 1}. ${first}\n${more.map((line) => `    ${line}\n`).join("")}`;
  });
  return out;
};
