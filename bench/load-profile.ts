/**
 * The load profile: a block of a day decoded, and sixty days over a modelled 9600-baud line with the meter's throttle
 * and pauses, in virtual time, beside the least that the line needs for the bytes that must cross.
 */
import { connect, rc4 } from "@meterport/client";
import { openLoadProfile } from "@meterport/client/readers/load-profile";
import { blockShape, decodeHeader } from "@meterport/client/readers/load-profile-blocks";
import { intervalDecoder } from "@meterport/client/readers/load-profile-intervals";
import { decode, parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/security/key";
import { BT64, defaultDimensions } from "@meterport/protocol/tables/index";
import { modelledLine, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "../test/virtual-clock.ts";
import { measure, report, say } from "./measure.ts";

const baud = 9600;
const key = new Secret(new Uint8Array(16).fill(1));
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
  const clock = new VirtualClock();
  const device = new VirtualMeter({
    profile,
    keys: { basic: key, advanced: new Secret(new Uint8Array(16).fill(2)) },
    scenario: "house",
    seed: 1,
    start: clock.wall(),
  });
  const line = modelledLine({ meter: device, clock, baud });
  const security = rc4({ key, entropy: (length) => new Uint8Array(length).fill(9) });
  const client = await clock.run(connect(line, { security, clock }));
  const opened = await clock.run(openLoadProfile(client));
  const read = async (since?: number): Promise<number> => {
    let count = 0;
    for await (const _ of opened.intervals(since === undefined ? {} : { since })) count++;
    return count;
  };
  const row = async (name: string, since?: number): Promise<void> => {
    const [before, began] = [line.counts, clock.now()];
    const intervals = await clock.run(read(since));
    const received = line.counts.toClient - before.toClient;
    const bytes = line.counts.toMeter - before.toMeter + received;
    const seconds = (clock.now() - began) / 1000;
    const bare = (bytes * 10) / baud;
    // Between two segments of 117 bytes the meter rests for 25 ms (MEP guide 1.1, p. 27): three times in a long response.
    const limit = bare + Math.floor(received / (4 * 117)) * 3 * 0.025;
    say(
      `${name.padEnd(24)} ${String(intervals).padStart(5)} intervals ${String(bytes).padStart(7)} bytes ${seconds
        .toFixed(2)
        .padStart(
          7,
        )} s  ${(seconds / limit).toFixed(3)} x the line's limit, ${(seconds / bare).toFixed(3)} x without the meter's pauses`,
    );
  };
  say(`Load profile at ${baud} baud, 4 channels each 15 minutes`);
  await row("60 days");
  await row("the last 7 days", clock.wall() - 7 * 86_400_000);
  await row("the last hour", clock.wall() - 3_600_000);
  await client.close();
};

export const benchLoadProfile = async (): Promise<void> => {
  say("Load profile: decoding");
  benchDecoding();
  say("");
  await benchLine();
  if (sink < 0) say("");
};

if (import.meta.main) await benchLoadProfile();
