/** docs/vee.md: written from the declarations of rules, ways to estimate and codes, so that it cannot say anything else than they do. */
import { registerReach } from "./brackets.ts";
import { type CodeFacts, codes, valueCodes } from "./codes.ts";
import { likeDaysReach } from "./like-days.ts";
import type { Setting, Settings } from "./rules/rule.ts";
import { methods, rules } from "./rules/rules.ts";
import { dayMillis } from "./vee-input.ts";

const row = (cells: readonly (string | number)[]): string =>
  `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

const fallback = (setting: Setting): string =>
  "unit" in setting ? `${setting.default} ${setting.unit}` : String(setting.default);

const settingRows = (entries: readonly { readonly name: string; readonly settings: Settings }[]) =>
  entries.flatMap(({ name, settings }) =>
    Object.entries(settings).map(([key, setting]) => [`\`${name}.${key}\``, setting.text, fallback(setting)]),
  );

const codeRows = () =>
  valueCodes.map((code) => {
    const { meaning, ieee2030, cim, ebix, eda, mscons }: CodeFacts = codes[code];
    return [`\`${code}\``, meaning, ...[ieee2030, cim, ebix, eda, mscons].map((word) => word ?? "")];
  });

const days = (millis: number): string =>
  millis === 0 ? "" : millis === dayMillis ? "a day" : `${millis / dayMillis} days`;

/**
 * The page in Markdown.
 *
 * @example
 * veePage().split("\n")[0] // "# How values are checked and estimated"
 */
export const veePage = (): string => `# How values are checked and estimated

Utilities call this VEE: validation, estimation, editing. It makes the values that bills and exports use out of what meters recorded.
**What a meter recorded is never changed.** Each day of a metering point has versions. A version has a value, a code and the number of a rule for
each slot, and says who made it, when, and why. A new version is made only if something differs from the one before.

This page is written from the rules themselves by \`npm run config:accept\`. The thresholds are ours, and settings; we claim no conformity to the
code of a country.

## Verdicts

${table(
  ["Verdict", "Follows"],
  [
    ["`notice`", "the value stands, and somebody may want to know"],
    ["`suspect`", "the value is used, with the code `suspect`, until a person accepts or replaces it"],
    ["`estimate`", "there is no value: one is estimated"],
    ["`refuse`", "the value is not used: one is estimated in its place"],
    ["`stop`", "nothing is estimated across this, and what was measured in it is suspect"],
  ],
)}

The strongest verdict about a slot counts; the list begins with the weakest.

## Rules

Days are UTC days, so each has 24 hours. Like days are found by the local calendar. A rule looks at the day and at days before it; the last
column says how far after its end it looks. What a rule for one slot refuses, no other rule sees. A count is what the meter counts at once,
1, 10 or 100 Wh: the most of these by which all values of the last weeks can be divided.

${table(
  ["Number", "Rule", "Sentence", "Verdict", "Looks ahead"],
  rules.map(({ number, name, sentence, verdicts, looksAhead }) => [
    number,
    `\`${name}\``,
    sentence,
    verdicts.join(", "),
    days(looksAhead),
  ]),
)}

## Estimation

The ways are tried in this order, for each slot that has no value or a refused one. Nothing is estimated across an exchange: energy before it is
that of the old meter, energy after it that of the new one.

${table(
  ["Number", "Way", "Sentence", "Code"],
  methods.map(({ number, name, sentence, code }) => [number, `\`${name}\``, sentence, `\`${code}\``]),
)}

Registers are looked for up to ${registerReach / dayMillis} days from the day, like days up to ${likeDaysReach} days before it. At an hour that clocks repeat, both passes
get the value of that hour on the like days; a like day that lacks the hour does not count for it.

Days that share registers share what these leave for them. So when one of them changes, the others are checked again, unless all of them are as the
meter recorded them. A register of the end of a day that came after the day was checked is looked at when the next day is due.

## Editing

A person with a name and a reason can set values, accept what the meter recorded, have it estimated, or withdraw what was decided before. Of two
decisions about a slot the later one holds. Values are whole numbers and never below 0. The reason is one line of at most 500 characters. A
decision stays when a meter with shorter or longer slots comes: its values are added up, or shared out evenly.

## Codes

${table(["Code", "Means", "IEEE 2030.5", "CIM", "ebIX", "EDA", "MSCONS"], codeRows())}

A missing value is null in every format. Where a cell is empty, the format has no word for it.

## Settings

They are set under \`fleet.checks.rules\` of the [configuration](configuration.md#fleet) of a process with the role \`jobs\`:
\`rules: { spike: { ratio: 4 }, frozen: { on: false } }\`. Each rule and each way also has \`on\`, which is \`true\` by default.

${table(["Setting", "Means", "Default"], settingRows([...rules, ...methods]))}
`;
