/** What the registers and present values of this very meter are: it says so itself, in BT22 and BT27. */
import type { Meter } from "@meterport/client";
import { type Source, sources } from "@meterport/protocol/meaning/source-ids";
import { BT22, BT27 } from "@meterport/protocol/tables/index";

/** Names the source of a leaf of BT23 or BT28 by its path. */
export type SourceOf = (table: string, path: string) => Source | undefined;

const places: Readonly<Record<string, RegExp>> = {
  BT23: /^total\.summations\.(\d+)$/,
  BT28: /^presentValues\.(\d+)$/,
};

/** Asks for the lists that the tables need; a list that is refused leaves its values without names. */
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
