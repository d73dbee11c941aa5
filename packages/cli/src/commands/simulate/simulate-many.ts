/** Many virtual meters in one process, each at a port of its own. */

import { toHex } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import { decode } from "@meterport/protocol/layout/index";
import type { Secret } from "@meterport/protocol/mep/security/key";
import { BT01 } from "@meterport/protocol/tables/basic/bt01-general-manufacturer-information";
import type { MeterPort, VirtualMeter } from "@meterport/simulator";
import type { ParsedLink } from "@meterport/transports/link-url";
import { zoneOf } from "../../format/moment.ts";
import { type Exit, exit, type Io } from "../../io/io.ts";
import { interruption, servePort } from "../../listen/serve-port.ts";
import type { SimulateOptions } from "./options.ts";

/** Each takes a port and some 200 kB. */
export const mostMeters = 5_000;

/** Writes the meters as `meterport config import` takes them. Virtual meters have no secrets. */
export const listMeters = (path: string | undefined, urls: readonly string[], key: Secret, io: Io): void => {
  if (path === undefined) return;
  const hex = `hex:${toHex(key.reveal())}`;
  const digits = String(urls.length).length;
  const rows = urls.map((url, n) => {
    const number = String(n + 1).padStart(digits, "0");
    return `meter-${number},Virtual meter ${number},${url},${hex}\n`;
  });
  const file = io.createFile(path);
  file.write(`id,name,link,key\n${rows.join("")}`);
  file.close();
};

/** Meters of one site, as a house has them. */
const metersOfSite = 10;

/** A meter of the list for a fleet. */
interface Listed {
  readonly url: string;
  /** Its seed, which tells it from those of other processes. */
  readonly number: number;
  readonly meter: VirtualMeter;
}

/** Without the zeros in front, as clients tell it. */
const serialOf = ({ memory }: VirtualMeter): string =>
  decode(BT01, memory.get(BT01.number) ?? new Uint8Array(), {}).serialNumber.replace(/^0+/, "");

/** Writes the meters as `meterport fleet import` takes them, some at a site. */
const listForFleet = (path: string | undefined, listed: readonly Listed[], key: Secret, io: Io): void => {
  if (path === undefined) return;
  const hex = `hex:${toHex(key.reveal())}`;
  const zone = zoneOf(undefined).name;
  const rows = listed.map(({ url, number, meter }) => {
    const site = String(Math.ceil(number / metersOfSite)).padStart(4, "0");
    const flat = String(number).padStart(5, "0");
    return `site-${site},Site ${site},${zone},${serialOf(meter)},${url},flat-${flat},Flat ${flat},${hex}\n`;
  });
  const file = io.createFile(path);
  file.write(`site,site_name,zone,serial,link,point,point_name,key\n${rows.join("")}`);
  file.close();
};

interface Many {
  readonly options: Pick<SimulateOptions, "list" | "fleetList" | "optical">;
  /** The seed of the first. */
  readonly seed: number;
  readonly links: readonly ParsedLink[];
  readonly count: number;
  readonly key: Secret;
}

/** The links of all meters: the ports that follow the first, or free ones. @throws UsageError */
const linksOf = ({ options, links, count }: Many): readonly ParsedLink[] => {
  const [first] = links;
  if (first?.kind !== "tcp" || links.length > 1 || options.optical !== undefined)
    throw new UsageError("count", "--count needs one --listen tcp://host:port, and no --optical");
  if (first.port > 0 && first.port + count - 1 > 65_535)
    throw new UsageError(
      "count",
      `${count} ports from ${first.port} upward are more than there are: begin lower, or use port 0`,
    );
  return Array.from({ length: count }, (_, n) => ({ ...first, port: first.port === 0 ? 0 : first.port + n }));
};

/** @throws UsageError, LinkError */
export const simulateMany = async (
  many: Many,
  meterAt: (place: number) => VirtualMeter,
  behindLine: (port: MeterPort) => MeterPort,
  io: Io,
): Promise<Exit> => {
  const served: (Listed & { readonly close: () => Promise<void> })[] = [];
  try {
    for (const [place, link] of linksOf(many).entries()) {
      const meter = meterAt(place);
      served.push({ ...(await servePort(link, behindLine(meter.port(1)), io)), number: many.seed + place, meter });
    }
    const urls = served.map(({ url }) => url);
    const { fleetList, list = fleetList } = many.options;
    listMeters(many.options.list, urls, many.key, io);
    listForFleet(fleetList, served, many.key, io);
    // A thousand addresses are for programs, which read the list.
    if (list === undefined) for (const url of urls) io.stdout.write(`listening ${url}\n`);
    else io.stdout.write(`listening ${urls[0]} and ${urls.length - 1} more, see ${list}\n`);
    await interruption(io);
  } finally {
    await Promise.all(served.map(({ close }) => close()));
  }
  return exit.done;
};
