/** The figures of a model as text for people. */
import type { Millis } from "@meterport/protocol/ports";
import type { FleetModel } from "./fleet-model.ts";
import type { ModelLook, Tally } from "./model-tally.ts";
import { day, hour, second } from "./model-times.ts";
import { table, threeDigits } from "./sizing.ts";

const part: Millis = 6 * hour;

const clockText = (at: Millis): string =>
  `day ${Math.floor(at / day) + 1}, ${String(Math.floor((at % day) / hour)).padStart(2, "0")}:00`;

const mostOf = (values: Float64Array, from: number, to: number): number => Math.max(0, ...values.subarray(from, to));
const sumOf = (values: Float64Array, from: number, to: number): number =>
  values.subarray(from, to).reduce((sum, value) => sum + value, 0);

/** Lines, queues, outboxes and merges in each quarter of a day. */
const courseTable = (tally: Tally, days: number): string => {
  const rows = Array.from({ length: (days * day) / part }, (_, n) => {
    const [from, to] = [(n * part) / hour, ((n + 1) * part) / hour];
    const merges = tally.merges(n * part, (n + 1) * part);
    return [
      clockText(n * part),
      (sumOf(tally.reads, from, to) * second) / part,
      sumOf(tally.lineTime, from, to) / part,
      mostOf(tally.mostLines, from, to),
      mostOf(tally.mostWaiting, from, to),
      mostOf(tally.mostOutbox, from, to),
      merges.mean,
      merges.most,
    ].map((value) => (typeof value === "number" ? threeDigits(value) : value));
  });
  const head = [
    "from (UTC)",
    "visits/s",
    "lines busy, mean",
    "most",
    "most waiting",
    "most in outboxes",
    "merges/s, mean",
    "most",
  ];
  return table(head, rows);
};

const percent = (share: number | null): string => (share === null ? "–" : `${(100 * share).toFixed(4)} %`);

const lookText = ({ at, due, yesterday, wholeMeters, missing, unreachable }: ModelLook): string =>
  `${clockText(at)} UTC: ${percent(due)} of what is due, ${percent(yesterday)} of yesterday, ${percent(wholeMeters)} of ` +
  `the meters have all of yesterday; ${threeDigits(missing)} slots are missing, ${threeDigits(unreachable)} of them behind bridges that are dead`;

/** What can be said of a model that has run, a line each. */
export const reportLines = ({ tally, gaps, settings, events, slotsLost }: FleetModel): readonly string[] => [
  `${threeDigits(settings.meters)} meters, ${settings.days} days, ${settings.readsPerDay} reads a day, ${settings.workers} workers with ` +
    `${settings.lines} lines each, ${settings.shards} shards, seed ${settings.seed}: ${threeDigits(events)} events`,
  "",
  courseTable(tally, settings.days),
  "",
  "At ten o'clock local time:",
  // The last look is that at the end.
  ...tally.looks.slice(0, -1).map(lookText),
  ...tally.looks
    .slice(-1)
    .map(
      (look) =>
        `At the end, ${percent(look.due)} of what is due; ${threeDigits(look.missing)} slots are missing, ${threeDigits(look.unreachable)} of them behind bridges that are dead`,
    ),
  "",
  ...tally.campaigns.map((report, night) => `Campaign of night ${night + 1}: ${JSON.stringify(report)}`),
  `Campaign reads: ${threeDigits(tally.campaignReads)}, ${threeDigits(tally.bundled)} of them with a visit that was made anyway`,
  `Failed visits: ${threeDigits(tally.failedReads)}; longest wait for a line ${threeDigits(tally.longestWait / second)} s`,
  `Slots booked: ${threeDigits(tally.booked)}, again ${threeDigits(tally.bookedAgain)}; forgotten by the database ${threeDigits(tally.forgotten)}, ` +
    `lost with an outbox ${threeDigits(slotsLost)}, read for a gap in ${threeDigits(tally.gapReads)} visits, gone ${threeDigits(gaps.gone)}`,
  `Shards moved: ${tally.moved}; slowest takeover ${threeDigits(tally.slowestTakeover / second)} s`,
  `Broken promises: ${JSON.stringify(tally.broken)}`,
];
