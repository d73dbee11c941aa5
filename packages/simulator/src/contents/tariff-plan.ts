/** The plan in BT54 when the meter leaves the factory: two tiers by the time of day, two seasons. */

/** By the local clock, every day of the week: tier 0 by day, tier 1 by night. */
export const tierSwitches: readonly { readonly hour: number; readonly tier: 0 | 1 }[] = [
  { hour: 0, tier: 1 },
  { hour: 6, tier: 0 },
  { hour: 22, tier: 1 },
];

/** Season 1 begins in April and season 0 in October. */
export const seasonOfMonth = (month: number): 0 | 1 => (month >= 4 && month <= 9 ? 1 : 0);
