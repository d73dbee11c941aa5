/** The five topics of Dabbler's firmware. Unknown values are null. */
import {
  currents,
  energies,
  forward,
  forwardAverages,
  forwardTotal,
  frequency,
  reverse,
  reverseAverages,
  reverseTotal,
  unknown,
  voltages,
} from "../dabbler/dabbler-fields.ts";
import type { Shown } from "../listening/meter-on-show.ts";
import { allOf, live, type Mapping, phaseFactor, phases, thousandths, whole } from "../listening/values.ts";
import type { FormerMessage, FormerReader } from "./former-reader.ts";

const topics: Readonly<Record<string, Mapping>> = {
  sensors: {
    ...currents,
    ...voltages,
    ...Object.fromEntries(phases.map((phase) => [`L${phase}_PF_Fac`, thousandths(phaseFactor(phase))])),
    ExportReactive_VAr: whole(live("reactive_power_export_var")),
    ImportReactive_VAr: whole(live("reactive_power_import_var")),
  },
  meterConsumptionTotal: energies,
  meterConsumptionFwd: { ...forwardTotal, Fwd_Avg_W: unknown, ...forward, ...forwardAverages },
  meterConsumptionRev: { ...reverseTotal, Rev_Avg_W: unknown, ...reverse, ...reverseAverages },
  frequency,
};

const messages = (shown: Shown): readonly FormerMessage[] =>
  Object.entries(topics).flatMap(([name, mapping]) => {
    const values = allOf(mapping, shown);
    if (Object.values(values).every((value) => value === null)) return [];
    return [{ path: `/${name}/mydatajson`, payload: JSON.stringify(values), retain: false }];
  });

export const dabblerReader: FormerReader = {
  messages: ({ shown }) => messages(shown),
  availability: { path: "/lwt", online: "Online", offline: "Offline" },
};
