/** Reads one piece of a load profile, and turns it into intervals of a point, with their proofs and with marks for what is missing. */
import type { LoadProfileInterval } from "@meterport/client/readers/load-profile";
import { profileName } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import type { Interval } from "../model/interval.ts";
import type { Proof } from "../model/proof.ts";
import type { MeterSource } from "../ports/meter-source.ts";
import { type Covered, type EndGrid, endsOf, openSpans, type Span } from "./profile-gaps.ts";
import type { OpenedProfile } from "./profile-look.ts";
import { profileProofs, type ReadBytes } from "./profile-proof.ts";
import { missingInterval, profileValues } from "./profile-values.ts";

/** A piece at 2400 baud over a slow bridge, between live readings. */
const pieceLimit: Millis = 600_000;
export interface PieceOptions {
  readonly point: string;
  readonly source: Pick<MeterSource, "ask">;
  readonly opened: OpenedProfile;
  readonly grid: EndGrid;
  readonly clockDoubted: boolean;
  readonly clockOffset: Millis | null;
  readonly wall: () => Millis;
  /** The last interval of the piece before, whose registers are those at the beginning of this one. */
  readonly previous: LoadProfileInterval | undefined;
  readonly before: (() => Promise<void>) | undefined;
}

export interface Piece {
  /** One of each channel for each end of the piece. */
  readonly intervals: readonly Interval[];
  readonly last: LoadProfileInterval | undefined;
}

/**
 * Reads the intervals of a span. Undefined if the meter of the source is another one now.
 *
 * @throws LinkError, ResponseError; LayoutError, also if the load profile is reconfigured meanwhile
 */
export const readPiece = async (span: Span, options: PieceOptions): Promise<Piece | undefined> => {
  const { source, opened, before, wall } = options;
  const known = options.previous?.end === span.after ? options.previous : undefined;
  const since = known === undefined ? span.after - opened.duration : span.after;
  const kept: ReadBytes[] = [];
  const list = await source.ask({
    label: "read the load profile",
    limit: pieceLimit,
    run: async (meter, signal): Promise<LoadProfileInterval[] | undefined> => {
      if (meter !== opened.meter) return undefined;
      const found: LoadProfileInterval[] = [];
      const onBytes = ({ offset }: { readonly offset: number }, bytes: Uint8Array): void => {
        kept.push({ offset, bytes });
      };
      for await (const interval of opened.profile.intervals({ since, until: span.until, signal, before, onBytes }))
        found.push(interval);
      return found;
    },
  });
  if (list === undefined) return undefined;
  const previous = list.findLast(({ end }) => end <= span.after) ?? known;
  const values = profileValues(
    list.filter(({ end }) => end > span.after),
    previous,
    {
      point: options.point,
      channels: opened.channels,
      rollover: opened.rollover,
      clockDoubted: options.clockDoubted,
      proofOf: proofs(opened, { time: wall(), clockOffset: options.clockOffset }, list, kept),
    },
  );
  return { intervals: [...values, ...missingIn(span, values, options)], last: list.at(-1) ?? known };
};

/** What the meter's own bytes say of each interval. */
const proofs = (
  { meter, profile }: OpenedProfile,
  when: Pick<Proof, "time" | "clockOffset">,
  list: readonly LoadProfileInterval[],
  kept: readonly ReadBytes[],
): ((interval: LoadProfileInterval) => Proof | undefined) =>
  profileProofs(list, kept, {
    base: { ...when, table: `BT${profile.table}`, profile: profileName(meter.profile) },
    channels: profile.channels,
    unit: profile.energyUnit,
    placeOf: (place) => profile.placeOf(place),
  });

/** Marks for what the meter was asked for and did not give, or would have overwritten, or never recorded. */
export const missingIn = (
  span: Span,
  given: readonly Interval[],
  { point, opened, grid }: Pick<PieceOptions, "point" | "opened" | "grid">,
): readonly Interval[] =>
  opened.channels.flatMap(({ channel }) => {
    const covered = given
      .filter((interval) => interval.channel === channel)
      .map((interval): Covered => [interval.end - 1000 * interval.seconds, interval.end]);
    return openSpans(grid, span, [covered], 0)
      .flatMap((open) => endsOf(grid, open))
      .map((end) => missingInterval(point, channel, end, grid.duration / 1000));
  });
