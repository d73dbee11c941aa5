/** A statement as CSV, as text for a letter or a mail, and as a page to print. */
import { csvLine } from "@meterport/gateway/exports/csv";
import { decimalText } from "../model/decimal.ts";
import { escapedXml } from "../model/xml.ts";
import type { Statement, StatementChannel, StatementMonth } from "./statement.ts";
import { type StatementLanguage, type StatementWords, statementWords } from "./statement-words.ts";

const bigUnit = { Wh: "kWh", varh: "kvarh" } as const;

export interface PrintOptions {
  /** English if omitted. Names of CSV's columns are for programs, and the same in all. */
  readonly language?: StatementLanguage | undefined;
  /** Of CSV; a point if omitted. Texts and pages have that of their language. */
  readonly decimal?: "." | "," | undefined;
}

const wordsOf = ({ language = "en" }: PrintOptions): StatementWords => statementWords[language];

type Mark = "." | ",";
const marked = (text: string, mark: Mark): string => text.replace(".", mark);

const amountOf = ({ amount }: StatementMonth, mark: Mark): string | null =>
  amount === null ? null : marked(decimalText(amount, 3), mark);

/** One line for each month of each channel; unknown is empty. */
export const statementCsv = ({ tenant, zone, channels }: Statement, { decimal = "." }: PrintOptions = {}): string => {
  const change = (text: string | null): string | null => (text === null ? null : marked(text, decimal));
  const head = [
    ...["tenant", "point", "obis", "month", "zone", "value", "unit", "intervals", "missing"],
    ...["recovered_percent", "estimated_percent", "since_month_before_percent", "since_year_before_percent"],
  ];
  const lines = channels.flatMap(({ point, obis, unit, months }) =>
    months.map((month) =>
      csvLine(
        [
          ...[
            tenant,
            point,
            obis,
            month.month,
            zone,
            amountOf(month, decimal),
            bigUnit[unit],
            month.intervals,
            month.missing,
          ],
          ...[month.recoveredPercent, month.estimatedPercent, month.sinceMonthBefore, month.sinceYearBefore].map(
            change,
          ),
        ],
        ";",
      ),
    ),
  );
  return [csvLine(head, ";"), ...lines].join("");
};

const unknown = "–";
const percent = (text: string | null, { decimal }: StatementWords): string =>
  text === null ? unknown : `${marked(text, decimal)} %`;

/** Groups 2 and 4 of OBIS codes. */
const isExport = /^(?:\d{1,3}-\d{1,3}:)?[24]\./;

const columnsOf = ({ obis }: StatementChannel, { month, used, fedIn, columns }: StatementWords): readonly string[] => [
  ...[month, isExport.test(obis) ? fedIn : used],
  ...columns,
];

const cellsOf = (month: StatementMonth, unit: string, words: StatementWords): readonly string[] => {
  const amount = amountOf(month, words.decimal);
  return [
    month.month,
    amount === null ? unknown : `${amount} ${unit}`,
    percent(month.sinceMonthBefore, words),
    percent(month.sinceYearBefore, words),
    percent(month.recoveredPercent, words),
    percent(month.estimatedPercent, words),
    month.missing === 0 ? "0" : words.share(String(month.missing), String(month.intervals)),
  ];
};

const titleOf = ({ point, obis }: StatementChannel): string => `${point}, ${obis}`;

/** What is said of the month itself, above the table. */
const sentenceOf = ({ unit, months }: StatementChannel, words: StatementWords): string => {
  const month = months.at(-1);
  const amount = month === undefined ? null : amountOf(month, words.decimal);
  if (month === undefined || amount === null) return words.nothing;
  const parts = [words.sum(`${amount} ${bigUnit[unit]}`, month.month)];
  if (month.missing > 0) parts.push(words.missing(String(month.missing), String(month.intervals)));
  if (month.recoveredPercent !== "0.0") parts.push(words.recovered(percent(month.recoveredPercent, words)));
  if (month.estimatedPercent !== "0.0") parts.push(words.estimated(percent(month.estimatedPercent, words)));
  return parts.join(" ");
};

const aligned = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, n) => Math.max(...rows.map((row) => [...(row[n] ?? "")].length)));
  const lineOf = (row: readonly string[]): string =>
    row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join("  ");
  return rows.map((row) => `${lineOf(row).trimEnd()}\n`).join("");
};

/** Plain text with aligned columns. */
export const statementText = ({ tenant, month, zone, channels }: Statement, options: PrintOptions = {}): string => {
  const words = wordsOf(options);
  const parts = channels.map((channel) => {
    const rows = channel.months.map((found) => cellsOf(found, bigUnit[channel.unit], words));
    const table = aligned([columnsOf(channel, words), ...rows]);
    return `\n${titleOf(channel)}\n${sentenceOf(channel, words)}\n\n${table}`;
  });
  return `${words.title(tenant, month)}\n${words.clock(zone)}\n${parts.join("")}`;
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
export const statementHtml = ({ tenant, month, zone, channels }: Statement, options: PrintOptions = {}): string => {
  const words = wordsOf(options);
  const title = escapedXml(words.title(tenant, month));
  const sections = channels.map((channel) => {
    const rows = channel.months.map((found) => rowOf("td", cellsOf(found, bigUnit[channel.unit], words))).join("");
    return `<section>\n<h2>${escapedXml(titleOf(channel))}</h2>\n<p>${escapedXml(sentenceOf(channel, words))}</p>\n<table>\n<thead>\n${rowOf("th", columnsOf(channel, words))}</thead>\n<tbody>\n${rows}</tbody>\n</table>\n</section>\n`;
  });
  return [
    `<!doctype html>\n<html lang="${words.tag}">\n<head>\n<meta charset="utf-8">\n`,
    `<title>${title}</title>\n<style>${style}</style>\n</head>\n<body>\n<h1>${title}</h1>\n`,
    `<p>${escapedXml(words.clock(zone))}</p>\n`,
    ...sections,
    "</body>\n</html>\n",
  ].join("");
};
