/** The parts of the settings, in the order of their list. */
import type { Who } from "../../state/session-api.ts";

export const SECTIONS = ["outputs", "meters", "all", "people", "backup", "logs", "appearance", "about"] as const;

export type SectionName = (typeof SECTIONS)[number];

/** The right without which a section shows nothing but the reason. */
export const NEEDS: Readonly<Record<SectionName, NonNullable<Who["scope"]>>> = {
  outputs: "read",
  meters: "admin",
  all: "admin",
  people: "read",
  backup: "admin",
  logs: "operate",
  appearance: "read",
  about: "read",
};

/** Stroked paths of their icons, in a box of 24 by 24. */
export const ICONS: Readonly<Record<SectionName, string>> = {
  outputs: "M4 12h11M11 7l5 5-5 5M20 5v14",
  meters:
    "M6 3h12a1.500 1.500 0 0 1 1.500 1.500v15A1.500 1.500 0 0 1 18 21H6a1.500 1.500 0 0 1-1.500-1.500v-15A1.500 1.500 0 0 1 6 3ZM8 7h8v4H8Z",
  all: "M4 7h10M18 7h2M4 17h2M10 17h10M16 4.500v5M8 14.500v5",
  people: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 20.500c.8-3.700 4-5.500 8-5.500s7.200 1.800 8 5.500",
  backup: "M12 3v11M7.500 9.500 12 14l4.500-4.500M4 17v3.500h16V17",
  logs: "M5 4h14v16H5ZM8.500 8.500h7M8.500 12h7M8.500 15.500h4",
  appearance: "M12 3.500a8.500 8.500 0 1 0 0 17ZM12 3.500a8.500 8.500 0 0 1 0 17",
  about: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17ZM12 11v5.500M12 7.500h.01",
};

/** The section that an address names; null for the list of all, as on a phone. */
export function sectionOf(name: string | null): SectionName | null {
  return SECTIONS.find((known) => known === name) ?? null;
}
