import { austria } from "./austria.ts";
import { denmark } from "./denmark.ts";
import { germany } from "./germany.ts";
import type { Guide } from "./guide.ts";
import { elsewhere, switzerland } from "./others.ts";
import { sweden } from "./sweden.ts";

export const GUIDES: readonly Guide[] = [denmark, austria, germany, sweden, switzerland, elsewhere];

const COUNTRY_OF_ZONE: Readonly<Record<string, string>> = {
  "Europe/Copenhagen": "DK",
  "Europe/Vienna": "AT",
  "Europe/Berlin": "DE",
  "Europe/Busingen": "DE",
  "Europe/Stockholm": "SE",
  "Europe/Zurich": "CH",
};

/** The guide that the reader probably needs, by the time zone of the browser; else the last one. */
export function guideFor(zone: string): Guide {
  const country = Object.hasOwn(COUNTRY_OF_ZONE, zone) ? COUNTRY_OF_ZONE[zone] : undefined;
  return GUIDES.find((guide) => guide.country === country) ?? elsewhere;
}

export function guideOf(country: string): Guide {
  return GUIDES.find((guide) => guide.country === country) ?? elsewhere;
}
