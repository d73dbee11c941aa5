/** `meterport completeness`: which points lack intervals, as the daemon sees it. */
import { csvLine } from "@meterport/gateway/exports/csv";
import type { CompletenessPage } from "@meterport/gateway/http/completeness/completeness";
import { UsageError } from "@meterport/protocol/errors";
import { toJson } from "../../format/json.ts";
import { alignedTable } from "../../format/table.ts";
import { type Exit, exit, type Io, say } from "../../io/io.ts";
import { askDaemon, daemonAddress } from "../../options/ask-daemon.ts";
import type { CompletenessOptions } from "./options.ts";

type Point = CompletenessPage["points"][number];

const fewPoints = 50;
const pageSize = 500;

const queryOf = ({ month, channel, below }: CompletenessOptions, limit: number): URLSearchParams => {
  const given = { period: month, channel, below };
  const query = new URLSearchParams({ sort: "worst", limit: String(limit) });
  for (const [name, value] of Object.entries(given)) if (value !== undefined) query.set(name, value);
  return query;
};

/** The worst points, or all. @throws LinkError, UsageError */
const pagesOf = async (options: CompletenessOptions, address: string, io: Io): Promise<CompletenessPage> => {
  const isAll = options.all === true;
  const query = queryOf(options, isAll ? pageSize : fewPoints);
  const ask = () => askDaemon<CompletenessPage>(io, address, `/api/v1/completeness?${query}`);
  const first = await ask();
  const points = [...first.points];
  let { next } = first;
  while (isAll && next !== null) {
    query.set("cursor", next);
    const page: CompletenessPage = await ask();
    points.push(...page.points);
    next = page.next;
  }
  return { ...first, points, next };
};

const lengthOf = (seconds: number): string => {
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 360) / 10} h` : `${Math.round(seconds / 8_640) / 10} d`;
};

const gapsOf = ({ completeness }: Point): string => {
  if (completeness === null) return "nothing stored";
  const { gap_count, longest_gap_s, missing, open, pending } = completeness;
  if (gap_count === 0) return pending === 0 ? "" : `${pending} pending`;
  const lost = missing === 0 ? "" : `, ${missing} lost`;
  return `${gap_count}, longest ${lengthOf(longest_gap_s)}; ${open} open${lost}`;
};

const sumsOf = ({ sums }: Point): string => {
  if (sums === null) return "";
  if (sums.verdict === "different") return `off by ${sums.difference}`;
  return sums.verdict === "equal" ? "equal" : (sums.reason ?? "unknown");
};

const minute = (time: string | null): string => time?.slice(0, 16).replace("T", " ") ?? "never";

const percentText = ({ percent }: Point): string => (percent === null ? "" : percent.toFixed(2));

const columns = ["point", "percent", "present", "expected", "from", "to", "newest", "gaps", "longest_gap_s"] as const;
const moreColumns = ["missing", "open", "sums", "sums_difference", "name", "pending"] as const;

const csvOf = (points: readonly Point[]): string =>
  [
    csvLine([...columns, ...moreColumns]),
    ...points.map(({ id, percent, completeness: report, from, to, newest, sums, name }) =>
      csvLine([
        ...[id, percent, report?.present ?? 0, report?.expected ?? null, from, to, newest],
        ...[report?.gap_count ?? null, report?.longest_gap_s ?? null, report?.missing ?? null, report?.open ?? null],
        ...[sums === null ? null : (sums.reason ?? sums.verdict), sums?.difference ?? null, name],
        report?.pending ?? null,
      ]),
    ),
  ].join("");

const summaryOf = (page: CompletenessPage, { month }: CompletenessOptions): string => {
  const { total, complete, incomplete, empty, channel } = page;
  return `${channel} in ${month ?? "this month"}: of ${total} points ${complete} are complete, ${incomplete} have gaps, ${empty} have nothing stored\n`;
};

/** Exit code 1 if points are below the limit of `--below`, so that scripts notice. @throws LinkError, UsageError */
export const completenessCommand = async (options: CompletenessOptions, io: Io): Promise<Exit> => {
  if (options.json === true && options.csv === true)
    throw new UsageError("format", "--json and --csv contradict each other; omit one");
  const page = await pagesOf(options, await daemonAddress(options, io), io);
  const { points } = page;
  if (options.json === true) io.stdout.data(`${toJson(page)}\n`);
  else if (options.csv === true) {
    io.stdout.data(csvOf(points));
    if (page.next !== null) say(io, `these are the worst ${points.length}; --all gives all`);
  } else {
    io.stdout.write(summaryOf(page, options));
    const rows = points.map((each) => [each.id, percentText(each), sumsOf(each), minute(each.newest), gapsOf(each)]);
    const head = ["point", "percent", "sums", "newest (UTC)", "gaps"];
    if (rows.length > 0)
      io.stdout.write(alignedTable([head, ...rows], { head: true, right: [1], width: io.stdout.columns }));
    if (page.next !== null) io.stdout.write(`the worst ${points.length}; --all shows all\n`);
  }
  return options.below !== undefined && points.length > 0 ? exit.failed : exit.done;
};
