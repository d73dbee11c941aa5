/** The 256 source IDs by which a meter says what a value stands for (BT22, BT27, BT62, ET71). */
import { UsageError } from "../errors.ts";
import type { Gate } from "../layout/index.ts";
import { type Quantity, type WireUnitName, wireUnits } from "./units.ts";

/** What a value is: a counter, a present value, something made of present values over time, or no value at all. */
export type SourceKind =
  | "register"
  | "instantaneous"
  | "average"
  | "minimum"
  | "maximum"
  | "demand"
  | "mapped"
  | "reserved";

export type Phase = "L1" | "L2" | "L3" | "total" | "neutral" | "L1-L2" | "L2-L3" | "L3-L1";
/** `sum` is forward + reverse, `difference` forward - reverse and never below 0; both are accumulators of their own. */
export type Direction = "forward" | "reverse" | "import" | "export" | "sum" | "difference";
export type Quadrant = 1 | 2 | 3 | 4;
/** Counted from 0 as in the tables; the meter's display counts from 1. No source is documented for tiers 4 to 7. */
export type Tier = 0 | 1 | 2 | 3;

/** One source ID with its meaning. */
export interface Source {
  readonly id: number;
  /** The guide's name with its spelling evened out. */
  readonly name: string;
  /** Identifier for programs, unique among all sources. */
  readonly key: string;
  readonly kind: SourceKind;
  readonly quantity: Quantity;
  /** Unit of the integer on the wire, a name of `wireUnits`; null where the configuration decides or there is no value. */
  readonly wire: WireUnitName | null;
  /** Units per step of the integer, 0.001 for mA, null where `wire` is; energies also times the register unit of ET55. */
  readonly scale: number | null;
  readonly phase: Phase | null;
  readonly direction: Direction | null;
  readonly quadrant: Quadrant | null;
  readonly tier: Tier | null;
  /** Whether the transformer ratios of BT15 are in the value; null where they do not touch it or nothing is said. */
  readonly ctVt: "pre" | "post" | null;
  readonly since: Gate;
  /** What else limits it. */
  readonly note: string | null;
}

/** The last source ID: they are single bytes. */
export const lastSourceId = 255;

type Traits = Partial<Omit<Source, "id" | "key" | "name" | "wire" | "scale">>;

/** What follows from the unit unless a row says otherwise: only ratios stand for two quantities. */
const usual: { readonly [W in WireUnitName]?: Traits } = {
  // Registers always hold the ratios (p. 213), present values only where their name says so (p. 221).
  Wh: { kind: "register", quantity: "activeEnergy", phase: "total", ctVt: "post" },
  varh: { kind: "register", quantity: "reactiveEnergy", phase: "total", ctVt: "post" },
  W: { quantity: "activePower", phase: "total", ctVt: "pre" },
  var: { quantity: "reactivePower", phase: "total", ctVt: "pre" },
  VA: { quantity: "apparentPower", phase: "total", ctVt: "pre" },
  mA: { quantity: "current", ctVt: "pre" },
  mV: { quantity: "voltage", ctVt: "pre" },
  mHz: { quantity: "frequency" },
  "1/1000": { quantity: "powerFactor" },
  "1/100 deg": { quantity: "angle" },
  s: { kind: "register", quantity: "duration" },
  min: { kind: "register", quantity: "duration" },
  count: { kind: "register", quantity: "count" },
  pulses: { kind: "register", quantity: "pulses" },
};

const byId: Source[] = [];
const sinceEver: Source["since"] = { meter: [0, 0], module: [0, 0] };

const row = (id: number, key: string, name: string, wire: WireUnitName | null, traits: Traits = {}): void => {
  byId[id] = {
    id,
    name,
    key,
    kind: "instantaneous",
    quantity: "none",
    wire,
    scale: wire === null ? null : wireUnits[wire].scale,
    phase: null,
    direction: null,
    quadrant: null,
    tier: null,
    ctVt: null,
    since: sinceEver,
    note: null,
    ...(wire === null ? {} : usual[wire]),
    ...traits,
  };
};

type RowArguments = Parameters<typeof row>;

/** Three neighbouring IDs, one per phase; "#" in key and name becomes L1 to L3. */
const perPhase = (...[first, key, name, wire, traits]: RowArguments): void => {
  for (const [i, phase] of (["L1", "L2", "L3"] as const).entries()) {
    row(first + i, key.replace("#", phase), name.replace("#", phase), wire, { ...traits, phase });
  }
};

/** Four neighbouring IDs, one per quadrant; "#" in key and name becomes Q1 to Q4. */
const perQuadrant = (...[first, key, name, wire, traits]: RowArguments): void => {
  for (const quadrant of [1, 2, 3, 4] as const) {
    row(first + quadrant - 1, key.replace("#", `Q${quadrant}`), name.replace("#", `Q${quadrant}`), wire, {
      ...traits,
      quadrant,
    });
  }
};

const forward: Traits = { direction: "forward" };
const reverse: Traits = { direction: "reverse" };
const imported: Traits = { direction: "import" };
const exported: Traits = { direction: "export" };
const average: Traits = { kind: "average" };
const minimum: Traits = { kind: "minimum" };
const maximum: Traits = { kind: "maximum" };
const post: Traits = { ctVt: "post" };
const reserved: Traits = { kind: "reserved" };
const withDemand: Traits = { note: "on firmware 3.X only while demand is configured" };
// The module's first firmware is not documented: where a page names only a meter's version, modules have it from their start.
const since212: Traits = { since: { meter: [2, 12], module: [0, 0] } };
const since310: Traits = { since: { meter: [3, 10], module: [0, 0] } };
const since350: Traits = { since: { meter: [3, 50], module: [0, 0] } };
const since370: Traits = { since: { meter: [3, 70], module: [1, 20] } };
const since40: Traits = { since: { meter: [4, 0] } };
const since410: Traits = { since: { meter: [4, 10] } };
const since430: Traits = { since: { meter: [4, 30], module: [1, 32] } };

// MEP guide 1.1, p. 210

/** The eleven registers that exist for the total and again for each tier. */
const registers = (tier: Tier | null, ids: readonly number[]): void => {
  let next = 0;
  const register = (key: string, name: string, wire: WireUnitName, traits: Traits = {}): void => {
    const id = ids[next++] as number;
    if (tier === null) row(id, key, name, wire, traits);
    else
      row(id, `tier${tier}${key.charAt(0).toUpperCase()}${key.slice(1)}`, `T${tier} ${name}`, wire, {
        ...traits,
        tier,
      });
  };
  // The tier blocks of BT23 have a place for these too, but the meter leaves it at 0 (p. 214).
  const empty: Traits = tier === null ? {} : { note: "always 0 in the tier blocks of BT23" };
  register("forwardActiveEnergy", "Fwd Active Wh L1L2L3", "Wh", forward);
  register("reverseActiveEnergy", "Rev Active Wh L1L2L3", "Wh", reverse);
  register("importReactiveEnergy", "Import Reactive VArh L1L2L3", "varh", imported);
  register("exportReactiveEnergy", "Export Reactive VArh L1L2L3", "varh", exported);
  // The total counts seconds, tiers count minutes.
  if (tier === null) register("powerOffDuration", "Power Off Seconds", "s", { note: "minutes on meter firmware 2.0" });
  else register("powerOffDuration", "Power Off Minutes", "min", empty);
  register("powerOutageCount", "Power Outage Qty", "count", empty);
  register("sumActiveEnergy", "Fwd+Rev Active Wh L1L2L3", "Wh", { direction: "sum" });
  register("differenceActiveEnergy", "Fwd-Rev Active Wh L1L2L3", "Wh", { direction: "difference" });
  register("pulseInput0", "Channel 0 Pulse Input", "pulses", empty);
  register("pulseInput1", "Channel 1 Pulse Input", "pulses", empty);
  register("errorCounter", "Error Counter", "count", empty);
};

registers(null, [0, 1, 2, 3, 4, 5, 6, 7, 26, 27, 28]);
row(8, "forwardActivePower", "Fwd Active W L1L2L3", "W", forward);
row(9, "reverseActivePower", "Rev Active W L1L2L3", "W", reverse);
row(10, "importReactivePower", "Import Reactive VAr L1L2L3", "var", imported);
row(11, "exportReactivePower", "Export Reactive VAr L1L2L3", "var", exported);
perPhase(12, "rmsCurrent#", "RMS Current #", "mA");
perPhase(15, "rmsVoltage#", "RMS Voltage #", "mV");
// The three power factors are no neighbours.
row(18, "powerFactorL1", "Power Factor L1", "1/1000", { phase: "L1" });
row(19, "frequency", "Frequency", "mHz");
row(20, "apparentPower", "VA Power L1L2L3", "VA");
row(21, "powerFactorL2", "Power Factor L2", "1/1000", { phase: "L2" });
row(22, "powerFactorL3", "Power Factor L3", "1/1000", { phase: "L3" });
perPhase(23, "phaseAngleSine#", "Sin phase angle #", "1/1000", { quantity: "phaseAngleSine" });
for (const tier of [0, 1, 2, 3] as const) {
  registers(
    tier,
    Array.from({ length: 11 }, (_, i) => 29 + 11 * tier + i),
  );
}

// p. 211

for (let i = 0; i < 8; i++) {
  const [device, counter] = [1 + (i >> 1), 1 + (i & 1)];
  row(73 + i, `mepDevice${device}Counter${counter}`, `MEP Dev ${device} Counter ${counter}`, null, {
    kind: "register",
    quantity: "device",
  });
}
row(81, "forwardActivePowerPost", "Fwd Active W L1L2L3 post CT/VT", "W", { ...forward, ...post, ...since212 });
row(82, "reverseActivePowerPost", "Rev Active W L1L2L3 post CT/VT", "W", { ...reverse, ...post, ...since212 });
row(83, "importReactivePowerPost", "Import VAr L1L2L3 post CT/VT", "var", { ...imported, ...post, ...since212 });
row(84, "exportReactivePowerPost", "Export VAr L1L2L3 post CT/VT", "var", { ...exported, ...post, ...since212 });
for (const id of [85, 86, 87]) row(id, `unused${id}`, "Unused", null, reserved);
for (let n = 1; n <= 8; n++) {
  row(87 + n, `presentDemand${n}`, `Present Dmd ${n}`, null, { kind: "demand", quantity: "demand" });
  row(95 + n, `previousDemand${n}`, `Previous Dmd ${n}`, null, { kind: "demand", quantity: "demand" });
}
perQuadrant(104, "reactivePower#", "# Reactive VAr L1L2L3", "var", { ...since310, ...withDemand });
// Apparent energy Q1 to Q4 of 4.X (BT23, summations 15 to 18) has no source ID in the guide.
perQuadrant(108, "reactiveEnergy#", "# Reactive VArh L1L2L3", "varh", withDemand);
for (let id = 112; id <= 163; id++) {
  const note = `entry ${id - 112} of ET66 names the extended source`;
  row(id, `mapped${id}`, "Mapped source", null, { kind: "mapped", quantity: "mapped", note });
}
perPhase(164, "minimumVoltage#", "Min Voltage #", "mV", minimum);
perPhase(167, "maximumVoltage#", "Max Voltage #", "mV", maximum);
row(170, "maximumForwardActivePower", "Max Active Fwd Power L1L2L3", "W", { ...maximum, ...forward });
row(171, "maximumReverseActivePower", "Max Active Rev Power L1L2L3", "W", { ...maximum, ...reverse });
perQuadrant(172, "maximumReactivePower#", "Max Reactive Power #", "var", maximum);
row(176, "previousSourceTime", "Time Stamp Previous Source", null, { kind: "register", quantity: "time" });
const maximumForward = { ...maximum, ...forward, ...post };
const maximumReverse = { ...maximum, ...reverse, ...post };
row(177, "maximumForwardActivePowerPost", "Max forward active power L1L2L3 post CT/VT", "W", maximumForward);
row(178, "maximumReverseActivePowerPost", "Max reverse active power L1L2L3 post CT/VT", "W", maximumReverse);
perPhase(179, "maximumForwardActivePower#Post", "Max forward active power # post CT/VT", "W", maximumForward);
perPhase(182, "maximumReverseActivePower#Post", "Max reverse active power # post CT/VT", "W", maximumReverse);

// p. 212

perPhase(185, "forwardActivePower#", "Fwd Active W #", "W", { ...forward, ...since350 });
perPhase(188, "reverseActivePower#", "Rev Active W #", "W", { ...reverse, ...since350 });
perPhase(191, "forwardActivePower#Post", "Fwd Active W # post CT/VT", "W", { ...forward, ...post, ...since350 });
perPhase(194, "reverseActivePower#Post", "Rev Active W # post CT/VT", "W", { ...reverse, ...post, ...since350 });
perPhase(197, "rmsCurrent#Post", "RMS Current # post CT", "mA", { ...post, ...since350 });
row(200, "reserved200", "Reserved for internal use", null, reserved);
row(201, "loadProfileTimeAdjustment", "Current LP Interval Time Adjustment", "s", { kind: "instantaneous" });
perPhase(202, "continuousRmsVoltage#", "Continuous RMS Voltage #", "mV", {
  ...since370,
  note: "not updated on modules",
});
perPhase(205, "averageRmsVoltage#", "Average RMS Voltage #", "mV", { ...average, ...since370 });
row(208, "averageForwardActivePower", "Average Fwd Active W L1L2L3", "W", { ...average, ...forward, ...since370 });
row(209, "averageReverseActivePower", "Average Rev Active W L1L2L3", "W", { ...average, ...reverse, ...since370 });
perPhase(210, "averageForwardActivePower#", "Average Fwd Active W #", "W", { ...average, ...forward, ...since370 });
perPhase(213, "averageReverseActivePower#", "Average Rev Active W #", "W", { ...average, ...reverse, ...since370 });
perQuadrant(216, "apparentPower#", "Apparent Power # VA L1L2L3", "VA", since40);
for (const [i, phase] of (["L1", "L2", "L3"] as const).entries()) {
  perQuadrant(220 + 4 * i, `apparentPower#${phase}`, `Apparent Power # VA ${phase}`, "VA", { ...since40, phase });
}
row(232, "neutralCurrent", "Neutral Current", "mA", { phase: "neutral", ...since40 });
perPhase(233, "averageRmsCurrent#", "Average RMS Current #", "mA", { ...average, ...since410 });
// The guide calls the phases of 236 to 244 A, B and C.
row(236, "voltageAngleL1L2", "Voltage Angle A to B", "1/100 deg", { phase: "L1-L2", ...since430 });
row(237, "voltageAngleL2L3", "Voltage Angle B to C", "1/100 deg", { phase: "L2-L3", ...since430 });
row(238, "voltageAngleL3L1", "Voltage Angle C to A", "1/100 deg", { phase: "L3-L1", ...since430 });
for (const [i, phase] of (["L1", "L2", "L3"] as const).entries()) {
  const letter = "ABC".charAt(i);
  row(239 + i, `importReactivePower${phase}`, `Imp Reactive VAr ${letter}`, "var", { ...imported, phase, ...since430 });
  row(242 + i, `exportReactivePower${phase}`, `Exp Reactive VAr ${letter}`, "var", { ...exported, phase, ...since430 });
}
for (let id = 245; id <= 254; id++) row(id, `unlisted${id}`, "Not listed", null, reserved);
// ET71 writes 255 into entries that are not in use (p. 180).
row(lastSourceId, "notInUse", "Not in use", null, reserved);

/** All sources, the one with ID n at index n. MEP guide 1.1, pp. 210-213. */
export const sources: readonly Source[] = byId;

/**
 * The meaning of a source ID.
 *
 * @throws UsageError (`no-such-source`) for anything but an integer from 0 to 255.
 *
 * @example
 * sourceOf(185).key // "forwardActivePowerL1"
 */
export const sourceOf = (id: number): Source => {
  const found = sources[id];
  if (found === undefined) {
    throw new UsageError(
      "no-such-source",
      `there is no source ${id}: source IDs are integers from 0 to ${lastSourceId}`,
    );
  }
  return found;
};

/**
 * Whether a value can stand behind an ID: false for the unused, reserved and unlisted ones.
 *
 * @example
 * hasValue(85) // false
 */
export const hasValue = (id: number): boolean => sources[id] !== undefined && sources[id].kind !== "reserved";
