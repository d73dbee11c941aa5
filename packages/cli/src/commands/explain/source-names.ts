/** What the values of BT22, BT23, BT27 and BT28 mean, by the factory order of sources. */
import type { Profile } from "@meterport/protocol/layout/index";
import { type Source, sources } from "@meterport/protocol/meaning/source-ids";
import { presentValueOrder, summationOrder } from "@meterport/protocol/meaning/source-order";

/** Source IDs of the eleven registers, and where each tier's eleven begin (MEP guide 1.1, p. 210). */
const registers = [0, 1, 2, 3, 4, 5, 6, 7, 26, 27, 28];
const firstTierSource = 29;
const tiersWithSources = 4;

const inTier = (id: number | undefined, tier: number): number | undefined => {
  const index = id === undefined ? -1 : registers.indexOf(id);
  return index >= 0 && tier < tiersWithSources ? firstTierSource + registers.length * tier + index : id;
};

/** Names the source of a leaf by its path; `value` is the source ID in BT22 and BT27 themselves. */
export const sourceAt = (
  table: string,
  path: string,
  value: unknown,
  profile: Profile,
  demandConfigured: boolean,
): Source | undefined => {
  const listed = /^(summationSources|presentValueSources|demandSelect|coincidentSelect|presentDemandSources)\.\d+$/;
  if (table === "BT22" || table === "BT27")
    return listed.test(path) && typeof value === "number" ? sources[value] : undefined;
  const index = Number(path.split(".").at(-1));
  if (table === "BT28" && /^presentValues\.\d+$/.test(path)) return sources[presentValueOrder(profile)[index] ?? -1];
  const block = table === "BT23" ? /^(?:total|tiers\.(\d+))\.summations\.\d+$/.exec(path) : null;
  if (block === null) return undefined;
  const id = summationOrder(profile, demandConfigured)[index];
  return sources[(block[1] === undefined ? id : inTier(id, Number(block[1]))) ?? -1];
};
