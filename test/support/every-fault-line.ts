/**
 * A line on which everything goes wrong at one rate, and what it allows.
 *
 * Each fault of single messages happens to that share of them, in both directions: lost, late by up to a second, cut at a
 * random place, bytes missing, a bit flipped, doubled, noise or a stray alert in front. That share of the replies ends where
 * a supply sags, and that share of the requests comes back as an echo. Noise on the idle line and requests of a second client
 * come as often as that share of ours. What lasts takes that share of the time each: silence, two kinds of stuck line, a
 * broken wire in each direction, a wrong baud rate, an optical session, a restart of the meter. There is a bridge with
 * latency, jitter and packets.
 */
import { everyFault, type LineCondition } from "@meterport/simulator";
import type { Run } from "./driven-link.ts";
import { type Capacity, capacityOf } from "./line-capacity.ts";

const byteTime = 10_000 / 9600;
/** Milliseconds between our requests. */
const spacing = 100;
const outage = 10_000;
const bridge = { latency: 5, jitter: 5, packetBytes: 64, packetTime: 5 };

const lasting: readonly LineCondition[] = [
  { stuck: "silent" },
  { stuck: 0x00 },
  { stuck: 0xff },
  { deaf: true },
  { mute: true },
  { meterBaud: 19_200 },
  { optical: true },
  { reboot: outage },
];

const scriptOf = (rate: number): Capacity["script"] => {
  const repeat = outage / rate;
  const steps = lasting.flatMap((condition, i) => {
    const at = ((i + 0.5) * repeat) / lasting.length;
    return [
      { at, condition },
      { at: at + outage, condition: {} },
    ];
  });
  return { steps, repeat };
};

/** The line, and a link's settings for it, as `?delay=25ms&gap=75ms` has them: the bridge's own times, three of the meter's pauses. */
export const everyFaultLine = (rate: number): Pick<Run, "condition" | "script" | "timing"> => ({
  condition: {
    ...everyFault(rate),
    ...bridge,
    cut: 14,
    cutSpread: 12,
    cutRate: rate,
    echo: rate,
    noiseEvery: spacing / rate,
    secondClient: spacing / rate,
  },
  script: scriptOf(rate),
  timing: { bridgeDelay: 2 * (bridge.latency + bridge.jitter) + bridge.packetTime, interByteTimeout: 75 },
});

/** Requests a second that this line allows. */
export const everyFaultCapacity = (rate: number, seed: number): number =>
  capacityOf(
    {
      seed,
      rates: everyFault(rate),
      cutRate: rate,
      byteTime,
      request: 22,
      reply: 2 + 3 + 10 + 8,
      refusal: 2 + 1 + 8,
      bridge: 2 * (bridge.latency + bridge.jitter / 2) + bridge.packetTime / 2,
      other: { every: spacing / rate, reply: 2 + 3 + 220 + 8 },
      script: scriptOf(rate),
    },
    200_000,
  );
