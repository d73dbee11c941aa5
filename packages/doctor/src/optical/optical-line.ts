/** How well a head sees: packets that had to be repeated, round trips, and whether long answers of several packets arrive whole. */

import type { Millis } from "@meterport/protocol/ports";
import type { TableId } from "@meterport/protocol/tables/identifiers";
import { gradeOf, quantile, tolerableLoss } from "../grade.ts";
import { type ExaminedLink, isOver, type Probe } from "../mep/examined-link.ts";
import { answersAgain, hungUp } from "../mep/line-return.ts";
import { readLong } from "../mep/long-read.ts";
import type { Report } from "../report.ts";
import { noPackets, type OpticalWatch, type PacketCounts } from "./optical-watch.ts";

const probesWanted = 40;
/** Time for a head's supply to recover, so that each short answer is judged on its own. */
const turn: Millis = 110;
/** A slow line, or one that loses much, is judged by fewer probes. */
const fewProbes = 12;
const longEnough: Millis = 30_000;
/** Silence of this length is a pause, not a lost packet: that is repeated after 2 s. */
export const pauseAfter: Millis = 5_000;
/** At this loss or more, nothing can be read in reasonable time. */
const obviousLoss = 0.25;

const longReads = 10;
const fewReads = 4;
/** If this share of long answers does not come whole, length is to blame: the short ones have passed. */
const lastingShare = 0.35;
/** Several packets of the size that meters usually agree to. */
const longest = 600;
/** Long on nearly every meter; ET03 needs no key. BT00, which would say which is there, is a long answer itself. */
const longTables = [
  ["BT54", longest],
  ["ET03", 143],
] as const;

export class OpticalLine {
  readonly #examined: ExaminedLink;
  readonly #report: Report;
  readonly #watch: () => OpticalWatch;

  constructor(examined: ExaminedLink, report: Report, watch: () => OpticalWatch) {
    this.#examined = examined;
    this.#report = report;
    this.#watch = watch;
  }

  /** Whether the link held. `silent` is how long the meter was silent at first. @throws LinkError aborted */
  async run(silent: Millis | undefined): Promise<boolean> {
    const began = this.#examined.clock.now();
    let counts = noPackets;
    const probes: Probe[] = [];
    let pause = silent;
    let failed = 0;
    while (!this.#suffice(probes, began)) {
      await this.#examined.listen(turn);
      const before = this.#watch().counts;
      const { probe, silence } = await this.#probe();
      if (isOver(probe.failure)) return hungUp(this.#report);
      // On a line that loses much, silence counts as loss.
      const paused = silence !== undefined && this.#loss(counts) <= tolerableLoss;
      if (paused) pause = Math.max(pause ?? 0, silence);
      else {
        probes.push(probe);
        counts = sum(counts, before, this.#watch().counts);
      }
      failed = probe.answered ? 0 : failed + 1;
      if (failed < 2 || !paused) continue;
      if (!(await this.returns())) return false;
      failed = 0;
    }
    this.#grade(probes, counts, pause);
    return true;
  }

  /** One small read, and how long the line was silent meanwhile, if that is significant. */
  async #probe(): Promise<{ readonly probe: Probe; readonly silence?: Millis }> {
    const { clock } = this.#examined;
    const began = clock.now();
    const heard = this.#examined.heard.bytes;
    const probe = await this.#examined.ask();
    const took = clock.now() - began;
    const silent = probe.answered ? probe.repeated && took >= pauseAfter : this.#examined.heard.bytes === heard;
    return silent && took >= pauseAfter ? { probe, silence: took } : { probe };
  }

  #suffice(probes: readonly Probe[], began: Millis): boolean {
    const slow = this.#examined.clock.now() - began > longEnough;
    return probes.length >= (slow ? fewProbes : probesWanted);
  }

  /** It worked and fell silent. False if it does not come back in time. @throws LinkError aborted */
  returns(): Promise<boolean> {
    return answersAgain(this.#examined, this.#report, (silent) => this.paused(silent));
  }

  /** Reports that it was silent for `silent` milliseconds. */
  paused(silent: Millis): void {
    this.#report.check("line", "bad", "went-silent", { seconds: Math.round(silent / 1000) });
    this.#report.blame("interrupted");
  }

  /** If every acknowledgement comes late, a meter repeats packets that have arrived. */
  #theirs({ damaged, again }: PacketCounts): number {
    return damaged + ((this.#examined.session.transport.timing?.delay ?? 0) > 0 ? 0 : again);
  }

  /** The share of packets that had to be repeated. */
  #loss(counts: PacketCounts): number {
    const packets = counts.sent + counts.received;
    return packets === 0 ? 0 : (counts.ours + this.#theirs(counts)) / packets;
  }

  #grade(probes: readonly Probe[], counts: PacketCounts, pause: Millis | undefined): void {
    const took = probes.filter(({ answered }) => answered).map((probe) => probe.took);
    took.sort((a, b) => a - b);
    const { sent, received, ours } = counts;
    const packets = sent + received;
    const theirs = this.#theirs(counts);
    const loss = this.#loss(counts);
    const failed = probes.length - took.length;
    const sick = loss > tolerableLoss || failed > tolerableLoss * probes.length;
    if (sick) this.#report.blame("loose-head", loss < obviousLoss && failed < obviousLoss * probes.length);
    else if (pause !== undefined) {
      this.paused(pause);
      return;
    }
    this.#report.check("line", sick ? "bad" : loss > 0 ? "warning" : "good", "packets-graded", {
      grade: gradeOf(sick ? Math.max(loss, 2 * tolerableLoss) : loss),
      loss: Math.round(1000 * loss) / 10,
      packets,
      ours,
      theirs,
      failed,
      median: Math.round(quantile(took, 0.5)),
      slowest: Math.round(took.at(-1) ?? 0),
    });
  }

  /** Whether the link held. @throws LinkError aborted */
  async longReplies(): Promise<boolean> {
    for (const [table, length] of longTables) {
      const seen = await this.#readLongs(table, length);
      if (seen === "over") return hungUp(this.#report);
      if (seen === "refused") continue;
      this.#judge(seen);
      return true;
    }
    this.#report.check("long-replies", "unknown", "long-unknown");
    return true;
  }

  async #readLongs(table: TableId, length: number): Promise<LongReads | "refused" | "over"> {
    const { clock, session } = this.#examined;
    const brokenBefore = this.#examined.observed.brokenAt.length;
    const began = clock.now();
    let [reads, whole, most, failed] = [0, 0, 0, 0];
    const enough = (): boolean =>
      reads >= (clock.now() - began > longEnough ? fewReads : longReads) || failed >= fewReads;
    while (!enough()) {
      await this.#examined.listen(turn);
      const { damaged } = this.#watch().counts;
      const broken = this.#examined.observed.brokenAt.length;
      const came = await readLong(this.#examined, table, Math.min(session.readLimit, length));
      if (came === "refused" || came === "over") return came;
      reads++;
      failed = came === undefined ? failed + 1 : 0;
      most = Math.max(most, came ?? 0);
      const spoilt = this.#watch().counts.damaged > damaged || this.#examined.observed.brokenAt.length > broken;
      if (came !== undefined && !spoilt) whole++;
    }
    return { reads, whole, most, failed, brokenAt: this.#examined.observed.brokenAt.slice(brokenBefore) };
  }

  #judge({ reads, whole, most, failed, brokenAt }: LongReads): void {
    const cut = reads - whole;
    const lasting = cut >= lastingShare * reads;
    const at = [...brokenAt].sort((a, b) => a - b)[Math.floor(brokenAt.length / 2)] ?? 0;
    const finding = cut === 0 ? "long-whole" : brokenAt.length > 0 ? "long-cut" : "long-lost";
    this.#report.check("long-replies", lasting ? "bad" : cut > 0 ? "warning" : "good", finding, {
      reads,
      cut,
      bytes: most,
      at,
    });
    if (lasting) this.#report.blame(brokenAt.length >= cut / 2 ? "head-sags" : "loose-head", failed === 0);
  }
}

interface LongReads {
  readonly reads: number;
  /** Those without a damaged packet. */
  readonly whole: number;
  /** The longest that arrived, bytes. */
  readonly most: number;
  /** Those that did not arrive despite repeated packets. */
  readonly failed: number;
  readonly brokenAt: readonly number[];
}

/** The counts so far, plus what was counted between two looks. */
const sum = (so: PacketCounts, before: PacketCounts, now: PacketCounts): PacketCounts => ({
  sent: so.sent + now.sent - before.sent,
  received: so.received + now.received - before.received,
  ours: so.ours + now.ours - before.ours,
  damaged: so.damaged + now.damaged - before.damaged,
  again: so.again + now.again - before.again,
});
