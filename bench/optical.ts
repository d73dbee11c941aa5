/** Every table over the optical port on a modelled line: at 9600 baud, and at the speed that the meter chooses from the offered ones. */
import { connect } from "@meterport/client";
import { optical, usualFastest } from "@meterport/client/session/optical";
import { MeterportError } from "@meterport/protocol/errors";
import { parseProfile, tableExists } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { tables } from "@meterport/protocol/tables/index";
import { modelledLine, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "../test/support/virtual-clock.ts";
import { baud } from "./line-limit.ts";
import { say } from "./measure.ts";

const fastestOfAll = 57_600;

/** Seconds on the line for one dump. */
const dump = async (name: string, fastest: number): Promise<{ readonly count: number; readonly seconds: number }> => {
  const profile = parseProfile(name);
  const clock = new VirtualClock();
  const [key, mep] = [new Secret(new Uint8Array(20).fill(3)), new Secret(new Uint8Array(16).fill(1))];
  const device = new VirtualMeter({
    profile,
    keys: { basic: mep, advanced: mep },
    opticalKeys: { unique: key },
    scenario: "house",
    seed: 1,
    start: clock.wall(),
  });
  const line = modelledLine({ meter: device.optical, clock, baud });
  const meter = await clock.run(connect(line, { security: optical({ key, fastest }), clock }));
  const began = clock.now();
  let count = 0;
  for (const table of tables) {
    if (table.access.read === "never" || !tableExists(table, profile)) continue;
    try {
      await clock.run(meter.readPath(table, []));
      count++;
    } catch (error) {
      if (!(error instanceof MeterportError)) throw error;
    }
  }
  const seconds = (clock.now() - began) / 1000;
  await clock.run(meter.close());
  return { count, seconds };
};

export const benchOptical = async (): Promise<void> => {
  say("Dump of every table through the optical port");
  for (const name of ["meter:3.70", "meter:4.30"]) {
    const plain = await dump(name, 0);
    say(`${name} ${String(baud).padStart(6)} baud ${plain.count} tables ${plain.seconds.toFixed(2).padStart(7)} s`);
    for (const fastest of [usualFastest, fastestOfAll]) {
      const { count, seconds } = await dump(name, fastest);
      const ratio = (plain.seconds / seconds).toFixed(2);
      say(
        `${name} ${String(fastest).padStart(6)} baud ${count} tables ${seconds.toFixed(2).padStart(7)} s  ${ratio} x as fast`,
      );
    }
  }
};

if (import.meta.main) await benchOptical();
