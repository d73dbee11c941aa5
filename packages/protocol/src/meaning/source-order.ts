/**
 * The order in which meters list their sources when nobody has reconfigured them.
 *
 * For a virtual meter and for documentation. A reading never uses it: values are joined with the list that the meter
 * itself gives (BT22 for BT23, BT27 for BT28).
 */
import { type Gate, type Profile, reaches } from "../layout/index.ts";

const from = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** An unused one: stands in BT22 for the apparent energies of 4.X, which have no source ID, and in BT27 for what modules lack. */
const noSource = 85;

/** Present values in the order of BT28, with the firmware that added them. MEP guide 1.1, pp. 222-226; 2.12: optical guide, p. 56. */
const presentValueSteps: readonly { readonly since: Gate; readonly ids: readonly number[] }[] = [
  { since: { meter: [0, 0], module: [0, 0] }, ids: from(8, 25) },
  { since: { meter: [2, 12], module: [0, 0] }, ids: from(81, 84) },
  { since: { meter: [3, 10], module: [0, 0] }, ids: from(104, 107) },
  { since: { meter: [3, 50], module: [0, 0] }, ids: from(185, 199) },
  { since: { meter: [3, 70], module: [1, 20] }, ids: from(202, 215) },
  { since: { meter: [4, 0] }, ids: from(216, 232) },
  { since: { meter: [4, 10] }, ids: from(233, 235) },
  // Numbers 55 to 74 are not for modules (p. 223), but numbers 75 to 83 are, at their own offsets (p. 225).
  { since: { module: [1, 32] }, ids: Array.from({ length: 20 }, () => noSource) },
  { since: { meter: [4, 30], module: [1, 32] }, ids: from(236, 244) },
];

/**
 * The source IDs of BT28's present values (BT27 without its demand sources) by default: 26 from meter firmware 3.10,
 * 41 from 3.50, 55 from 3.70, 72 from 4.0, 75 from 4.10, 84 from 4.30; 55 on modules from 1.20, 84 from 1.32.
 *
 * @example
 * presentValueOrder({ family: "meter", firmware: [3, 70] }).length // 55
 */
export const presentValueOrder = (profile: Profile): readonly number[] =>
  presentValueSteps.flatMap(({ since, ids }) => (reaches(profile, since) ? ids : []));

/**
 * The source IDs of BT22's summations by default: 11, or 15 with demand configured, or 19 on meter firmware 4.0 and above.
 * MEP guide 1.1, pp. 208, 214-216.
 *
 * @example
 * summationOrder({ family: "meter", firmware: [3, 70] }, false).length // 11
 */
export const summationOrder = (profile: Profile, demandConfigured: boolean): readonly number[] => {
  const always = [...from(0, 7), ...from(26, 28)];
  if (reaches(profile, { meter: [4, 0] })) {
    return [...always, ...from(108, 111), noSource, noSource, noSource, noSource];
  }
  return demandConfigured ? [...always, ...from(108, 111)] : always;
};
