/** `meterport tariffs`: what each tariff has counted so far. */
import { readRegisters } from "@meterport/client/readers/registers";
import { toJson } from "../../format/json.ts";
import { paintFor } from "../../format/paint.ts";
import { registersText } from "../../format/registers.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import type { ReadOptions } from "../../options/shared-options.ts";
import { presentText, tierName } from "./tariff-text.ts";

/** Only energies are counted by tier; an unknown unit may be an energy. */
const byTier: ReadonlySet<string | null> = new Set(["Wh", "varh", "VAh", null]);

/** @throws UsageError, LinkError, ResponseError, LayoutError */
export const tariffsCommand = (options: ReadOptions, io: Io): Promise<Exit> =>
  withOpenMeter(options, io, async (meter) => {
    const { present, ...registers } = await readRegisters(meter, { signal: io.interrupted });
    if (options.json === true) {
      print(io, toJson({ present, ...registers }));
      return exit.done;
    }
    if (present === null) say(io, "the meter does not give the tier in effect (BT55) with this key");
    else io.stdout.write(`${presentText(present)}\n\n`);
    const wanted = ({ unit }: { readonly unit: string | null }): boolean => byTier.has(unit);
    io.stdout.write(registersText(registers, paintFor(io.stdout), { tierName, wanted }));
    return exit.done;
  });
