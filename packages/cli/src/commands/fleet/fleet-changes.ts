/** What changes the sites, meters and exports of a fleet: `import`, `pause`, `resume`, `export`. */

import { UsageError } from "@meterport/protocol/errors";
import { parseDuration } from "@meterport/protocol/meaning/duration";
import type { Millis } from "@meterport/protocol/ports";
import { parseMeterLink } from "@meterport/transports/link-url";
import { toJson } from "../../format/json.ts";
import { zoneOf } from "../../format/moment.ts";
import { type Exit, exit, type Io, print } from "../../io/io.ts";
import { parseSince } from "../../options/since-option.ts";
import { withFleet } from "./fleet-access.ts";
import type { FleetOptions } from "./options.ts";

const meters = (n: number): string => (n === 1 ? "1 meter" : `${n} meters`);
const mostNamed = 20;

export const importMeters = async (file: string, options: FleetOptions, io: Io): Promise<Exit> => {
  const text = file === "-" ? await io.readStdin() : io.readText(file);
  const dryRun = options.dryRun === true;
  return withFleet(options, io, async ({ tools, acting, key }) => {
    const csv = { name: file === "-" ? "standard input" : file, text };
    const report = await tools.importFleet(acting, {
      csv,
      key,
      checkLink: parseMeterLink,
      move: options.move === true,
      dryRun,
    });
    if (options.json === true) {
      const { sitesAdded, added, changed, moved, unchanged, keys } = report;
      print(io, toJson({ sites_added: sitesAdded, added, changed, moved, unchanged, keys, written: !dryRun }));
      return exit.done;
    }
    for (const { serial, from, to } of report.moved.slice(0, mostNamed))
      io.stdout.write(`move ${serial} from ${from} to ${to}\n`);
    if (report.moved.length > mostNamed) io.stdout.write(`and ${report.moved.length - mostNamed} more that moved\n`);
    const { added, changed, unchanged, keys, sitesAdded } = report;
    const counts = [
      `${meters(added.length)} ${dryRun ? "to add" : "added"} at ${sitesAdded} new ${sitesAdded === 1 ? "site" : "sites"}`,
      `${changed.length} ${dryRun ? "to change" : "changed"}`,
      `${unchanged} unchanged`,
      `${keys} ${keys === 1 ? "key" : "keys"} ${dryRun ? "to seal" : "sealed"}`,
    ];
    io.stdout.write(`${counts.join(", ")}${dryRun ? "; nothing was changed" : ""}\n`);
    return exit.done;
  });
};

/** Until somebody ends it. */
const farAway: Millis = Date.UTC(9999, 0, 1);

/** @throws UsageError for what is no time to come */
const untilOf = (text: string | undefined, io: Io): Millis => {
  if (text === undefined) return farAway;
  const now = io.clock.wall();
  const wait = parseDuration(text);
  const until = wait === undefined ? parseSince(text, now, zoneOf(undefined), "--until") : now + wait;
  if (until <= now)
    throw new UsageError(
      "arguments",
      "--until is over already: give a time to come, or meterport fleet resume SITE ends a pause",
    );
  return until;
};

const done = (site: string, until: Millis | null, sentence: string, options: FleetOptions, io: Io): Exit => {
  const time = until === null || until === farAway ? null : new Date(until).toISOString();
  if (options.json === true) print(io, toJson({ site, paused: until !== null, until: time }));
  else io.stdout.write(`${site} ${sentence}\n`);
  return exit.done;
};

export const pauseSite = (site: string, options: FleetOptions, io: Io): Promise<Exit> => {
  const until = untilOf(options.until, io);
  return withFleet(options, io, async ({ tools, acting }) => {
    await tools.pauseFleetSite(acting, site, until);
    const end = until === farAway ? "until it is resumed" : `until ${new Date(until).toISOString()}`;
    return done(site, until, `is paused ${end}; its meters are left alone within half a minute`, options, io);
  });
};

export const resumeSite = (site: string, options: FleetOptions, io: Io): Promise<Exit> =>
  withFleet(options, io, async ({ tools, acting }) => {
    await tools.pauseFleetSite(acting, site, null);
    return done(site, null, "is read again", options, io);
  });

export const planExport = async (file: string, options: FleetOptions, io: Io): Promise<Exit> => {
  const text = file === "-" ? await io.readStdin() : io.readText(file);
  return withFleet(options, io, async ({ tools, acting }) => {
    const plan = tools.parseExportPlan(text, file === "-" ? "standard input" : file);
    const id = await tools.planExport(acting, plan, io.clock.wall());
    if (options.json === true) print(io, toJson({ id, name: plan.name }));
    else io.stdout.write(`export ${id}, ${plan.name}, is planned; a process with the role jobs makes its files\n`);
    return exit.done;
  });
};
