/** The real meters of a daemon, and the simulated one. */
import { readFileSync, writeFileSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { WearStore } from "@meterport/client";
import { recordTransport } from "@meterport/client/recording/recording";
import { meterRates } from "@meterport/client/supervision/baud-search";
import { Turns } from "@meterport/client/supervision/turns";
import { opticalRates } from "@meterport/doctor/optical/examine-optical";
import { quietText } from "@meterport/engine/plan/quiet";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import type { Store } from "@meterport/engine/ports/store";
import { UsageError } from "@meterport/protocol/errors";
import type { Secret } from "@meterport/protocol/mep/security/key";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import { linkTraits } from "@meterport/transports/link-traits";
import { parseMeterLink } from "@meterport/transports/link-url";
import { speedsOf, suppliesOf } from "@meterport/transports/link-variants";
import { mqttCredentials } from "@meterport/transports/mqtt/mqtt-credentials";
import { findServices } from "@meterport/transports/network/find-services";
import { openLink } from "@meterport/transports/open";
import { portLinkOf } from "@meterport/transports/port-link";
import { portName } from "@meterport/transports/port-name";
import { listAdapters, type SerialAdapter } from "@meterport/transports/serial/serial-adapters";
import { captureRedactor } from "./captures/capture-redactor.ts";
import type { CaptureShelf } from "./captures/capture-shelf.ts";
import { ErrorRecorder } from "./captures/error-recorder.ts";
import { LinkRecorder, RecordingSlots } from "./captures/link-recorder.ts";
import type { Config, MeterConfig } from "./config/config.ts";
import type { Environment } from "./config/environment.ts";
import { DeviceFolder, deviceFolderOf } from "./device/device-files.ts";
import { DeviceService } from "./device/device-service.ts";
import { topicSource } from "./device/topic-source.ts";
import type { StrayLink } from "./http/link-tests/link-tests.ts";
import type { MachinePort, UsedBridge } from "./http/links/links.ts";
import type { LevelLog } from "./log.ts";
import type { Demo } from "./meters/demo.ts";
import { accessWithDevice, sourceWithDevice } from "./meters/device-source.ts";
import { bridgeSearch } from "./meters/found-bridges.ts";
import { gatedMeter, type LinkGate } from "./meters/gated-meter.ts";
import { linkGroup } from "./meters/link-group.ts";
import { type LinkService, linkService, tryLink } from "./meters/link-service.ts";
import { type MeterAccess, superviseMeter } from "./meters/meter-link.ts";
import { openMeter, throughHeadNote } from "./meters/open-meter.ts";
import { PausableSource } from "./meters/pausable-source.ts";
import { QuietSource } from "./meters/quiet-source.ts";
import type { TestedLink } from "./meters/tested-link.ts";
import { tlsSeen } from "./meters/tls-seen.ts";
import { tracedMeter } from "./meters/traced-meter.ts";
import type { HeldMeter } from "./operation/companion.ts";
import type { GatewayMeter } from "./operation/open-meter.ts";
import type { PriceBook } from "./prices/price-book.ts";

/** What the parts of one daemon share. */
export interface Running {
  readonly config: Config;
  readonly env: Environment;
  readonly log: LevelLog;
  readonly shelf: CaptureShelf;
  /** What energy costs. */
  readonly prices: Pick<PriceBook, "of">;
  /** Redacts the captures of a meter's link. */
  readonly redactorOf: (source: MeterSource, key: Secret, profile?: string) => GatewayMeter["redact"];
}

/** Of all meters, so that thousands do not start at once. */
const turns = new Turns({ clock: systemClock });

const supervised = (link: string, access: MeterAccess): MeterSource =>
  superviseMeter({
    name: link,
    ...access,
    clock: systemClock,
    entropy: systemEntropy,
    turn: (signal) => turns.take(linkGroup(link), signal),
  });

const traced = (id: string, access: MeterAccess, { config, log }: Running): MeterAccess =>
  tracedMeter(access, { id, level: config.logLevel, log, clock: systemClock });

/** Of all meters. */
const recordingSlots = new RecordingSlots();

/** A supervised meter, whose link is captured when it fails or somebody asks for it; each call of `make` starts a new supervision of it. */
const recordedSources = (id: string, link: string, access: MeterAccess, { shelf, config }: Running) => {
  const own = { id, link, clock: systemClock, shelf };
  const recorder: LinkRecorder = new LinkRecorder({
    ...own,
    slots: recordingSlots,
    handshake: () => errors.handshake(),
  });
  const errors = new ErrorRecorder({ ...own, links: Math.max(1, config.meters.length), alsoTo: recorder.note });
  const make = (): MeterSource => {
    const source = supervised(link, errors.noting(access));
    source.listen(errors.linkChanged);
    return source;
  };
  return { make, recorder };
};

/** A link whose tests are recorded as well, while a recording runs. */
const recordedTests = (link: TestedLink, recorder: LinkRecorder): TestedLink => ({
  ...link,
  open: async (signal, baud) =>
    recordTransport(await link.open(signal, baud), { elapsed: systemClock.now, note: recorder.note }),
});

/** Local time of this machine. */
const localOffset = (wall: number): number => -60_000 * new Date(wall).getTimezoneOffset();

/** A source that can rest, and respects the quiet windows of its meter, if it has any. */
const withPauses = (make: () => MeterSource, windows?: MeterConfig["quiet"]): PausableSource | QuietSource =>
  windows === undefined
    ? new PausableSource({ make, clock: systemClock })
    : new QuietSource({ make, windows, clock: systemClock, offset: localOffset });

const deps = { clock: systemClock, entropy: systemEntropy };

type LinkSettings = Pick<MeterConfig, "optical" | "pipe" | "wake" | "security" | "clientId"> &
  Partial<Pick<MeterConfig, "key" | "profile">>;

/** A link as the doctor sees it. @throws UsageError if it is not one */
const testedLink = (settings: LinkSettings, env: Environment): TestedLink => {
  const { optical, pipe } = settings;
  const parsed = parseMeterLink(pipe);
  const kind = parsed.kind === "serial" ? "optical" : `optical+${parsed.kind}`;
  return {
    ...settings,
    kind: optical ? kind : parsed.kind,
    open: (signal, baud) => openLink(pipe, signal, baud, env),
    bauds: speedsOf(parsed, optical ? opticalRates : meterRates),
    supplies: suppliesOf(pipe, parsed).map(({ setting, link }) => ({
      setting,
      open: (signal) => openLink(link, signal, undefined, env),
    })),
  };
};

/** A link that no meter of the configuration has. */
export const strayLink =
  (env: Environment, meters: () => readonly MeterConfig[]) =>
  (text: string): StrayLink => {
    const { optical, link: pipe, wake } = portLinkOf(text);
    const tested = testedLink({ optical, pipe, wake, security: "auto", clientId: 0 }, env);
    const name = portName(pipe);
    const owner = meters().find((meter) => portName(meter.pipe) === name);
    if (owner !== undefined)
      throw new UsageError(
        "link",
        `the point ${owner.id} uses this link already: test it on its page Connection, or with POST /api/v1/points/${owner.id}/link/key-test`,
      );
    return { optical, run: (key) => tryLink(tested, key, deps) };
  };

/** A link by numbers may leave out the serial number; one by path may be a symbolic link. */
const leadsTo = (name: string, { path, link }: SerialAdapter): boolean =>
  name === path || name === link || (name.startsWith("usb://") && link.startsWith(`${name}:`));

/** The serial ports of this machine, and which of these points uses each. */
export const machinePorts = (meters: () => readonly MeterConfig[]) => async (): Promise<readonly MachinePort[]> => {
  const adapters = await listAdapters();
  const used = await Promise.all(
    meters().map(async ({ id, pipe }) => {
      const name = portName(pipe);
      return { id, name: name.startsWith("/dev/") ? await realpath(name).catch(() => name) : name };
    }),
  );
  return adapters.map((adapter) => ({
    ...adapter,
    usedBy: used.find(({ name }) => leadsTo(name, adapter))?.id ?? null,
  }));
};

/** The bridges that answer in the network, and which of these points uses each. */
export const foundBridges = (meters: () => readonly MeterConfig[]): (() => Promise<readonly UsedBridge[]>) => {
  const search = bridgeSearch((types) => findServices(types, { clock: systemClock }));
  return async () => {
    const bridges = await search();
    const used = new Map(meters().map(({ id, pipe }) => [portName(pipe), id]));
    return bridges.map((bridge) => ({ ...bridge, usedBy: used.get(portName(bridge.link)) ?? null }));
  };
};

/** The seed stays the same until the next start, so that several captures of one report have the same pseudonyms. */
export const redactors = (log: LevelLog): Running["redactorOf"] => {
  const redact = captureRedactor(log);
  const seed = systemEntropy(32);
  return (source, key, profile) => (text) =>
    redact({ text, key: key.reveal(), seed, profile: source.identity()?.profile ?? profile });
};

/** How to reach a meter of the configuration. */
const accessOf = (meter: MeterConfig, { config, env, log }: Running, wear?: WearStore): MeterAccess =>
  openMeter(meter, {
    wear,
    clock: systemClock,
    entropy: systemEntropy,
    log,
    traitsOf: linkTraits,
    openLink: (link, signal, baud) => openLink(link, signal, baud, env),
    securityMemory: (link) => tlsSeen(config.data, portName(link), log),
  });

interface OpenDevice {
  readonly service: DeviceService;
  readonly wear: WearStore;
}

/** What the configuration lets this program be at the meter. */
const deviceOf = ({ id, device }: MeterConfig, { config, env, log }: Running): OpenDevice | undefined => {
  if (device === undefined) return undefined;
  const folder = new DeviceFolder(deviceFolderOf(config.data, id), systemClock);
  const service = new DeviceService({ point: id, settings: device, folder, clock: systemClock, log });
  log.info(`may ${device.rights.join(", ")} as a device`, { meter: id });
  service.follow(
    topicSource(device, {
      credentials: () => mqttCredentials(env),
      ...{ log, point: id, clock: systemClock },
    }),
  );
  return { service, wear: folder.wear };
};

const serviceOf = (source: PausableSource | QuietSource, tested: TestedLink, recorder?: LinkRecorder): LinkService => {
  if (recorder === undefined) return linkService(source, tested, deps);
  return { ...linkService(source, recordedTests(tested, recorder), deps), recorder };
};

/** What reads a meter: its link, and what is done with that. */
type OpenedLink = Pick<GatewayMeter, "source" | "shareSource" | "device" | "link" | "redact">;

const openedLink = (running: Running, meter: MeterConfig, gate: LinkGate | undefined): OpenedLink => {
  const { id, link, optical, interval, key, profile, quiet } = meter;
  const device = deviceOf(meter, running);
  const plain = traced(id, gatedMeter(accessOf(meter, running, device?.wear), link, gate), running);
  const access = device === undefined ? plain : accessWithDevice(plain, device.service);
  if (optical) running.log.info(throughHeadNote(interval), { meter: id });
  // A key crosses an optical port in the clear, and must not be in a capture.
  const recorded = optical ? undefined : recordedSources(id, link, access, running);
  const sources = recorded?.make ?? (() => supervised(link, access));
  const make = device === undefined ? sources : () => sourceWithDevice(sources(), device.service);
  const source = withPauses(make, quiet);
  const { get: spoken } = tlsSeen(running.config.data, portName(meter.pipe), running.log);
  const service = serviceOf(source, { ...testedLink(meter, running.env), spoken }, recorded?.recorder);
  if (quiet !== undefined)
    running.log.info(`not read during ${quiet.map(quietText).join(", ")} (local time of this machine)`, {
      meter: id,
    });
  return {
    source,
    shareSource: source.share,
    device: device?.service,
    link: service,
    redact: running.redactorOf(source, key, profile),
  };
};

export interface ConfiguredOptions {
  /** The gate of a meter that may not be asked at any time, by its id. */
  readonly gateOf?: ((id: string) => LinkGate | undefined) | undefined;
  /** The meter of this id with the link that stays as it is; undefined if it is opened. */
  readonly openOf?: ((id: string) => OpenedLink | undefined) | undefined;
}

export const configuredMeters = (
  running: Running,
  meters: readonly MeterConfig[],
  { gateOf, openOf }: ConfiguredOptions = {},
): readonly GatewayMeter[] =>
  meters.map((meter) => {
    const { id, name, group, link, interval, fuseAmps, zone, rates, backFill, prices } = meter;
    const opened = openOf?.(id) ?? openedLink(running, meter, gateOf?.(id));
    return {
      ...{ id, name, group, interval, fuseAmps, zone, rates, backFill },
      url: link,
      simulated: false,
      source: opened.source,
      shareSource: opened.shareSource,
      prices: prices && running.prices.of(prices),
      device: opened.device,
      link: opened.link,
      redact: opened.redact,
    };
  });

/** The configuration of a meter that a companion brings. @throws UsageError for a wrong link */
const heldConfig = ({ known: _known, gate: _gate, ...held }: HeldMeter): MeterConfig => {
  const { optical, link: pipe, fastest, wake } = portLinkOf(held.link);
  parseMeterLink(pipe);
  return { ...held, optical, pipe, fastest, wake, keyForm: "", security: "auto", clientId: 0 };
};

/** Meters that a companion brings. @throws UsageError for a wrong link */
export const heldMeters = (running: Running, held: readonly HeldMeter[]): readonly GatewayMeter[] => {
  const gates = new Map(held.map(({ id, gate }) => [id, gate]));
  const made = configuredMeters(running, held.map(heldConfig), { gateOf: (id) => gates.get(id) });
  return made.map((meter, n) => ({ ...meter, known: held[n]?.known }));
};

/** Where the virtual meter lives, whatever the machine's zone is: its copies of midnight carry local time. */
const demoZone = "Europe/Copenhagen";

export const demoMeter = (demo: Demo, running: Running): GatewayMeter => {
  const { config, redactorOf } = running;
  const { make, recorder } = recordedSources(demo.id, demo.url, traced(demo.id, demo.access, running), running);
  const source = withPauses(make);
  const open: TestedLink["open"] = (signal) => demo.access.open({ signal, baud: undefined });
  const tested = { kind: "line", optical: false, security: "rc4", key: demo.key, bauds: [], open } as const;
  return {
    ...demo,
    source,
    link: serviceOf(source, tested, recorder),
    simulated: true,
    interval: config.interval,
    zone: demoZone,
    redact: redactorOf(source, demo.key),
  };
};

const day = 86_400_000;
/** At each start the virtual meter adds up its household's energy since then, which is quick for a month. */
const longestInstalled = 31 * day;

/** When the virtual meter was installed, stored with the data, so that its registers continue. */
export const demoInstalled = (folder: string): number => {
  const path = join(folder, "demo.json");
  const now = systemClock.wall();
  try {
    const { installed } = JSON.parse(readFileSync(path, "utf8")) as { readonly installed?: unknown };
    if (typeof installed === "number" && installed < now && installed > now - longestInstalled) return installed;
  } catch {
    // The first start, or a corrupt file: a new virtual meter is installed.
  }
  const installed = now - day;
  writeFileSync(path, `${JSON.stringify({ installed })}\n`);
  return installed;
};

export const fillPastDay = async (demo: Demo, store: Store): Promise<void> => {
  const now = systemClock.wall();
  const last = (await store.lastRegisters(demo.id))?.time ?? 0;
  for await (const readings of demo.past(Math.max(last + 1, now - day + 1)))
    await store.write({ readings: readings.map((reading) => ({ point: demo.id, reading })) });
};
