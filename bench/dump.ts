/** Every table of a meter over the modelled 9600-baud line, compared with the minimum that the line needs for those bytes. */
import { MeterportError } from "@meterport/protocol/errors";
import { parseProfile, tableExists } from "@meterport/protocol/layout/index";
import { tables } from "@meterport/protocol/tables/index";
import { baud, openModelled } from "./line-limit.ts";
import { say } from "./measure.ts";

const benchMeter = async (name: string): Promise<void> => {
  const profile = parseProfile(name);
  const { clock, meter, row } = await openModelled(profile);
  const wanted = tables.filter((table) => table.access.read !== "never" && tableExists(table, profile));
  const loadProfile = new Set(["BT64", "BT65", "BT66", "BT67"]);
  const read = (some: typeof wanted) => async (): Promise<number> => {
    let count = 0;
    for (const table of some) {
      try {
        await meter.readPath(table, []);
        count++;
      } catch (error) {
        if (!(error instanceof MeterportError)) throw error;
      }
    }
    return count;
  };
  await row(`${name}, load profile`, "tables", read(wanted.filter(({ id }) => loadProfile.has(id))));
  await row(`${name}, the rest`, "tables", read(wanted.filter(({ id }) => !loadProfile.has(id))));
  await clock.run(meter.close());
};

export const benchDump = async (): Promise<void> => {
  say(`Dump of every table at ${baud} baud`);
  for (const name of ["meter:3.30", "meter:3.70", "meter:4.30", "module:1.20"]) await benchMeter(name);
};

if (import.meta.main) await benchDump();
