/** A statement as CSV, as text for a letter or a mail, and as a page to print. */
import { csvLine } from "@meterport/gateway/exports/csv";
import { decimalText } from "../model/decimal.ts";
import { escapedXml } from "../model/xml.ts";
import type { Statement, StatementChannel, StatementMonth } from "./statement.ts";

const bigUnit = { Wh: "kWh", varh: "kvarh" } as const;

const amountOf = ({ amount }: StatementMonth): string | null => (amount === null ? null : decimalText(amount, 3));

/** One line for each month of each channel; unknown is empty. */
export const statementCsv = ({ tenant, zone, channels }: Statement): string => {
  const head = [
    ...["tenant", "point", "obis", "month", "zone", "value", "unit", "intervals", "missing"],
    ...["recovered_percent", "estimated_percent", "since_month_before_percent", "since_year_before_percent"],
  ];
  const lines = channels.flatMap(({ point, obis, unit, months }) =>
    months.map((month) =>
      csvLine(
        [
          ...[tenant, point, obis, month.month, zone, amountOf(month), bigUnit[unit], month.intervals, month.missing],
          ...[month.recoveredPercent, month.estimatedPercent, month.sinceMonthBefore, month.sinceYearBefore],
        ],
        ";",
      ),
    ),
  );
  return [csvLine(head, ";"), ...lines].join("");
};

const unknown = "–";
const percent = (text: string | null): string => (text === null ? unknown : `${text} %`);

const columns = [
  "Month",
  "Used",
  "Since the month before",
  "Since the year before",
  "Recovered",
  "Estimated",
  "Missing",
];

const cellsOf = (month: StatementMonth, unit: string): readonly string[] => {
  const amount = amountOf(month);
  return [
    month.month,
    amount === null ? unknown : `${amount} ${unit}`,
    percent(month.sinceMonthBefore),
    percent(month.sinceYearBefore),
    percent(month.recoveredPercent),
    percent(month.estimatedPercent),
    month.missing === 0 ? "0" : `${month.missing} of ${month.intervals}`,
  ];
};

const titleOf = ({ point, obis }: StatementChannel): string => `${point}, ${obis}`;

/** What is said of the month itself, above the table. */
const sentenceOf = ({ unit, months }: StatementChannel): string => {
  const month = months.at(-1);
  const amount = month === undefined ? null : amountOf(month);
  if (month === undefined || amount === null) return "Nothing is known of this month.";
  const parts = [`${amount} ${bigUnit[unit]} in ${month.month}.`];
  if (month.missing > 0)
    parts.push(
      `${month.missing} of ${month.intervals} intervals are missing, so the sum is too low by an unknown amount.`,
    );
  if (month.recoveredPercent !== "0.0")
    parts.push(`${month.recoveredPercent} % was read later from the meter's memory.`);
  if (month.estimatedPercent !== "0.0") parts.push(`${month.estimatedPercent} % is estimated.`);
  return parts.join(" ");
};

const aligned = (rows: readonly (readonly string[])[]): string => {
  const widths = columns.map((_, n) => Math.max(...rows.map((row) => [...(row[n] ?? "")].length)));
  const lineOf = (row: readonly string[]): string =>
    row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join("  ");
  return rows.map((row) => `${lineOf(row).trimEnd()}\n`).join("");
};

/** Plain text with aligned columns. */
export const statementText = ({ tenant, month, zone, channels }: Statement): string => {
  const parts = channels.map(
    (channel) =>
      `\n${titleOf(channel)}\n${sentenceOf(channel)}\n\n${aligned([columns, ...channel.months.map((found) => cellsOf(found, bigUnit[channel.unit]))])}`,
  );
  return `Consumption of ${tenant} in ${month}\nMonths by the clock of ${zone}.\n${parts.join("")}`;
};

const style = [
  "body{font:11pt/1.4 sans-serif;margin:2cm auto;max-width:19cm}",
  "table{border-collapse:collapse;width:100%}",
  "th,td{padding:.2em .5em;border-bottom:1px solid #bbb;text-align:right}",
  "th:first-child,td:first-child{text-align:left}",
  "tr:last-child{font-weight:bold}",
  "section{break-inside:avoid}",
  "@media print{body{margin:0}}",
].join("");

const rowOf = (cell: "th" | "td", cells: readonly string[]): string =>
  `<tr>${cells.map((text) => `<${cell}>${escapedXml(text)}</${cell}>`).join("")}</tr>\n`;

/** A page without anything from elsewhere, so that it prints the same for ever. */
export const statementHtml = ({ tenant, month, zone, channels }: Statement): string => {
  const title = escapedXml(`Consumption of ${tenant} in ${month}`);
  const sections = channels.map((channel) => {
    const rows = channel.months.map((found) => rowOf("td", cellsOf(found, bigUnit[channel.unit]))).join("");
    return `<section>\n<h2>${escapedXml(titleOf(channel))}</h2>\n<p>${escapedXml(sentenceOf(channel))}</p>\n<table>\n<thead>\n${rowOf("th", columns)}</thead>\n<tbody>\n${rows}</tbody>\n</table>\n</section>\n`;
  });
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
    `<title>${title}</title>\n<style>${style}</style>\n</head>\n<body>\n<h1>${title}</h1>\n`,
    `<p>Months by the clock of ${escapedXml(zone)}.</p>\n`,
    ...sections,
    "</body>\n</html>\n",
  ].join("");
};
