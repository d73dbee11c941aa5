/** What a fleet asks a gateway for on the stream of requests, and what the gateway answers. Both sides use these forms, and neither believes the other. */
import { linkStates } from "@meterport/client/supervision/link-status";
import { type Attempt, readKinds, visitEvents } from "@meterport/engine/model/visit";
import { z } from "zod";

const point = z.string().min(1).max(200);
const time = z.number().int().min(-8.64e15).max(8.64e15);
/** Made by the fleet: "8.17.0". */
const id = z.string().regex(/^[0-9.]{1,60}$/);

/** Spans in a request; more follow with the next one. A single day of minutes has no more. */
export const mostSpans = 800;
/** What one event asks of a meter, by as many campaigns. */
export const mostWanted = 50;

/** `event: gaps`: values are missing. What is stored is brought again, the rest is read from the meter's load profile from a moment on. */
export const gapsWanted = z.object({
  point,
  /** Milliseconds since 1970. */
  from: time,
  /** What is missing of each channel. A fleet of an older version does not say. */
  channels: z
    .array(
      z.object({
        channel: z.string().min(1).max(200),
        spans: z.array(z.object({ after: time, until: time })).max(mostSpans),
      }),
    )
    .max(100)
    .default([]),
});
export type GapsWanted = z.output<typeof gapsWanted>;

/** `event: read`: something is to be read of a meter, all of it in one visit. */
export const readsWanted = z.object({
  point,
  wanted: z
    .array(
      z.object({
        id,
        /** Kinds of a newer fleet are answered with a failure. */
        reads: z.array(z.string().max(40)).min(1).max(40),
        /** It does not begin at it or later. Milliseconds since 1970, by the clock of the fleet. */
        valid_until: time,
      }),
    )
    .min(1)
    .max(mostWanted),
  /** Milliseconds since 1970, when the fleet wrote this: the gateway's clock may be another. */
  now: time,
});
export type ReadsWanted = z.output<typeof readsWanted>;

/** What a fleet says of entries that it took and did not book. One of an older version says nothing. */
export const leftOut = z.object({ left_out: z.number().int().nonnegative(), why: z.string() });

/** Characters of a reason. */
export const longestReason = 500;

/** What became of requests for reads. */
export const outcomesForm = z.strictObject({
  outcomes: z
    .array(z.strictObject({ id, result: z.enum(visitEvents), reason: z.string().max(longestReason).nullable() }))
    .min(1)
    .max(mostWanted),
});

export interface Outcome {
  readonly id: string;
  readonly result: Attempt["event"];
  readonly reason: string | null;
}

/** Links of one request. */
export const mostLinks = 500;

/** How links are: those that changed. An empty list says that the gateway is there. */
export const linksForm = z.strictObject({
  links: z
    .array(
      z.strictObject({
        point,
        state: z.enum(linkStates),
        cause: z.string().max(longestReason).nullable(),
        /** Milliseconds since 1970. */
        since: z.number().int().min(0).max(253_402_300_799_999),
      }),
    )
    .max(mostLinks),
});

export type LinkWord = z.output<typeof linksForm>["links"][number];

const kinds: ReadonlySet<string> = new Set(readKinds);
export const isReadKind = (kind: string): kind is (typeof readKinds)[number] => kinds.has(kind);
