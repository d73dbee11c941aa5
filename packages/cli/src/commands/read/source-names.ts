/** What the registers and present values of this meter are, as its BT22 and BT27 list them. */
import type { Meter } from "@meterport/client";
import { type Source, sources } from "@meterport/protocol/meaning/source-ids";
import { BT22, BT27 } from "@meterport/protocol/tables/index";

/** Names the source of a leaf of BT23 or BT28 by its path. */
export type SourceOf = (table: string, path: string) => Source | undefined;

const places: Readonly<Record<string, RegExp>> = {
  BT23: /^total\.summations\.(\d+)$/,
  BT28: /^presentValues\.(\d+)$/,
};

/** Reads the lists that the tables need; if a list is refused, its values have no names. */
export const sourceNames = async (
  meter: Meter,
  tables: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<SourceOf> => {
  if (!tables.has("BT23") && !tables.has("BT28")) return () => undefined;
  const [summations, present] = await meter.batch(
    (want) => [want.read(BT22, ["summationSources"]), want.read(BT27, ["presentValueSources"])],
    { signal },
  );
  const lists: Readonly<Record<string, readonly number[]>> = {
    BT23: summations.ok ? summations.value : [],
    BT28: present.ok ? present.value : [],
  };
  return (table, path) => {
    const index = places[table]?.exec(path)?.[1];
    const id = index === undefined ? undefined : lists[table]?.[Number(index)];
    return id === undefined ? undefined : sources[id];
  };
};
