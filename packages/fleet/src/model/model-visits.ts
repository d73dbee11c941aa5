/** What a visit of a model reads, by the arithmetic of the engine's back-fill, and how long it takes. */
import { retryTime } from "@meterport/client/supervision/retry-times";
import { openSpans, recentFirst, type Span, takeFirst } from "@meterport/engine/backfill/profile-gaps";
import { lineTime, type SetName, usualCosts } from "@meterport/engine/plan/sets";
import type { Millis } from "@meterport/protocol/ports";
import { joinSpans } from "../campaigns/gap-spans.ts";
import { day, second, slotsPerDay, slotTime } from "./model-times.ts";
import type { Seeded } from "./seeded.ts";

const grid = { anchor: 0, duration: slotTime };
/** As the job of back-fill has them: a block of a day is 2.5 s of a line at 9600 baud, and a run reads eight. */
const blocksPerRun = 8;
const perBlock = slotsPerDay;
const blockTime: Millis = 2_500;
const near = 4;

/** No channel has anything settled beyond the cursor. */
const nothingSettled: readonly (readonly never[])[] = [[]];

const inSlots = (time: Millis): number => Math.round(time / slotTime);

/** The slots `from` to below `to`, and whether the meter has more that is open. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly more: boolean;
}

/**
 * The first piece of what is open at a meter: what lies after the cursor, and gaps before it.
 *
 * @param newest slots that have ended
 * @returns undefined if nothing is open
 */
export const pieceOf = (cursor: number, newest: number, gaps: readonly Span[] | undefined): Piece | undefined => {
  const span = { after: cursor * slotTime, until: newest * slotTime };
  const ahead = cursor < newest ? openSpans(grid, span, nothingSettled, near) : [];
  const spans = gaps === undefined ? ahead : recentFirst(joinSpans([...gaps, ...ahead], 0), span.until - 2 * day);
  const { piece, rest } = takeFirst(spans, grid, blocksPerRun * perBlock);
  return piece && { from: inSlots(piece.after), to: inSlots(piece.until), more: rest.length > 0 };
};

/** What is left of gaps when a piece was read. */
export const gapsWithout = (gaps: readonly Span[], { from, to }: Pick<Piece, "from" | "to">): readonly Span[] => {
  const [after, until] = [from * slotTime, to * slotTime];
  return gaps.flatMap((gap) =>
    [
      { after: gap.after, until: Math.min(gap.until, after) },
      { after: Math.max(gap.after, until), until: gap.until },
    ].filter((left) => left.until > left.after),
  );
};

const baud = 9_600;
/** From opening a link to the first answer for its user: connection, identification, dimensions. */
const opening: Millis = 2 * second;

/** What a visit of the rhythm reads beside the blocks of the load profile. */
export const visitSets: readonly SetName[] = ["profile", "registers", "events", "clock"];

const setTime = (sets: readonly SetName[]): Millis =>
  sets.reduce((sum, set) => sum + lineTime(usualCosts[set], baud), 0);
const regular = setTime(visitSets);
const registers = setTime(["registers"]);

/** Without delays of any kind. */
const bestTime = (slots: number, campaign: boolean): Millis =>
  opening + (slots === 0 ? 0 : regular + (blockTime * slots) / perBlock) + (campaign ? registers : 0);

/** Lines are at their best at four fifths of the usual time, and have a tail. */
const least = 0.8;
const tail = 0.3;

/**
 * How long a visit keeps a line busy, milliseconds.
 *
 * @param slots of the load profile; 0 if only the campaign wants something
 */
export const visitTime = (slots: number, campaign: boolean, chance: Seeded): Millis =>
  Math.ceil(bestTime(slots, campaign) * (least - tail * Math.log(1 - chance.next())));

/**
 * The mean of `visitTime`.
 *
 * @example
 * Math.round(meanVisitTime(16, false) / 100) // 44
 */
export const meanVisitTime = (slots: number, campaign: boolean): Millis => bestTime(slots, campaign) * (least + tail);

const looks = 3;
const lookTime: Millis = 2 * second;

/** How long a visit at a dead bridge takes: a few looks, with the rests of the link's supervision between them. */
export const vainTime = (chance: Seeded): Millis => {
  let time = 0;
  for (let failures = 1; failures <= looks; failures++)
    time += lookTime + retryTime({ failures, outage: time, kind: "far" }, chance.entropy);
  return time;
};
