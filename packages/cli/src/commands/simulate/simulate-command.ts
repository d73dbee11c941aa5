/** `meterport simulate`: a virtual meter that others connect to. */
import { UsageError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { keyLength } from "@meterport/protocol/mep/security/digest";
import { Secret } from "@meterport/protocol/mep/security/key";
import { passwordLength } from "@meterport/protocol/optical/services";
import {
  isScenarioName,
  type MeterPort,
  type OpticalKeys,
  scenarios,
  VirtualMeter,
  type VirtualMeterOptions,
} from "@meterport/simulator";
import { profileDays } from "@meterport/simulator/history/past";
import { installationAt } from "@meterport/simulator/meter/installation";
import { recallPast } from "@meterport/simulator/meter/recall";
import { parseLink } from "@meterport/transports/link-url";
import { zoneOf } from "../../format/moment.ts";
import { type Exit, exit, type Io, say } from "../../io/io.ts";
import { interruption, servePort } from "../../listen/serve-port.ts";
import { givenKey } from "../../options/key-option.ts";
import { didYouMean } from "../../options/nearest.ts";
import { parseWhole } from "../../options/option-values.ts";
import { parseSince } from "../../options/since-option.ts";
import { showDisplay } from "./display-screen.ts";
import { headEndBehind } from "./head-end-behind.ts";
import { lineInFront } from "./line-options.ts";
import type { SimulateOptions } from "./options.ts";
import { listMeters, mostMeters, simulateMany } from "./simulate-many.ts";

const defaultBasic = 0x01;
const defaultAdvanced = 0x02;

const keyOf = (text: string | undefined, otherwise: number, what: string, io: Io, length = keyLength): Secret => {
  if (text === undefined) {
    const digits = otherwise.toString(16).padStart(2, "0");
    say(io, `${what} is ${length} times ${digits} (hex:${digits.repeat(length)})`);
    return new Secret(new Uint8Array(length).fill(otherwise));
  }
  return givenKey(text, what, io, length).secret;
};

const opticalKeysOf = (options: SimulateOptions, io: Io): OpticalKeys => {
  const { optical, masterKey, provisioningKey, readOnlyKey } = options;
  if (optical === undefined) {
    if ((masterKey ?? provisioningKey ?? readOnlyKey) === undefined) return {};
    throw new UsageError("optical", "keys of the optical port need --optical: add --optical URL or --optical shared");
  }
  const key = (text: string | undefined, otherwise: number, what: string): Secret =>
    keyOf(text, otherwise, what, io, passwordLength);
  return {
    unique: key(masterKey, 3, "the optical port's master key (MK)"),
    provisioning: key(provisioningKey, 4, "its provisioning key (PK)"),
    readOnly: key(readOnlyKey, 5, "its read-only key (RK)"),
  };
};

/** The value of --optical for a port that shares the MEP line. */
const shared = "shared";

/** A meter without a given start time continues where it was when it is started again. */
const beginningOf = (
  options: SimulateOptions,
  speed: number,
  io: Io,
): Pick<VirtualMeterOptions, "start" | "epoch" | "counted"> => {
  const epoch = io.clock.now();
  if (options.start !== undefined || speed !== 1) return { start: startOf(options, io), epoch };
  const wall = io.clock.wall();
  const installed = installationAt(wall);
  return { ...installed, epoch: epoch - (wall - installed.start) };
};

const startOf = ({ start: text, zone }: SimulateOptions, io: Io): number => {
  if (text === undefined) return io.clock.wall();
  const time = parseSince(text, io.clock.wall(), zoneOf(zone), "--start");
  const year = new Date(time).getUTCFullYear();
  if (year < 2001 || year > 2098)
    throw new UsageError("start", `--start "${text.slice(0, 40)}" must be in the years 2001 to 2098`);
  return time;
};

const speedOf = (text: string): number => {
  const speed = /^\d{1,7}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(speed)) throw new UsageError("speed", `--speed "${text.slice(0, 40)}" is not a number like 1 or 60`);
  return speed;
};

const portTls = { rc4: "off", either: "optional", tls: "required" } as const;

/** One kind is for both ports. */
const tlsOf = ({ security = [] }: SimulateOptions): Pick<VirtualMeterOptions, "tls"> => {
  const [first, second = first, ...more] = security;
  if (more.length > 0)
    throw new UsageError("security", `--security is given ${security.length} times, but a meter has at most two ports`);
  return first === undefined || second === undefined ? {} : { tls: [portTls[first], portTls[second]] };
};

/** Of one meter, and of one of many: two months of a thousand households take twenty minutes to add up. */
const usualDays = { one: "60", many: "2" } as const;

const seedOf = ({ seed }: SimulateOptions): number => parseWhole(seed, "--seed", -1e9, 1e9);

/** One of many begins now, since adding up a month for each would take minutes. */
const meterOf = (options: SimulateOptions, keys: VirtualMeterOptions["keys"], io: Io, place = 0): VirtualMeter => {
  const { scenario } = options;
  if (!isScenarioName(scenario)) {
    const names = Object.keys(scenarios);
    throw new UsageError(
      "scenario",
      `unknown scenario "${scenario.slice(0, 40)}"${didYouMean(scenario, names) || `; known: ${names.join(", ")}`}`,
    );
  }
  const speed = speedOf(options.speed);
  const meter = new VirtualMeter({
    profile: parseProfile(options.profile),
    scenario,
    seed: seedOf(options) + place,
    speed,
    ...(options.count === "1"
      ? beginningOf(options, speed, io)
      : { start: startOf(options, io), epoch: io.clock.now() }),
    days: parseWhole(options.days ?? usualDays[options.count === "1" ? "one" : "many"], "--days", 1, profileDays),
    entropy: io.entropy,
    ...tlsOf(options),
    demand: options.demand === true,
    children: options.children,
    keys,
    opticalKeys: opticalKeysOf(options, io),
    tiers: parseWhole(options.tiers, "--tiers", 1, 8),
  });
  // Adding up what it counted since installation takes longer than a client waits for its first answer.
  const shown = meter.timeAt(io.clock.now());
  meter.valuesAt(shown);
  // Demands cover the whole recorded history, which takes longer than a client waits for its first answer.
  if (options.demand === true) meter.history.registersAt(shown);
  return meter;
};

/** Lets the meter add up its past in steps, between other work. */
const recall = (meter: VirtualMeter, { clock, interrupted }: Io): void => {
  const steps = recallPast(meter);
  const next = (): void => {
    if (!interrupted.aborted && steps.next().done !== true) clock.at(clock.now() + 1, next);
  };
  clock.at(clock.now() + 1, next);
};

/** @throws UsageError, LinkError */
export const simulateCommand = async (options: SimulateOptions, io: Io): Promise<Exit> => {
  const links = options.listen.map(parseLink);
  const count = parseWhole(options.count ?? "1", "--count", 1, mostMeters);
  for (const list of [options.list, options.fleetList]) if (list !== undefined) io.checkNew(list);
  const keys = {
    basic: keyOf(options.basicKey, defaultBasic, "the basic key (MBK)", io),
    advanced: keyOf(options.advancedKey, defaultAdvanced, "the advanced key (MAK)", io),
  };
  if (options.json === true && options.headEnd === undefined)
    throw new UsageError("json", "--json is for what happens at the head-end: add --head-end FILE");
  if (count === 1 && options.fleetList !== undefined)
    throw new UsageError("count", "--fleet-list is for many meters: add --count");
  if (count > 1) {
    if (options.headEnd !== undefined || options.display === true)
      throw new UsageError("count", "--head-end and --display are for one meter, not for --count");
    const behindLine = lineInFront(options, keys.basic, io);
    return simulateMany(
      { options, links, count, key: keys.basic, seed: seedOf(options) },
      (place) => meterOf(options, keys, io, place),
      behindLine,
      io,
    );
  }
  const meter = meterOf(options, keys, io);
  const grid = headEndBehind(meter, options, io);
  const behindLine = lineInFront(options, keys.basic, io);
  if (links.length > meter.portCount) {
    const ports = meter.portCount === 1 ? "one MEP port" : `${meter.portCount} MEP ports`;
    throw new UsageError("link", `${options.profile} has ${ports}, but --listen is given ${links.length} times`);
  }
  recall(meter, io);
  const opticalLink =
    options.optical === undefined || options.optical === shared ? undefined : parseLink(options.optical);
  const first = options.optical === shared ? meter.sharedPort() : meter.port(1);
  const portAt = (index: number): MeterPort => (index === 0 ? first : meter.port(2));
  const served: { readonly close: () => Promise<void> }[] = [];
  try {
    for (const [index, link] of links.entries()) {
      const { url, close } = await servePort(link, behindLine(portAt(index)), io);
      served.push({ close });
      io.stdout.write(index === 0 ? `listening ${url}\n` : `listening on port ${index + 1} ${url}\n`);
      if (index === 0) listMeters(options.list, [url], keys.basic, io);
    }
    if (opticalLink !== undefined) {
      const { url, close } = await servePort(opticalLink, behindLine(meter.optical), io);
      served.push({ close });
      io.stdout.write(`listening on the optical port ${url}\n`);
    }
    grid.begin();
    const screen = options.display === true ? showDisplay(meter, io) : undefined;
    await interruption(io);
    screen?.end();
  } finally {
    grid.close();
    for (const { close } of served) await close();
  }
  return exit.done;
};
