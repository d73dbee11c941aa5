/** What the contents of a virtual meter's tables follow from. */
import { UsageError } from "@meterport/protocol/errors";
import { type Profile, profileName, reaches } from "@meterport/protocol/layout/index";
import { type Dimensions, defaultDimensions } from "@meterport/protocol/tables/index";
import { logDimensions } from "@meterport/protocol/tables/log-dimensions";
import { Noise } from "../household/noise.ts";

/** Which meter it is. */
export interface Setup {
  readonly profile: Profile;
  readonly seed: number;
  readonly dimensions: Dimensions;
  readonly demand: boolean;
  readonly generation4: boolean;
  /** Whether it serves two MEP clients. */
  readonly several: boolean;
  /** Repeatable numbers of this one meter: serial numbers, ids. */
  readonly noise: Noise;
  /** Whether four devices are on its M-Bus, else one gas meter. */
  readonly fourChildren: boolean;
  /** What the meter expected next when it was switched on. */
  readonly sequence: number;
}

const everyDemand = {
  demandResetCounter: true,
  demandResetLock: true,
  cumulativeDemand: true,
  continuousCumulativeDemand: true,
  selfReadSequenceNumber: true,
} as const;

/**
 * The factory dimensions; with eight demands where demand is configured, as in the example of MEP guide 1.1, pp. 54-56,
 * and with as many tiers as are wanted.
 *
 * @throws UsageError for more tiers than the firmware can have
 */
const dimensionsOf = ({ profile, demand, tiers }: SetupOptions): Dimensions => {
  const factory = defaultDimensions(profile);
  const { BT20, BT21 } = factory;
  if (tiers !== undefined && !(Number.isInteger(tiers) && tiers >= 1 && tiers <= BT20.tiers))
    throw new UsageError("tiers", `${profileName(profile)} has 1 to ${BT20.tiers} tiers, not ${tiers}`);
  if (!demand && tiers === undefined) return factory;
  const counts = { summations: Math.max(15, BT21.summations), demands: 8, occurrences: 1, presentDemands: 8 };
  const actual = {
    ...BT21,
    ...(demand ? { ...everyDemand, ...counts } : {}),
    ...(tiers === undefined ? {} : { tiers }),
  };
  // Without BT21, only BT20 says it.
  const registers = {
    ...factory,
    BT21: actual,
    ...(reaches(profile, { meter: [2, 12], module: [0, 0] }) ? {} : { BT20: actual }),
  };
  // Logs of registers have longer entries then.
  return { ...registers, ...logDimensions(registers) };
};

/** Only one client is usable (MEP guide 1.1, p. 28). */
const withOneClient = (dimensions: Dimensions): Dimensions => ({
  ...dimensions,
  ET11: { ...dimensions.ET11, mepChannelCount: 1 },
});

/** The second data set of the load profile, if there is one, records a value of each device behind the meter's energy. */
const withFourChannels = (dimensions: Dimensions): Dimensions => ({
  ...dimensions,
  BT61: {
    ...dimensions.BT61,
    dataSets: dimensions.BT61.dataSets.map((set, i) => (i === 1 && set.channels > 0 ? { ...set, channels: 5 } : set)),
  },
});

export interface SetupOptions extends Pick<Setup, "profile" | "seed" | "demand" | "sequence"> {
  /** What is on its M-Bus: one gas meter if omitted. */
  readonly children?: "one" | "four" | undefined;
  /** Whether a meter of firmware 4 behaves towards MEP clients as earlier ones. */
  readonly compatible: boolean;
  /** Tiers in use; 4 if omitted. */
  readonly tiers?: number | undefined;
}

/** @throws UsageError for more tiers than the firmware can have */
export const setupOf = (options: SetupOptions): Setup => {
  const { profile, seed, demand, sequence, compatible, children = "one" } = options;
  const fourChildren = children === "four";
  const dimensions = fourChildren ? withFourChannels(dimensionsOf(options)) : dimensionsOf(options);
  return {
    profile,
    seed,
    demand,
    sequence,
    fourChildren,
    dimensions: compatible ? withOneClient(dimensions) : dimensions,
    generation4: reaches(profile, { meter: [4, 0] }),
    several: reaches(profile, { meter: [4, 0] }) && !compatible,
    noise: new Noise(seed, "identity"),
  };
};

/** A number of `count` digits that belongs to this meter alone, as text; `lane` tells several apart. */
export const digitsOf = (setup: Setup, count: number, lane: number): string =>
  Array.from({ length: count }, (_, i) => Math.floor(setup.noise.unit(i, lane) * 10)).join("");
