/** The parts of the fleet, in the order of their list. */
export const SECTIONS = ["overview", "sites", "map", "campaigns", "checks", "exports", "audit"] as const;

export type SectionName = (typeof SECTIONS)[number];

/** The section that an address names; the first for any other. */
export function sectionOf(name: string | null): SectionName {
  return SECTIONS.find((known) => known === name) ?? "overview";
}
