/**
 * Whether a meter records the values that its MEP clients put on the display: ET50 feeds the load profile as well (MEP guide
 * 1.1, p. 130). The utility would then take what is shown for measured values.
 */

import { mayHave } from "@meterport/client/meter/capabilities";
import type { CallOptions, Meter } from "@meterport/client/meter/meter";
import { unlessRefused } from "@meterport/client/meter/outcome";
import { extendedSource, mappedEntry } from "@meterport/protocol/meaning/extended-source";
import { BT22 } from "@meterport/protocol/tables/basic/bt22-data-selection";
import { BT62 } from "@meterport/protocol/tables/basic/bt62-load-profile-control";
import { ET66 } from "@meterport/protocol/tables/extended/et66-load-profile-source-id-mapping";

/** A counter of a MEP device; no guide says which of them is which place of ET50. */
const isClientsValue = (source: number): boolean => {
  const meaning = extendedSource(source);
  return meaning.kind === "standard" && meaning.source.quantity === "device";
};

/**
 * The sources of MEP clients that the meter records in a load profile or its registers; null if it does not say. 73 to 80
 * in the guide's list (p. 211).
 *
 * @throws LinkError, LayoutError
 */
export const recordedClientSources = async (
  meter: Meter,
  call: CallOptions = {},
): Promise<readonly number[] | null> => {
  const [profiles, registers] = await meter.batch((want) => [want.read(BT62), want.read(BT22)], call);
  const [bt62, bt22] = [unlessRefused(profiles), unlessRefused(registers)];
  if (bt62 === null || bt22 === null) return null;
  const recorded = [
    ...bt62.dataSets.flatMap(({ channelSettings }) => channelSettings.map(({ intervalSource }) => intervalSource)),
    ...bt22.summationSources,
  ];
  const isMapped = recorded.some((source) => mappedEntry(source) !== undefined);
  const hasMap = isMapped && (await mayHave(meter, ET66, call));
  const [mapping] = hasMap ? await meter.batch((want) => [want.read(ET66)], call) : [];
  const map = mapping === undefined ? [] : (unlessRefused(mapping)?.extendedSourceIds.flat() ?? []);
  const sources = recorded.map((source) => map[mappedEntry(source) ?? -1] ?? source);
  return [...new Set(sources.filter(isClientsValue))].sort((a, b) => a - b);
};
