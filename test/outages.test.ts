/**
 * Every kind of outage: values go at once, and are back within three seconds of the line's return. In virtual time, over a
 * modelled line of 9600 baud, with the gateway's own point loop; a second meter beside it never misses a beat.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { auto } from "@meterport/client/security/auto";
import { isUsable } from "@meterport/client/supervision/link-status";
import { limitsForFuse } from "@meterport/engine/guard/guard";
import { PointLoop } from "@meterport/engine/points/point-loop";
import { silentLog } from "@meterport/engine/ports/log";
import { linkMeter, superviseMeter } from "@meterport/gateway/meters/meter-link";
import { LinkError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Clock, Entropy, Millis } from "@meterport/protocol/ports";
import { type LineCondition, modelledLine, type Random, seeded, VirtualMeter } from "@meterport/simulator";
import { BreakablePipes } from "./support/breakable-pipes.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

const promised: Millis = 3_000;
const interval: Millis = 2_000;
/** How long a value is fresh. */
const fresh: Millis = 4_000;
const seeds = [1, 2, 3];
const key = new Secret(new Uint8Array(16).fill(1));

interface Household {
  readonly loop: PointLoop;
  readonly device: VirtualMeter;
  readonly pipes: BreakablePipes;
}

interface HouseholdOptions {
  readonly profile: string;
  readonly tls: boolean;
  readonly seed: number;
}

const open = (clock: Clock, random: Random, { profile, tls, seed }: HouseholdOptions): Household => {
  const device = new VirtualMeter({
    profile: parseProfile(profile),
    keys: { basic: key, advanced: new Secret(new Uint8Array(16).fill(2)) },
    scenario: "house",
    seed,
    start: clock.wall(),
    epoch: clock.now(),
    tls: [tls ? "required" : "off"],
  });
  const entropy: Entropy = (length) => Uint8Array.from({ length }, () => Math.floor(random() * 256));
  const pipes = new BreakablePipes(modelledLine({ meter: device, clock, seed, secondClientKey: key }), clock);
  const source = superviseMeter({
    name: "pipe",
    open: pipes.open,
    connect: (transport, signal) => linkMeter(transport, { security: auto({ key, entropy }), clock, signal }),
    clock,
    entropy,
    baud: 9600,
    near: true,
  });
  const loop = new PointLoop({
    id: "home",
    name: "Home",
    url: "pipe",
    simulated: false,
    interval,
    limits: limitsForFuse(63),
    source,
    clock,
    log: silentLog,
  });
  return { loop, device, pipes };
};

interface Outage {
  readonly name: string;
  readonly profile?: string;
  readonly tls?: boolean;
  /** How long it lasts; drawn between these. */
  readonly lasts?: readonly [Millis, Millis];
  readonly begin: (household: Household, random: Random) => void;
  /** The line is as before. */
  readonly end: (household: Household, random: Random) => void;
  /** The state of the link when it ends; not checked if the outage may be too short to notice. */
  readonly state?: string;
  readonly cause?: string | RegExp;
}

const line =
  (condition: LineCondition) =>
  ({ pipes }: Household): void =>
    pipes.line.become(condition);
const well = line({});
const asBefore = ({ pipes }: Household): void => {
  pipes.whenOpened = "works";
};
const reset = new LinkError("closed", "pipe", "the connection broke: read ECONNRESET");

const outages: readonly Outage[] = [
  {
    name: "an unplugged adapter",
    begin: ({ pipes }) => {
      pipes.whenOpened = "refused";
      pipes.cut(reset);
    },
    end: asBefore,
    state: "silent",
    cause: "not-open",
  },
  { name: "a connection that is reset", lasts: [0, 0], begin: ({ pipes }) => pipes.cut(reset), end: asBefore },
  { name: "a connection that is closed", lasts: [0, 0], begin: ({ pipes }) => pipes.cut("in order"), end: asBefore },
  {
    name: "a bridge that is gone without a word",
    begin: ({ pipes }) => {
      pipes.whenOpened = "hangs";
      pipes.cut("without a word");
    },
    end: asBefore,
    state: "silent",
  },
  {
    name: "a bridge that restarts and forgets its connection",
    lasts: [0, 0],
    begin: ({ pipes }) => pipes.cut("until written to"),
    end: asBefore,
  },
  {
    name: "a silent meter",
    profile: "meter:4.30",
    begin: line({ mute: true }),
    end: well,
    state: "silent",
    cause: "no-answer",
  },
  {
    name: "a meter that hears nothing",
    profile: "meter:4.30",
    begin: line({ deaf: true }),
    end: well,
    state: "silent",
  },
  {
    name: "a meter that restarts with another sequence number",
    begin: ({ pipes, device }, random) => {
      pipes.line.become({ stuck: "silent" });
      device.reboot();
      device.expectSequence(Math.floor(random() * 2 ** 32));
    },
    end: well,
  },
  {
    name: "a meter that restarts and has lost its TLS session",
    profile: "meter:4.30",
    tls: true,
    begin: ({ pipes, device }) => {
      pipes.line.become({ stuck: "silent" });
      device.reboot();
    },
    end: well,
    state: "silent",
  },
  { name: "an optical session", begin: line({ optical: true }), end: well, state: "paused", cause: "optical-session" },
  {
    name: "a long optical session",
    lasts: [300_000, 400_000],
    begin: line({ optical: true }),
    end: well,
    state: "paused",
    cause: "optical-session",
  },
  {
    name: "a meter at another speed for a while",
    profile: "meter:4.30",
    begin: line({ baud: 9600, meterBaud: 19_200, stuck: "silent" }),
    end: well,
    state: "silent",
  },
  {
    name: "endless alerts and nothing else",
    // Long enough for three looks to agree, since an alert comes once a second only.
    lasts: [15_000, 40_000],
    begin: line({ deaf: true, alerts: true }),
    end: well,
    state: "silent",
    cause: "only-alerts",
  },
  { name: "an echo and nothing else", begin: line({ deaf: true, echo: 1 }), end: well, state: "silent", cause: "echo" },
  {
    name: "noise that spoils everything",
    begin: line({ noiseEvery: 100, flip: 1, noise: 1, truncate: 0.5 }),
    end: well,
  },
  { name: "a line that is stuck at zero", begin: line({ stuck: 0 }), end: well, state: "silent" },
  { name: "a line that is stuck at one", begin: line({ stuck: 0xff }), end: well, state: "silent" },
  { name: "replies that stop before their end", begin: line({ cut: 20 }), end: well, state: "silent" },
  {
    name: "a second client",
    lasts: [20_000, 40_000],
    begin: line({ secondClient: 400 }),
    end: well,
    state: "degraded",
    cause: "other-client",
  },
];

/** Values shown as live were read recently, and are what the meter measured then. */
const assertTrue = ({ loop, device }: Household, clock: Clock): boolean => {
  const live = loop.live();
  if (live.quality !== "good") {
    assert.equal(live.power_w, null);
    assert.equal(live.energy_import_wh, null);
    return false;
  }
  const read = Date.parse(live.time ?? "");
  assert.ok(clock.wall() - read < fresh, `shown as live ${clock.wall() - read} ms after it was read`);
  const around = [-4, -3, -2, -1, 0].map((seconds) => device.valuesAt(read + 1000 * seconds));
  assert.ok(
    around.some((values) => (values.get(8) ?? 0) - (values.get(9) ?? 0) === live.power_w),
    "never measured",
  );
  return true;
};

const trial = async (outage: Outage, seed: number): Promise<Millis> => {
  const { profile = "meter:3.70", tls = false, lasts = [4_000, 40_000], state, cause } = outage;
  const random = seeded(seed);
  const clock = new VirtualClock({ wall: Date.UTC(2026, 0, 1) });
  const sick = open(clock, random, { profile, tls, seed });
  const beside = open(clock, random, { profile: "meter:3.70", tls: false, seed: seed + 100 });
  for (const { loop } of [sick, beside]) loop.start();
  await clock.advance(8_000 + Math.floor(random() * interval));
  const look = 100;
  const watch = async (time: Millis, until: () => boolean): Promise<Millis | undefined> => {
    for (let passed = 0; passed <= time; passed += look) {
      assertTrue(sick, clock);
      assert.equal(assertTrue(beside, clock), true, "the meter beside it");
      if (until()) return passed;
      await clock.advance(look);
    }
    return undefined;
  };
  assert.equal(assertTrue(sick, clock), true, "well before");
  const polls = beside.loop.summary().link.polls;
  const began = clock.now();

  outage.begin(sick, random);
  const duration = lasts[0] + Math.floor(random() * (lasts[1] - lasts[0]));
  const gone = await watch(duration, () => sick.loop.live().quality !== "good" || duration === 0);
  if (gone !== undefined && duration > 0) assert.ok(gone <= fresh + look, `shown for ${gone} ms`);
  await clock.advance(Math.max(0, began + duration - clock.now()));
  const { link } = sick.loop.summary();
  if (state !== undefined) assert.equal(link.state, state, link.problem ?? "");
  if (cause !== undefined) assert.equal(link.cause, cause, link.problem ?? "");

  outage.end(sick, random);
  const mended = clock.wall();
  // An outage that ends before the next request is noticed later: what counts is how long values are missing.
  let missing = 0;
  const back = await watch(promised + interval, () => {
    const { quality, time } = sick.loop.live();
    if (quality !== "good") missing += look;
    return quality === "good" && Date.parse(time ?? "") > mended;
  });
  assert.ok(back !== undefined, `not back: ${JSON.stringify(sick.loop.summary().link)}`);
  assert.ok(
    (duration === 0 ? missing : back) <= promised,
    `back after ${back} ms, ${missing} ms of them without values`,
  );
  // And it stays.
  await watch(20_000, () => false);
  const after = sick.loop.summary().link;
  assert.ok(isUsable(after.state), after.problem ?? "");
  const seconds = (clock.now() - began) / 1000;
  const beats = beside.loop.summary().link;
  assert.ok(
    beats.polls - polls >= Math.floor((seconds * 1000) / interval),
    `${beats.polls - polls} polls in ${seconds} s`,
  );
  assert.deepEqual([beats.failures, beats.outages], [0, 0]);
  await Promise.all([sick.loop, beside.loop].map((loop) => clock.run(loop.stop())));
  return duration === 0 ? missing : back;
};

describe("values are back within 3 s after", () => {
  for (const outage of outages)
    test(outage.name, async (t) => {
      const seen: string[] = [];
      for (const seed of seeds) {
        try {
          seen.push(`${await trial(outage, seed)} ms`);
        } catch (error) {
          t.diagnostic(`seed ${seed}`);
          throw error;
        }
      }
      t.diagnostic(`back after ${seen.join(", ")}`);
    });
});
