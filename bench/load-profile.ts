/**
 * The load profile: a block of a day decoded, and sixty days over a modelled 9600-baud line with the meter's throttle
 * and pauses, in virtual time, compared with the minimum that the line needs for those bytes.
 */
import { openLoadProfile } from "@meterport/client/readers/load-profile";
import { blockShape, decodeHeader } from "@meterport/client/readers/load-profile-blocks";
import { intervalDecoder } from "@meterport/client/readers/load-profile-intervals";
import { decode, parseProfile } from "@meterport/protocol/layout/index";
import { BT64, defaultDimensions } from "@meterport/protocol/tables/index";
import { baud, openModelled } from "./line-limit.ts";
import { measure, report, say } from "./measure.ts";

const profile = parseProfile("meter:3.70");
const dataSet = { blocks: 60, intervals: 96, channels: 4, maximumIntervalTime: 15 };
let sink = 0;

const benchDecoding = (): void => {
  const shape = blockShape(dataSet, { endReadings: false, ansi: false, path: "BT61.dataSets.0" });
  const block = new Uint8Array(shape.blockSize).map((_, i) => 7 * i);
  block.set([26, 3, 10, 0, 0]);
  block.fill(255, shape.simpleStatusOffset, shape.headerSize);
  const channels = [0, 1, 2, 3].map((source, index) => ({ index, source }));
  const decodeIntervals = intervalDecoder(1, shape, channels);
  const target = { name: "the target of 0.2 ms", perSecond: 5000 };
  const ours = measure("a block of 96 intervals, 4 channels, as typed intervals", 10, () => {
    for (let i = 0; i < 10; i++) {
      const header = { ...decodeHeader(block, shape), end: 0 };
      const slots = { from: 0, to: header.last };
      sink += decodeIntervals(0, header, slots, block.subarray(shape.headerSize)).length;
    }
  });
  report(ours, "blocks/s", { figure: target, what: "the target of 0.2 ms" });
  const base = defaultDimensions(profile);
  const one = { ...base, BT61: { ...base.BT61, dataSets: [{ ...dataSet, blocks: 1 }] } };
  const declared = measure("the same bytes by the declaration of BT64", 10, () => {
    for (let i = 0; i < 10; i++) sink += decode(BT64, block, one).blocks.length;
  });
  report(declared, "blocks/s", { figure: ours, what: "the reader" });
};

const benchLine = async (): Promise<void> => {
  const { clock, meter, row } = await openModelled(profile);
  const opened = await clock.run(openLoadProfile(meter));
  const read = (since?: number) => async (): Promise<number> => {
    let count = 0;
    for await (const _ of opened.intervals(since === undefined ? {} : { since })) count++;
    return count;
  };
  say(`Load profile at ${baud} baud, 4 channels every 15 minutes`);
  await row("60 days", "intervals", read());
  await row("the last 7 days", "intervals", read(clock.wall() - 7 * 86_400_000));
  await row("the last hour", "intervals", read(clock.wall() - 3_600_000));
  await clock.run(meter.close());
};

export const benchLoadProfile = async (): Promise<void> => {
  say("Load profile: decoding");
  benchDecoding();
  say("");
  await benchLine();
  if (sink < 0) say("");
};

if (import.meta.main) await benchLoadProfile();
