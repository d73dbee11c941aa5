/** The quality of a working line: loss each way, round trips, other clients, and whether long replies arrive whole. */

import type { Millis } from "@meterport/protocol/ports";
import type { Sickness } from "../diagnosis.ts";
import { gradeOf, quantile, tolerableLoss } from "../grade.ts";
import type { Report } from "../report.ts";
import { type ExaminedLink, isOver, type Probe } from "./examined-link.ts";
import { answersAgain, hungUp } from "./line-return.ts";
import { readLong } from "./long-read.ts";

const probesWanted = 40;
/** If a few of them failed, that may be chance: then more are sent. */
const probesInDoubt = 120;
/** A loss of this share or more leaves no doubt. */
const obviousLoss = 0.25;
/** A slow line is judged by fewer probes. */
const fewProbes = 20;
const longEnough: Millis = 30_000;
/** A little longer than the pause that the meter needs between requests. */
const turn: Millis = 110;
/** This many probes in a row without a sign of life are a pause, not loss. */
const silentInARow = 6;
/** If half of the answers take longer, the missing ones came after the timeout, which is 500 ms without `delay`. */
const nearlyLate: Millis = 400;
/** Bytes of a small request and its reply. */
const smallExchange = 50;

const longReads = 10;
/** Reads if some broke off, and the minimum for a slow line. */
const [readsInDoubt, fewReads] = [20, 4];
/** If this share of long replies breaks off, it is the supply and not an accident: the short ones have passed. */
const lastingShare = 0.35;
/** If this many fail in a row, and then small ones too, length is not the reason. */
const silentReads = 3;
/** A meter keeps sending after its supply sagged, and answers requests meanwhile late. */
const sendingOn: Millis = 1_000;
/** The time of a whole reply at 300 baud; fewer bytes than this in a second are not a reply, but alerts or similar. */
const [sendingLimit, leastSent]: readonly [Millis, number] = [16_000, 16];
/** Longer than the first segment of a reply (117 bytes, MEP guide 1.1, p. 27), so that the effect of a sag shows. */
const leastLong = 150;
/**
 * Tables that are long on nearly every meter, the longest first: the calendar, the clients' data, the present values. BT00 is
 * not read to see which are there: its answer has 79 bytes itself, on a line that may not carry any long one whole.
 */
const longTables = ["BT54", "ET13", "BT28"] as const;

interface Losses {
  readonly requests: number;
  readonly replies: number;
  readonly noise: number;
}

const lossesOf = (probes: readonly Probe[]): Losses => {
  let [requests, replies, noise] = [0, 0, 0];
  for (const { answered, repeated, failure, disturbed } of probes) {
    if (answered && !repeated) continue;
    if (disturbed || failure === "wrong-key" || failure === "bad-digest" || failure === "garbage") noise++;
    else if (failure === "reply-lost") replies++;
    else requests++;
  }
  return { requests, replies, noise };
};

const total = ({ requests, replies, noise }: Losses): number => requests + replies + noise;

const lossOf = (probes: readonly Probe[]): number => total(lossesOf(probes)) / probes.length;

const worst = ({ requests, replies, noise }: Losses): Sickness => {
  if (noise >= requests && noise >= replies) return "noise";
  return replies > requests ? "loses-replies" : "loses-requests";
};

interface LongReads {
  readonly reads: number;
  readonly whole: number;
  /** The longest that arrived, bytes. */
  readonly most: number;
  /** How many broke off and were completed by later bytes. */
  readonly resumed: number;
  readonly brokenAt: readonly number[];
  readonly spoiled: number;
}

export class LineCheck {
  readonly #examined: ExaminedLink;
  readonly #report: Report;

  constructor(examined: ExaminedLink, report: Report) {
    this.#examined = examined;
    this.#report = report;
  }

  /** Whether the link held. `silent` is how long the meter was silent at first. @throws LinkError aborted */
  async run(silent: Millis | undefined): Promise<boolean> {
    const began = this.#examined.clock.now();
    const probes: Probe[] = [];
    let inARow = 0;
    while (!this.#suffice(probes, began)) {
      // The wait for its turn is not part of a request's round trip.
      await this.#examined.listen(turn);
      const probe = await this.#examined.ask({ careful: true });
      if (isOver(probe.failure)) return hungUp(this.#report);
      inARow = !probe.answered && probe.failure === "no-answer" ? inARow + 1 : 0;
      probes.push(probe);
      if (inARow < silentInARow) continue;
      if (!(await this.returns())) return false;
      probes.splice(-inARow);
      inARow = 0;
    }
    this.#grade(probes, silent);
    return true;
  }

  #suffice(probes: readonly Probe[], began: Millis): boolean {
    const slow = this.#examined.clock.now() - began > longEnough;
    const few = slow ? fewProbes : probesWanted;
    if (probes.length < few) return false;
    if (lossOf(probes) >= obviousLoss) return true;
    // In doubt all probes are sent: to stop as soon as the figure looks good would bias it.
    return lossOf(probes.slice(0, few)) <= tolerableLoss || probes.length >= (slow ? probesWanted : probesInDoubt);
  }

  /** The meter fell silent: its optical port is in use, or it is restarting. False if it does not come back. */
  returns(): Promise<boolean> {
    return answersAgain(this.#examined, this.#report, (silent) => this.#paused(silent));
  }

  /** Whether the line has stopped working and only repeats one byte. */
  get #stuck(): boolean {
    return this.#examined.heard.only !== undefined;
  }

  #paused(silent: Millis): void {
    if (this.#stuck) {
      this.#report.blame("stuck");
      return;
    }
    this.#report.check("line", "bad", "went-silent", { seconds: Math.round(silent / 1000) });
    this.#report.blame("paused");
  }

  /** Nearly the timeout of an answer. */
  get #nearlyLate(): Millis {
    const { delay = 0, byteTime = 0 } = this.#examined.session.transport.timing ?? {};
    return nearlyLate + delay + smallExchange * byteTime;
  }

  #grade(probes: readonly Probe[], silent: Millis | undefined): void {
    const { otherClient, certainlyOther, late: observedLate } = this.#examined.observed;
    const took = probes.filter(({ answered, repeated }) => answered && !repeated).map((probe) => probe.took);
    took.sort((a, b) => a - b);
    const median = quantile(took, 0.5);
    const others = otherClient >= 2 || certainlyOther > 0;
    if (others) {
      this.#report.check("sequence", "warning", "numbers-taken", { times: Math.round(otherClient) });
      this.#report.blame("other-client");
    } else this.#report.check("sequence", "good", "in-step");
    const losses = lossesOf(probes);
    const lost = total(losses);
    const loss = lost / probes.length;
    const late = median > this.#nearlyLate || (lost > 0 && 2 * observedLate > lost);
    if (loss > tolerableLoss && !others) {
      // Late answers were not lost.
      if (this.#stuck) this.#report.blame("stuck");
      else if (late) this.#report.blame("slow-bridge");
      else this.#report.blame(worst(losses), loss < obviousLoss);
    } else if (silent !== undefined && late) this.#report.blame("slow-bridge");
    else if (silent !== undefined) this.#paused(silent);
    if (this.#report.sickness === "paused") return;
    this.#report.check("line", loss === 0 ? "good" : loss > tolerableLoss ? "bad" : "warning", "graded", {
      grade: gradeOf(loss),
      loss: Math.round(1000 * loss) / 10,
      requests: losses.requests,
      replies: losses.replies,
      noise: losses.noise,
      probes: probes.length,
      median: Math.round(median),
      slowest: Math.round(took.at(-1) ?? 0),
    });
  }

  /** Whether the link held. @throws LinkError aborted */
  async longReplies(): Promise<boolean> {
    for (const table of longTables) {
      const seen = await this.#readLongs(table);
      if (seen === "over") return hungUp(this.#report);
      if (seen === "silent") return this.returns();
      if (seen === "refused" || (seen.whole > 0 && seen.most < leastLong)) continue;
      this.#judge(seen);
      return true;
    }
    this.#report.check("long-replies", "unknown", "long-unknown");
    return true;
  }

  async #readLongs(table: (typeof longTables)[number]): Promise<LongReads | "refused" | "over" | "silent"> {
    const { clock, session } = this.#examined;
    const { spoiled: spoiledBefore, brokenAt: brokenBefore } = this.#examined.observed;
    const began = clock.now();
    const count = session.readLimit;
    let [reads, whole, most, resumed, failed] = [0, 0, 0, 0, 0];
    const enough = (): boolean => {
      const slow = clock.now() - began > longEnough;
      const doubtful = reads - whole >= silentReads && whole > reads / 4;
      return reads >= (slow ? fewReads : doubtful ? readsInDoubt : longReads);
    };
    while (!enough()) {
      await this.#examined.listen(turn);
      const length = await readLong(this.#examined, table, count, { attempts: 1 });
      if (length === "refused" || length === "over") return length;
      reads++;
      if (length !== undefined) {
        whole++;
        most = Math.max(most, length);
        failed = 0;
        continue;
      }
      // After a sag the line is silent; a bridge that only waited, or a line slower than configured, brings the rest.
      if ((await this.#rest()) + (this.#examined.observed.brokenAt.at(-1) ?? 0) > count) resumed++;
      if (++failed === silentReads && !(await this.#alive())) return "silent";
    }
    const { brokenAt, spoiled } = this.#examined.observed;
    return {
      reads,
      whole,
      most,
      resumed,
      brokenAt: brokenAt.slice(brokenBefore.length),
      spoiled: spoiled - spoiledBefore,
    };
  }

  /** Waits until no more of a reply comes; returns how many bytes still came. */
  async #rest(): Promise<number> {
    const { clock } = this.#examined;
    const began = clock.now();
    const before = this.#examined.heard.bytes;
    let heard: number;
    do {
      heard = this.#examined.heard.bytes;
      await this.#examined.listen(sendingOn);
    } while (this.#examined.heard.bytes - heard >= leastSent && clock.now() - began < sendingLimit);
    return this.#examined.heard.bytes - before;
  }

  async #alive(): Promise<boolean> {
    for (let probe = 0; probe < silentReads; probe++) if ((await this.#examined.ask()).answered) return true;
    return false;
  }

  #judge({ reads, whole, most, resumed, brokenAt, spoiled }: LongReads): void {
    const cut = reads - whole;
    const lasting = cut >= lastingShare * reads;
    this.#report.check(
      "long-replies",
      lasting ? "bad" : cut > 0 ? "warning" : "good",
      cut === 0 ? "long-whole" : brokenAt.length > 0 ? "long-cut" : "long-lost",
      { reads, cut, bytes: most, at: [...brokenAt].sort((a, b) => a - b)[Math.floor(brokenAt.length / 2)] ?? 0 },
    );
    if (!lasting) return;
    if (resumed > cut / 2) this.#report.blame("slow-bridge");
    else if (brokenAt.length === 0) this.#report.blame("loses-replies");
    else this.#report.blame(spoiled > cut / 2 ? "noise" : "sag");
  }
}
