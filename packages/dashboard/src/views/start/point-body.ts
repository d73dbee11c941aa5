/** What is written for a new meter. */

export interface Details {
  readonly name: string;
  /** IANA name; empty for that of the gateway. */
  readonly zone: string;
  /** A; empty for none. */
  readonly fuse: string;
  /** One of PRICE_AREAS, or OWN_PRICE; empty for none. */
  readonly area: string;
  /** With OWN_PRICE: what a kWh costs at all times, and in which currency. */
  readonly price: string;
  readonly currency: string;
}

/** In place of an area: the contract has one price. */
export const OWN_PRICE = "own";

export const CURRENCIES = ["EUR", "DKK", "SEK", "NOK", "CHF", "PLN"] as const;

/** The currency that is likely in a zone. */
export function likelyCurrency(zone: string): string {
  const known: Readonly<Record<string, string>> = {
    "Europe/Copenhagen": "DKK",
    "Europe/Stockholm": "SEK",
    "Europe/Oslo": "NOK",
    "Europe/Zurich": "CHF",
    "Europe/Warsaw": "PLN",
  };
  return (Object.hasOwn(known, zone) ? known[zone] : undefined) ?? "EUR";
}

interface PriceArea {
  readonly source: string;
  readonly area: string;
  /** If it is not the usual one of the source. */
  readonly currency?: "EUR";
}

/** Areas whose prices can be had without an account, and where. */
export const PRICE_AREAS: Readonly<Record<string, PriceArea>> = {
  DK1: { source: "energi_data_service", area: "DK1" },
  DK2: { source: "energi_data_service", area: "DK2" },
  AT: { source: "awattar", area: "AT" },
  DE: { source: "awattar", area: "DE" },
  SE3: { source: "energi_data_service", area: "SE3", currency: "EUR" },
  SE4: { source: "energi_data_service", area: "SE4", currency: "EUR" },
  CH: { source: "energy_charts", area: "CH" },
  NL: { source: "energy_charts", area: "NL" },
  NO2: { source: "energi_data_service", area: "NO2", currency: "EUR" },
  PL: { source: "energy_charts", area: "PL" },
};

/** The areas of the zone that are likely, for the first places of the list. */
export function likelyAreas(zone: string): readonly string[] {
  const known: Readonly<Record<string, readonly string[]>> = {
    "Europe/Copenhagen": ["DK1", "DK2"],
    "Europe/Vienna": ["AT"],
    "Europe/Berlin": ["DE"],
    "Europe/Busingen": ["DE", "CH"],
    "Europe/Stockholm": ["SE3", "SE4"],
    "Europe/Zurich": ["CH"],
    "Europe/Amsterdam": ["NL"],
    "Europe/Oslo": ["NO2"],
    "Europe/Warsaw": ["PL"],
  };
  return Object.hasOwn(known, zone) ? (known[zone] ?? []) : [];
}

export type DetailFault = "name" | "fuse" | "price";

const LONGEST_NAME = 100;

/** A decimal comma is as good as a point. */
const withPoint = (text: string): string => text.trim().replace(",", ".");
const fuseOf = (text: string): number => Number(withPoint(text));

export function detailFaults({ name, fuse, area, price }: Details): readonly DetailFault[] {
  const faults: DetailFault[] = [];
  if (name.trim() === "" || name.trim().length > LONGEST_NAME) faults.push("name");
  const amps = fuseOf(fuse);
  if (fuse.trim() !== "" && !(amps >= 1 && amps <= 2000)) faults.push("fuse");
  if (area === OWN_PRICE && !/^\d{1,6}(\.\d{1,8})?$/.test(withPoint(price))) faults.push("price");
  return faults;
}

/**
 * The body of `POST /api/v1/points`.
 *
 * @param key null for a link that needs none
 */
export function pointBody(link: string, key: string | null, details: Details): Readonly<Record<string, unknown>> {
  const { name, zone, fuse, area, price, currency } = details;
  const ofArea = Object.hasOwn(PRICE_AREAS, area) ? PRICE_AREAS[area] : undefined;
  const prices = area === OWN_PRICE ? { currency, times: [withPoint(price)] } : ofArea;
  return {
    name: name.trim(),
    link,
    ...(key === null ? {} : { key }),
    ...(zone === "" ? {} : { zone }),
    ...(fuse.trim() === "" ? {} : { fuse_amps: fuseOf(fuse) }),
    ...(prices === undefined ? {} : { prices }),
  };
}
